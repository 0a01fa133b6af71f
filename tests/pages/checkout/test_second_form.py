"""Test the card form of a gateway besides the first, with the stand-in for its script behind it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import expect

from portal.sandbox.mercadopago import MercadoPagoSandbox
from tests.pages.browser import Visitor
from tests.pages.conftest import Visit
from tests.pages.second_gateway import open_site_of_two, second
from tests.pages.site import Phone, Site
from tests.pages.test_hostile import open_form
from tests.pages.webkit import WebKitVisitor
from tests.support.browsers.webdriver import WebDriver

__all__ = ["second"]

SETTINGS = re.compile(r'<script type="application/json" id="settings">(.*?)</script>')


@pytest.fixture(scope="module")
def site(second: MercadoPagoSandbox, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A site that is paid at the second gateway."""
    folder = tmp_path_factory.mktemp("second")
    with open_site_of_two(folder, second, prefers="mercadopago") as opened:
        yield opened


def choose(visitor: Visitor, site: Site, holder: str) -> None:
    visitor.arrive(site.new_phone())
    visitor.choose()
    visitor.page.locator("[name=email_cliente]").fill("jose.nunez@example.com")
    visitor.page.frame_locator("#card iframe").locator("#holder").fill(holder)


def test_a_card_is_paid_by_it(open_browser: Visit, site: Site, second: MercadoPagoSandbox) -> None:
    visitor = open_browser()
    choose(visitor, site, "")
    visitor.sent.clear()
    visitor.page.locator("#pay").click()
    expect(visitor.page.get_by_role("alert")).to_contain_text("Completa los datos de tu tarjeta")
    assert visitor.sent == []
    visitor.page.frame_locator("#card iframe").locator("#holder").fill("FUND")
    visitor.pay()
    said = "La tarjeta no tiene fondos suficientes"
    expect(visitor.page.get_by_role("alert")).to_contain_text(said)
    visitor.page.locator("#pay:enabled").wait_for()
    visitor.page.frame_locator("#card iframe").locator("#holder").fill("APRO")
    visitor.pay()
    assert visitor.title == "¡Conectado!"
    assert [order["status"] for order in second.orders()] == ["failed", "processed"]
    assert site.shop.gateway.orders() == []


def test_a_card_is_paid_by_it_in_webkit(
    webkit: WebDriver, site: Site, second: MercadoPagoSandbox
) -> None:
    visitor = WebKitVisitor(site, webkit)
    visitor.arrive(site.new_phone())
    visitor.choose()
    for holder in ("FUND", "APRO"):
        visitor.await_form()
        visitor.enter("email_cliente", "jose.nunez@example.com")
        visitor.driver.enter_frame("#card iframe")
        visitor.run("document.getElementById('holder').value = arguments[0]", holder)
        visitor.driver.leave_frame()
        visitor.pay()
        if holder == "FUND":
            visitor.await_text("La tarjeta no tiene fondos suficientes")
    visitor.await_title("¡Conectado!")
    assert [order["status"] for order in second.orders()][-2:] == ["failed", "processed"]


def test_who_cannot_be_charged_there_is_shown_the_other_form(
    client: FlaskClient, site: Site, second: MercadoPagoSandbox, phone: Phone
) -> None:
    form = open_form(client, site, phone) | {"email_cliente": "ana@example.com"}
    path = f"/r/{site.router_id}/pagar"
    second.unplug()
    try:
        shown = client.post(path, data=form | {"token_tarjeta": "9f" * 16 + ".visa"})
        assert shown.status_code == 503
        assert "Mercado Pago no está disponible en este momento" in shown.text
        assert "Puedes pagar aquí mismo con Conekta." in shown.text
        assert json.loads(SETTINGS.findall(shown.text)[0])["component"] == "conekta"
        (purchase,) = re.findall(r'name="compra" value="([^"]*)"', shown.text)
        again = form | {"compra": purchase, "token_tarjeta": "tok_test_visa_4242"}
        assert client.post(path, data=again).status_code == 303
    finally:
        second.plug()
    site.shop.reconcile()
    bought = [sale.state for sale in site.shop.sales() if sale.mac == phone.mac]
    assert sorted(bought) == ["canceled", "delivered"]


def test_its_bank_asks_for_a_code(open_browser: Visit, site: Site, soon_at_the_bank: None) -> None:
    visitor = open_browser()
    choose(visitor, site, "3DS")
    visitor.pay()
    visitor.page.wait_for_url("**/3ds/**")
    visitor.page.locator("[name=code]").fill("1234")
    with visitor.leaving():
        visitor.page.get_by_role("button", name="Confirmar").click()
    visitor.page.get_by_role("heading", name="¡Conectado!").wait_for()
