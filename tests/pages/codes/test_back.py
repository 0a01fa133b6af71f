"""Test where Back leads, and what a sale keeps of the visit that it came from."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import expect
from werkzeug.test import TestResponse

from portal.models import SaleVisit, utc_now
from tests.core.contents import cells
from tests.pages.browser import CHALLENGED, DECLINED, Visitor
from tests.pages.checkout.test_again import filled
from tests.pages.conftest import Visit
from tests.pages.site import Phone, Site
from tests.pages.test_hostile import open_form
from tests.support.browsers.whole import browser, lent

__all__ = ["browser", "lent"]

WANTED = "http://wanted.example/page"
# What Conekta takes in an order's texts; of this one it says nothing.
LONGEST_ADDRESS = 249


def try_card(client: FlaskClient, site: Site, phone: Phone, card: str) -> TestResponse:
    """One try, from the WiFi on; where the browser is sent."""
    form = filled(client, site, phone, token_tarjeta=site.mint(card))
    return send(client, site, form)


def send(client: FlaskClient, site: Site, form: dict[str, str]) -> TestResponse:
    answer = client.post(f"/r/{site.router_id}/pagar", data=form)
    assert answer.status_code == 303
    return answer


def again(client: FlaskClient, site: Site, declined: TestResponse, card: str) -> TestResponse:
    """Send the form that follows a declined card."""
    query = parse_qs(urlsplit(declined.location).query)
    page = client.get(declined.location).text
    (purchase,) = page.split('name="compra" value="')[1:]
    form = {
        "compra": purchase.partition('"')[0],
        "v": query["v"][0],
        "email_cliente": "ana@example.com",
        "token_tarjeta": site.mint(card),
    }
    return send(client, site, form)


def status(client: FlaskClient, site: Site, compra: str, **query: str) -> Any:
    """What a form is told that the browser has brought back."""
    path = f"/r/{site.router_id}/pagar/estado"
    answer = client.post(path, data={"compra": compra}, query_string=query)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    return answer.json["ir"]


def test_a_declined_try_leads_to_the_later_one_of_its_visit(
    client: FlaskClient, site: Site, phone: Phone
) -> None:
    declined = try_card(client, site, phone, DECLINED)
    assert "No se hizo ningún cargo" in client.get(declined.location).text
    paid = again(client, site, declined, "4242424242424242")
    lost, bought = [sale for sale in site.shop.sales() if sale.mac == phone.mac]
    assert bought.id in paid.location
    for path in (declined.location, f"/r/{site.router_id}/pago/{lost.id}"):
        answer = client.get(path)
        assert answer.status_code == 303
        assert bought.id in answer.location


def test_a_declined_try_says_nothing_of_another_visit(
    client: FlaskClient, site: Site, phone: Phone
) -> None:
    """Who claims a phone's address, and is declined, does not see what that phone buys."""
    declined = try_card(client, site, phone, DECLINED)
    paid = try_card(client, site, phone, "4242424242424242")
    assert "/pago/" in paid.location
    (lost,) = [sale for sale in site.shop.sales() if sale.id in declined.location]
    assert client.get(declined.location).status_code == 200
    further = client.get(f"/r/{site.router_id}/pago/{lost.id}").location
    assert "/pagar?" in further
    form = open_form(client, site, phone)
    assert status(client, site, form["compra"], de=lost.id) is None


def test_a_form_that_is_back_is_told_what_became_of_it(
    client: FlaskClient, site: Site, phone: Phone
) -> None:
    form = filled(client, site, phone)
    assert status(client, site, form["compra"]) is None
    send(client, site, form)
    (sale,) = [sale for sale in site.shop.sales() if sale.mac == phone.mac]
    assert f"/pago/{sale.id}" in status(client, site, form["compra"], v=form["v"])
    assert status(client, site, form["compra"] + "x") is None


