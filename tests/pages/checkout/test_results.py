"""Test a sale's own page in each of its states: the truth, and what there is to do."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from portal.models import Sale, utc_now
from portal.sandbox.routeros import Fault, FaultKind
from tests.pages.coming_again import next_look
from tests.pages.site import LOGIN_HOST, Phone, Site
from tests.support.databases.queries import recorded_queries

CHALLENGED = "4000000000001091"


def buy(site: Site, phone: Phone, **changes: Any) -> Sale:
    """Buy for this phone, and be logged in."""
    said = {"mac_cliente": phone.mac, "ip_cliente": phone.ip, "conexion_automatica": True}
    site.shop.buy(**(said | changes))
    return next(sale for sale in reversed(site.shop.sales()) if sale.mac == phone.mac)


def look(client: FlaskClient, sale: Sale, **options: Any) -> TestResponse:
    return client.get(f"/r/{sale.router_id}/pago/{sale.id}", **options)


def visit_in(answer: TestResponse) -> str:
    """The visit that the links of a page hand on."""
    return re.findall(r"[?&;]v=([^&\"]+)", answer.text)[0]


def age(site: Site, sale: Sale) -> None:
    """Let the sale have been delivered a while ago."""
    site.change_sale(sale, delivered_at=utc_now() - timedelta(minutes=5))


def test_connected(client: FlaskClient, site: Site, phone: Phone) -> None:
    sale = buy(site, phone)
    answer = look(client, sale)
    assert "¡Conectado!" in answer.text
    assert "Tiempo que te queda: 1 h." in answer.text
    assert next_look(answer) is None
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("page", "otherwise"),
    [
        ("pago", "Guarda tu código y cierra esta página."),
        ("conectado", "Puedes cerrar esta página."),
    ],
)
@pytest.mark.parametrize(
    ("wanted", "goes_on"),
    [
        ("http://captive.apple.com/hotspot-detect.html", True),
        ("http://www.msftconnecttest.com/redirect", True),
        ("https://example.com/generate_204_steps", True),
        # Android's own questions are answered with nothing that could be shown.
        ("http://connectivitycheck.gstatic.com/generate_204", False),
        ("http://www.google.com/gen_204?x=y", False),
        ("", False),
    ],
)
def test_the_way_goes_on_where_there_is_something_to_see(
    client: FlaskClient,
    site: Site,
    phone: Phone,
    page: str,
    otherwise: str,
    wanted: str,
    goes_on: bool,
) -> None:
    sale = buy(site, phone)
    answer = client.get(site.path(phone, link_orig=wanted).replace("?", f"/pago/{sale.id}?"))
    if page == "conectado":
        answer = client.get(f"/r/{site.router_id}/conectado", query_string={"v": visit_in(answer)})
    assert "¡Conectado!" in answer.text
    assert (f'href="{wanted}">Continuar</a>' in answer.text) is goes_on
    assert (otherwise in answer.text) is not goes_on


def test_later_the_router_is_asked(client: FlaskClient, site: Site, phone: Phone) -> None:
    sale = buy(site, phone)
    age(site, sale)
    assert "¡Conectado!" in look(client, sale).text
    site.shop.router.leave(phone.mac)
    site.shop.router.clock.advance(600)
    answer = look(client, sale)
    assert "Tu Internet está listo" in answer.text
    assert f'action="http://{LOGIN_HOST}/login"' in answer.text


def test_a_router_that_is_away_is_no_reason_for_an_error(
    client: FlaskClient, site: Site, phone: Phone
) -> None:
    sale = buy(site, phone)
    age(site, sale)
    site.shop.router.go_down()
    try:
        answer = look(client, sale)
    finally:
        site.bring_router_back()
    assert answer.status_code == 200
    assert "Guarda tu código" in answer.text


def test_the_gateway_did_not_answer(client: FlaskClient, site: Site, phone: Phone) -> None:
    site.shop.gateway.fail("cut", "charge", "look_up", times=None, executed=True)
    sale = buy(site, phone)
    assert sale.state == "charging"
    answer = look(client, sale)
    assert "No pagues otra vez" in answer.text
    assert next_look(answer) == "3"
    assert "Cancelar e intentar de nuevo" in answer.text
    site.shop.gateway.heal()
    site.shop.reconcile()
    assert "¡Conectado!" in look(client, sale).text


def test_what_may_have_been_charged_is_not_given_up(
    client: FlaskClient, site: Site, phone: Phone
) -> None:
    site.shop.gateway.fail("cut", "charge", "look_up", "cancel", times=None, executed=True)
    sale = buy(site, phone)
    site.shop.make_due()
    answer = client.post(f"/r/{site.router_id}/pago/{sale.id}/cancelar", follow_redirects=True)
    assert "Todavía no es seguro" in answer.text
    site.shop.gateway.heal()
    site.shop.reconcile()
    assert "¡Conectado!" in look(client, sale).text


def test_the_router_is_away_after_the_money_came(
    client: FlaskClient, site: Site, phone: Phone
) -> None:
    enabling = Fault(FaultKind.CUT_BEFORE, "/ip/hotspot/user/set", times=None)
    site.shop.router.faults.add(enabling)
    sale = buy(site, phone)
    assert sale.state == "paid"
    answer = look(client, sale)
    assert "Pago recibido" in answer.text
    assert "No pagues otra vez" in answer.text
    assert next_look(answer) == "3"
    assert 'class="code"' not in answer.text


@pytest.mark.parametrize(
    ("state", "title"),
    [
        ("refunding", "Tu dinero se devuelve"),
        ("refunded", "Tu dinero se devolvió"),
        ("charged_back", "Tu banco revirtió este pago"),
    ],
)
def test_money_that_went_back(
    client: FlaskClient, site: Site, phone: Phone, state: str, title: str
) -> None:
    sale = buy(site, phone)
    site.change_sale(sale, state=state)
    answer = look(client, sale)
    assert title in answer.text
    assert 'class="code"' not in answer.text


@pytest.mark.parametrize("delivered", [True, False])
def test_no_access_that_worked_is_said_to_have_failed(
    client: FlaskClient, site: Site, phone: Phone, delivered: bool
) -> None:
    sale = buy(site, phone)
    changed = {} if delivered else {"delivered_at": None}
    site.change_sale(sale, state="refunded", **changed)
    answer = look(client, sale)
    assert ("No pudimos activar tu acceso" in answer.text) == (not delivered)
    assert "El importe regresa a la misma tarjeta" in answer.text


def test_time_is_over(client: FlaskClient, site: Site, phone: Phone) -> None:
    sale = buy(site, phone)
    site.end(sale)
    answer = look(client, sale)
    assert "Tu tiempo se terminó" in answer.text
    assert 'class="code"' not in answer.text


def test_the_bank_is_asked_for(client: FlaskClient, site: Site, phone: Phone) -> None:
    sale = buy(site, phone, token_tarjeta=site.mint(CHALLENGED))
    assert sale.action_url is not None
    for query in ({}, {"banco": "1"}):
        waiting = look(client, sale, query_string=query)
        assert "Falta que tu banco confirme" in waiting.text
        # Who closes it and comes by the router is known no more.
        assert "no pagues otra vez" in waiting.text
        assert "«Perdí mi código»" in waiting.text
        assert sale.action_url in waiting.text
        assert next_look(waiting) == "3"


def test_a_sale_opens_under_its_own_id_alone(client: FlaskClient, site: Site, phone: Phone) -> None:
    sale = buy(site, phone)
    for wrong in (sale.order_id, sale.id[:-1], sale.id.upper(), "%00", "sal_" + "0" * 32):
        assert client.get(f"/r/{site.router_id}/pago/{wrong}").status_code == 404
    assert client.get(f"/r/RTR_00000000/pago/{sale.id}").status_code == 404


def test_what_was_sold_can_be_seen_where_nothing_more_is(
    client: FlaskClient, site: Site, phone: Phone
) -> None:
    sale = buy(site, phone)
    with site.closed():
        assert client.get(site.path(phone)).status_code == 503
        assert "¡Conectado!" in look(client, sale).text


def test_from_https_a_link_leads_to_the_router(
    client: FlaskClient, site: Site, phone: Phone
) -> None:
    sale = buy(site, phone, conexion_automatica=False)
    answer = look(client, sale, base_url="https://portal.example")
    (link,) = re.findall(rf'href="(http://{LOGIN_HOST}/login\?[^"]*)"', answer.text)
    assert "username=" in link
    assert f'action="http://{LOGIN_HOST}' not in answer.text
    assert "form-action 'self';" in answer.headers["Content-Security-Policy"]
    assert "upgrade-insecure-requests" not in answer.headers["Content-Security-Policy"]


def test_plans_take_few_questions(client: FlaskClient, site: Site, phone: Phone) -> None:
    buy(site, phone)
    with recorded_queries(site.shop.app) as queries:
        client.get(site.path(phone))
    assert len(queries) <= 4
