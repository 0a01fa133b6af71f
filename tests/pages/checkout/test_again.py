"""Test forms that are sent again, late, or while something else is under way."""

from __future__ import annotations

import re
import threading

import pytest
from flask.testing import FlaskClient
from itsdangerous import TimestampSigner, URLSafeTimedSerializer
from werkzeug.test import TestResponse

from portal.models import Plan
from portal.operators import plans
from portal.pages.visits.seals import PURCHASE, Scope, unseal
from tests.pages.site import ACTOR, Phone, Site
from tests.pages.test_hostile import open_form
from tests.support.shop import PRIVATE_KEY, SECRETS

DONE = "¡Conectado!"


def filled(
    client: FlaskClient, site: Site, phone: Phone, plan_id: int | None = None, **changes: str
) -> dict[str, str]:
    """A form ready to be sent, with a card that can be charged once."""
    return open_form(client, site, phone, plan_id) | {
        "email_cliente": "ana@example.com",
        "token_tarjeta": site.shop.gateway.mint(key=PRIVATE_KEY),
        **changes,
    }


def send(client: FlaskClient, site: Site, form: dict[str, str]) -> TestResponse:
    return client.post(f"/r/{site.router_id}/pagar", data=form, follow_redirects=True)


def states(site: Site, phone: Phone) -> list[str]:
    return [sale.state for sale in site.shop.sales() if sale.mac == phone.mac]


def test_sent_side_by_side_charges_once(site: Site, client: FlaskClient, phone: Phone) -> None:
    form = filled(client, site, phone)
    answers: list[str] = []

    def press() -> None:
        answers.append(send(site.shop.app.test_client(), site, form).text)

    presses = [threading.Thread(target=press) for _ in range(4)]
    for one in presses:
        one.start()
    for one in presses:
        one.join()
    assert [DONE in text for text in answers] == [True] * 4
    assert states(site, phone) == ["delivered"]


def test_sent_again_after_the_shop_closed(site: Site, client: FlaskClient, phone: Phone) -> None:
    form = filled(client, site, phone)
    send(client, site, form)
    with site.closed():
        assert DONE in send(client, site, form).text
        assert DONE in send(client, site, form | {"token_tarjeta": ""}).text


def test_sent_to_a_closed_shop(site: Site, client: FlaskClient, phone: Phone) -> None:
    form = filled(client, site, phone)
    with site.closed():
        assert send(client, site, form).status_code == 503
    assert states(site, phone) == []


def test_sent_again_after_the_plan_went(site: Site, client: FlaskClient, phone: Phone) -> None:
    form = filled(client, site, phone)
    send(client, site, form)
    late = filled(client, site, site.new_phone())
    with site.shop.app.app_context():
        plans.deactivate(ACTOR, site.shop.company_id, site.shop.plan_id)
    try:
        assert DONE in send(client, site, form).text
        assert "Ese plan ya no está a la venta" in send(client, site, late).text
    finally:
        site.shop.change(Plan, active=True)


class Earlier(TimestampSigner):
    """Signs as three hours ago."""

    def get_timestamp(self) -> int:
        return super().get_timestamp() - 3 * 3600


def sealed_earlier(site: Site, sealed: str) -> str:
    """The same purchase, from a page that has been open for hours."""
    company, router = site.shop.company_id, site.router_id
    secret, salt = SECRETS["SECRET_KEY"], f"portal.pages.{PURCHASE}:{company}:{router}"
    with site.shop.app.app_context():
        purchase = unseal(PURCHASE, Scope(company, router), sealed)
    assert purchase is not None
    return URLSafeTimedSerializer(secret, salt=salt, signer=Earlier).dumps(purchase)


def test_sent_hours_later(site: Site, client: FlaskClient, phone: Phone) -> None:
    form = filled(client, site, phone)
    form["compra"] = sealed_earlier(site, form["compra"])
    answer = send(client, site, form)
    assert "Esa página llevaba mucho tiempo abierta" in answer.text
    assert "Elige tu Internet" in answer.text
    assert states(site, phone) == []