def test_the_bank_is_gone_to_by_itself_once(client: FlaskClient, site: Site, phone: Phone) -> None:
    location = try_card(client, site, phone, CHALLENGED).location
    assert "banco=1" in location
    assert "Vamos con tu banco" in client.get(location).text
    assert "Verificando tu pago" in client.get(location).text


def test_the_gateway_is_not_told_who_visits(client: FlaskClient, site: Site, phone: Phone) -> None:
    form = filled(client, site, phone, token_tarjeta=site.mint(CHALLENGED))
    client.post(f"/r/{site.router_id}/pagar?lang=en", data=form)
    (sale,) = [sale for sale in site.shop.sales() if sale.mac == phone.mac]
    action = site.shop.gateway.order(sale.order_id or "")["next_action"]
    returned = action["redirect_to_url"]["return_url"]
    assert returned == f"{site.url}/r/{site.router_id}/pago/{sale.id}?lang=en"
    assert len(returned) <= LONGEST_ADDRESS
    back = client.get(returned.removeprefix(site.url)).text
    assert '<html lang="en">' in back
    assert "v=" in back


def kept_link(client: FlaskClient, site: Site, phone: Phone) -> str:
    """The page of a sale of somebody who wanted to see something, opened without their visit."""
    form = open_form(client, site, phone, link_orig=WANTED)
    form |= {"email_cliente": "ana@example.com", "token_tarjeta": site.mint("4242424242424242")}
    return send(client, site, form).location.partition("?")[0]


def test_what_is_kept_of_a_visit_is_not_readable(
    client: FlaskClient, site: Site, phone: Phone
) -> None:
    own = kept_link(client, site, phone)
    assert f'href="{WANTED}"' in client.get(own).text
    with site.shop.app.app_context():
        assert [cell for cell in cells() if "wanted.example" in cell] == []


def test_a_visit_is_kept_as_long_as_its_address_would_be_good(
    client: FlaskClient, site: Site, phone: Phone, other_key: Any
) -> None:
    own = kept_link(client, site, phone)
    other_key()
    page = client.get(own).text
    assert "¡Conectado!" in page
    assert WANTED not in page


@pytest.fixture(params=["gone", "unreadable"])
def other_key(request: pytest.FixtureRequest, site: Site) -> Any:
    """Makes the visits that were kept go, or spoils them."""
    if request.param == "unreadable":
        return lambda: site.shop.change(SaleVisit, visit_sealed=b"nonsense")
    old = utc_now() - timedelta(days=2)

    def erase() -> None:
        site.shop.change(SaleVisit, created_at=old)
        site.erase()

    return erase


def test_without_a_network_a_form_does_not_offer_to_pay_again(
    visitor: Visitor, phone: Phone
) -> None:
    visitor.arrive(phone)
    visitor.choose()
    visitor.press("← Cambiar de plan")
    visitor.await_title("Elige tu Internet")
    visitor.context.set_offline(True)
    visitor.back()
    try:
        expect(visitor.page.get_by_role("alert")).to_contain_text("No pagues otra vez")
    finally:
        visitor.context.set_offline(False)
    assert visitor.page.locator("#pay").is_disabled()
    assert visitor.page.get_by_role("link", name="Recargar la página").is_visible()
    # That nobody answered, the console says too.
    visitor.complaints.clear()


def test_to_the_bank_and_back_without_javascript(
    open_browser: Visit, client: FlaskClient, site: Site, phone: Phone
) -> None:
    location = try_card(client, site, phone, CHALLENGED).location
    visitor = open_browser(java_script_enabled=False)
    visitor.arrive(phone)
    visitor.page.goto(site.url + location)
    visitor.await_title("Confirma tu compra")
    visitor.page.goto(site.url + location)
    visitor.await_title("Verificando tu pago")
    visitor.press("Volver con mi banco")
    visitor.await_title("Confirma tu compra")
    visitor.back()
    visitor.await_title("Verificando tu pago")
