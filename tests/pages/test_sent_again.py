"""Test what a reload shows where the answer to something that was sent was lost.

Chromium 156 sends a form again by itself where a connection that it had used before was cut
without an answer, once, and without asking at a reload. WebKitGTK 2.50.6 never does, and reloads
the form's address by GET: so each such address has a page to lead to.
"""

from __future__ import annotations

from html import unescape

import pytest
from flask.testing import FlaskClient

from tests.pages.checkout.test_again import filled, send, states
from tests.pages.checkout.test_results import CHALLENGED, buy, visit_in
from tests.pages.site import Phone, Site

PAY, DONE = "Paga con tu tarjeta", "¡Conectado!"


def address_of(client: FlaskClient, site: Site, phone: Phone) -> tuple[str, dict[str, str]]:
    """Where the form of a plan is sent, and the form."""
    form = filled(client, site, phone)
    query = {"v": form["v"], "plan": site.shop.plan_id, "c": "abc"}
    page = client.get(f"/r/{site.router_id}/pagar", query_string=query).text
    action = unescape(page.partition('method="post" novalidate action="')[2].partition('"')[0])
    form["compra"] = page.partition('name="compra" value="')[2].partition('"')[0]
    return action, form


def test_a_purchase_whose_answer_was_lost(client: FlaskClient, site: Site, phone: Phone) -> None:
    action, form = address_of(client, site, phone)
    # Nothing has come: the same form, for the same plan.
    assert PAY in client.get(action, follow_redirects=True).text
    client.post(action, data=form)
    for again in (client.get(action, follow_redirects=True), send(client, site, form)):
        assert DONE in again.text
        assert "no está a la venta" not in again.text
    assert states(site, phone) == ["delivered"]


@pytest.mark.parametrize("path", ["cancelar", "pase", "factura"])
def test_what_was_asked_of_a_sale(client: FlaskClient, site: Site, phone: Phone, path: str) -> None:
    sale = buy(site, phone, token_tarjeta=site.mint(CHALLENGED))
    answer = client.get(f"/r/{site.router_id}/pago/{sale.id}/{path}", follow_redirects=True)
    assert "Verificando tu pago" in answer.text
    assert states(site, phone) == ["pending"]


def test_what_was_asked_of_a_visit(client: FlaskClient, site: Site, phone: Phone) -> None:
    sale = buy(site, phone, token_tarjeta=site.mint(CHALLENGED))
    visit = visit_in(client.get(f"/r/{site.router_id}/pago/{sale.id}"))
    path = f"/r/{site.router_id}/cancelar"
    answer = client.get(path, query_string={"v": visit}, follow_redirects=True)
    assert "Tu pago anterior aún se está verificando" in answer.text
    assert states(site, phone) == ["pending"]


def test_each_address_that_is_sent_to_has_a_page(site: Site) -> None:
    """But for those that no form names, which scripts ask."""
    taken: dict[str, set[str]] = {}
    for rule in site.shop.app.url_map.iter_rules():
        if rule.endpoint.startswith("pages."):
            taken.setdefault(rule.rule, set()).update(rule.methods or ())
    sent_alone = {rule for rule, methods in taken.items() if "GET" not in methods}
    assert {rule.rpartition("/")[2] for rule in sent_alone} == {"estado", "sin-formulario"}