def test_the_price_that_was_shown_is_the_price(
    site: Site, client: FlaskClient, phone: Phone
) -> None:
    form = filled(client, site, phone)
    with site.dearer():
        answer = send(client, site, form)
        assert 'role="alert"><p>Este plan cambió' in answer.text
        assert "$25" in answer.text
        assert "$20" not in answer.text
    assert states(site, phone) == []


def test_a_plan_that_counts_otherwise_is_an_access_of_its_own(
    site: Site, client: FlaskClient, phone: Phone
) -> None:
    with site.shop.app.app_context():
        on_sale = plans.listing(site.shop.company_id, 10, 0).rows
        (day,) = [plan for plan in on_sale if plan.amount == 5000]
    assert DONE in send(client, site, filled(client, site, phone)).text
    # Who is online with something else stays so: a MAC is no proof of who asks.
    assert "Tu Internet está listo" in send(client, site, filled(client, site, phone, day.id)).text
    first, second = [sale for sale in site.shop.sales() if sale.mac == phone.mac]
    assert first.access_id != second.access_id


def test_another_purchase_while_one_is_undecided(
    site: Site, client: FlaskClient, phone: Phone
) -> None:
    first, second = filled(client, site, phone), filled(client, site, phone)
    first["token_tarjeta"] = site.mint("4000000000001091")
    assert "Vamos con tu banco" in send(client, site, first).text
    answer = send(client, site, second)
    assert "Tu pago anterior aún" in answer.text
    assert "se cancela solo en 15 minutos" in answer.text
    assert "Volver con mi banco" not in answer.text
    assert states(site, phone) == ["pending"]


def test_under_another_name_in_the_same_visit(
    site: Site, client: FlaskClient, phone: Phone
) -> None:
    """The visit knows what it has begun, whoever is said to pay this time."""
    first = filled(client, site, phone, token_tarjeta=site.mint("4000000000001091"))
    visit = send(client, site, first).request.args["v"]
    query = {"plan": site.shop.plan_id, "c": "another", "v": visit}
    page = client.get(f"/r/{site.router_id}/pagar", query_string=query).text
    (purchase,) = re.findall(r'name="compra" value="([^"]*)"', page)
    second = filled(client, site, phone, email_cliente="otra@example.com")
    answer = send(client, site, second | {"compra": purchase, "v": visit})
    assert "Tu pago anterior aún" in answer.text
    assert "Volver con mi banco" in answer.text
    assert states(site, phone) == ["pending"]


@pytest.mark.parametrize("what", ["router", "gateway"])
def test_nothing_was_charged_and_the_form_is_kept(
    site: Site, client: FlaskClient, phone: Phone, what: str
) -> None:
    form = filled(client, site, phone)
    if what == "router":
        site.shop.router.go_down()
    else:
        site.shop.gateway.fail("status", "open_order", status=500, times=None)
    try:
        answer = send(client, site, form)
    finally:
        site.bring_router_back() if what == "router" else site.shop.gateway.heal()
    assert answer.status_code in (500, 503)
    assert "No se realizó ningún cargo" in answer.text
    assert 'value="ana@example.com"' in answer.text
    assert set(states(site, phone)) <= {"canceled", "canceling"}


def test_declined_and_sent_again_is_declined_once(
    site: Site, client: FlaskClient, phone: Phone
) -> None:
    form = filled(client, site, phone, token_tarjeta=site.mint("4000000000000002"))
    for _ in range(2):
        assert "El banco no aprobó el pago" in send(client, site, form).text
    assert states(site, phone) == ["canceled"]


def test_a_lost_try_is_known_by_our_own_id_alone(
    site: Site, client: FlaskClient, phone: Phone
) -> None:
    form = filled(client, site, phone, token_tarjeta=site.mint("4000000000000002"))
    send(client, site, form)
    sale = next(sale for sale in site.shop.sales() if sale.mac == phone.mac)
    for known, email in ((sale.id, True), (sale.order_id, False)):
        query = {"plan": site.shop.plan_id, "c": "abc", "de": known}
        page = client.get(f"/r/{site.router_id}/pagar", query_string=query).text
        assert ("ana@example.com" in page) is email
