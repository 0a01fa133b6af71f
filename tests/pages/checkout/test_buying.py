"""Test the whole way, as customers go it: from the WiFi to the Internet."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from portal.models import Sale
from tests.pages.browser import CHALLENGED, DECLINED, Visitor
from tests.pages.checkout.test_results import buy, visit_in
from tests.pages.site import Phone, Site

pytestmark = pytest.mark.usefixtures("soon_at_the_bank")
CODE = re.compile(r"[A-Z2-9]{6}")


def sales_of(site: Site, phone: Phone) -> list[Sale]:
    return [sale for sale in site.shop.sales() if sale.mac == phone.mac]


def is_online(site: Site, phone: Phone) -> bool:
    return any(row["mac-address"] == phone.mac for row in site.shop.router.active)


def test_buy_and_be_online(visitor: Visitor, site: Site, phone: Phone) -> None:
    visitor.arrive(phone)
    visitor.shoot("1-plans")
    visitor.choose()
    visitor.shoot("2-pay")
    # The card's own form asks for the name, and nobody else does.
    assert visitor.page.get_by_label("nombre").count() == 0
    assert visitor.page.frame_locator("#card iframe").get_by_label("nombre").count() == 1
    visitor.fill()
    visitor.pay()
    assert visitor.title == "¡Conectado!"
    visitor.shoot("3-connected")
    (pin,) = visitor.codes
    assert re.fullmatch("[0-9]{6}", pin)
    assert is_online(site, phone)
    (sale,) = sales_of(site, phone)
    assert (sale.customer_name, sale.state) == ("Cliente de prueba", "delivered")
    # That no card's number was sent to us is checked for every customer.
    assert any("token_tarjeta=tok_" in said for said in visitor.sent)


def test_the_code_can_be_copied_and_the_way_goes_on(
    visitor: Visitor, site: Site, phone: Phone
) -> None:
    visitor.context.grant_permissions(["clipboard-read", "clipboard-write"])
    visitor.page.goto(site.address(phone).replace("?", f"/pago/{buy(site, phone).id}?"))
    visitor.page.get_by_role("button", name="Copiar").click()
    expect(visitor.page.get_by_role("button", name="Copiado")).to_be_visible()
    copied = visitor.page.evaluate("navigator.clipboard.readText()")
    assert copied == " ".join(visitor.codes)
    onward = visitor.page.get_by_role("link", name="Continuar")
    assert onward.get_attribute("href") == "http://captive.apple.com/hotspot-detect.html"


def test_user_and_password_where_the_company_sells_them(
    visitor: Visitor, site: Site, phone: Phone
) -> None:
    with site.with_passwords():
        visitor.buy(phone)
    name, password = visitor.codes
    assert CODE.fullmatch(name)
    assert re.fullmatch("[0-9]{4}", password)
    visitor.shoot("3-connected-password")
    assert is_online(site, phone)


def test_declined_and_then_paid(visitor: Visitor, site: Site, phone: Phone) -> None:
    visitor.buy(phone, number=DECLINED)
    expect(visitor.page.get_by_role("alert").first).to_contain_text("El banco no aprobó el pago")
    visitor.page.locator("#pay:enabled").wait_for()
    visitor.inspect()
    visitor.shoot("2-declined")
    visitor.page.reload()
    visitor.page.locator("#pay:enabled").wait_for()
    assert visitor.value("email_cliente") == "jose.nunez@example.com"
    assert "1 Hora de Internet" in visitor.page.inner_text("main")
    visitor.fill()
    visitor.pay()
    assert visitor.title == "¡Conectado!"
    assert [sale.state for sale in sales_of(site, phone)] == ["canceled", "delivered"]


def test_the_bank_asks_for_a_code(visitor: Visitor, site: Site, phone: Phone) -> None:
    to_bank(visitor, phone)
    visitor.page.get_by_label("Código de tu banco").fill("1234")
    visitor.page.get_by_role("button", name="Confirmar").click()
    expect(visitor.page.locator("h1")).to_have_text("¡Conectado!")
    assert is_online(site, phone)


def test_the_bank_says_no(visitor: Visitor, site: Site, phone: Phone) -> None:
    to_bank(visitor, phone)
    visitor.page.get_by_role("button", name="Cancelar la compra").click()
    expect(visitor.page.get_by_role("alert").first).to_contain_text("no pudo confirmar que eres tú")
    visitor.page.locator("#pay:enabled").wait_for()
    assert [sale.state for sale in sales_of(site, phone)] == ["canceled"]


def to_bank(visitor: Visitor, phone: Phone) -> None:
    """Pay with a card whose bank wants to be asked, and be led to its page."""
    visitor.buy(phone, number=CHALLENGED)
    visitor.page.wait_for_url("**/3ds/**")


def step_to_bank(visitor: Visitor, phone: Phone) -> None:
    """The same without waiting to be led."""
    visitor.buy(phone, number=CHALLENGED)
    visitor.page.get_by_role("link", name="Ir con mi banco").click()
    visitor.page.get_by_label("Código de tu banco").wait_for()


def to_plans(visitor: Visitor, phone: Phone) -> None:
    """Close the page at the bank, and open the plans again in the visit that paid."""
    (sale,) = sales_of(visitor.site, phone)
    visitor.come_back()
    own = visitor.site.address(phone).replace("?", f"/pago/{sale.id}?")
    own_visit = visit_in(
        visitor.site.shop.app.test_client().get(own.removeprefix(visitor.site.url))
    )
    visitor.page.goto(f"{visitor.site.url}/r/{visitor.site.router_id}?v={own_visit}")


def test_come_back_by_the_router_alone(visitor: Visitor, site: Site, phone: Phone) -> None:
    """Who has lost the page can buy again, but not twice under one name."""
    step_to_bank(visitor, phone)
    visitor.come_back()
    visitor.arrive(phone)
    assert visitor.title == "Elige tu Internet"
    assert "banco" not in visitor.page.inner_text("main")
    visitor.choose()
    visitor.fill()
    visitor.pay()
    assert "Tu pago anterior aún" in visitor.page.get_by_role("alert").inner_text()
    assert [sale.state for sale in sales_of(site, phone)] == ["pending"]
    visitor.choose()
    visitor.fill(email_cliente="otra@example.com")
    visitor.pay()
    assert visitor.title == "¡Conectado!"


def test_closed_at_the_bank_and_returned(visitor: Visitor, site: Site, phone: Phone) -> None:
    to_bank(visitor, phone)
    to_plans(visitor, phone)
    assert "No pagues otra vez" in visitor.page.inner_text("main")
    visitor.shoot("1-plans-pending")
    visitor.page.get_by_role("link", name="Volver con mi banco").click()
    visitor.page.get_by_label("Código de tu banco").fill("1234")
    visitor.page.get_by_role("button", name="Confirmar").click()
    expect(visitor.page.locator("h1")).to_have_text("¡Conectado!")
    assert len(sales_of(site, phone)) == 1


def test_closed_at_the_bank_and_given_up(visitor: Visitor, site: Site, phone: Phone) -> None:
    step_to_bank(visitor, phone)
    to_plans(visitor, phone)
    visitor.page.get_by_role("button", name="Cancelar e intentar de nuevo").click()
    expect(visitor.page.locator("h1")).to_have_text("Elige tu Internet")
    assert [sale.state for sale in sales_of(site, phone)] == ["canceled"]


def test_left_at_the_bank_and_given_up(visitor: Visitor, site: Site, phone: Phone) -> None:
    step_to_bank(visitor, phone)
    (sale,) = sales_of(site, phone)
    visitor.page.goto(f"{site.url}/r/{site.router_id}/pago/{sale.id}")
    assert visitor.title == "Verificando tu pago"
    visitor.shoot("3-waiting-bank")
    visitor.page.reload()
    assert visitor.title == "Verificando tu pago"
    visitor.page.get_by_role("button", name="Cancelar e intentar de nuevo").click()
    expect(visitor.page.locator("h1")).to_have_text("Paga con tu tarjeta")
    visitor.page.locator("#pay:enabled").wait_for()
    visitor.fill()
    visitor.pay()
    assert visitor.title == "¡Conectado!"
    assert [sale.state for sale in sales_of(site, phone)] == ["canceled", "delivered"]
