"""Test the main ways, and Back after each, as they go in Chromium and in WebKit."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest

from portal.sandbox.routeros import Fault, FaultKind
from tests.pages.browser import CHALLENGED, DECLINED, FIRST_LOOK
from tests.pages.checkout.test_results import buy
from tests.pages.codes.test_comeback import codes_of
from tests.pages.conftest import Customer
from tests.pages.site import Phone, Site
from tests.support.browsers.whole import browser, lent

__all__ = ["browser", "lent"]

pytestmark = pytest.mark.usefixtures("soon_at_the_bank")
DONE, WAITING, PAY = "¡Conectado!", "Verificando tu pago", "Paga con tu tarjeta"
BANK = "Confirma tu compra"
NOTHING_CHARGED = "No se hizo ningún cargo"
LOGIN = "/ip/hotspot/active/login"


def states(site: Site, phone: Phone) -> list[str]:
    return [sale.state for sale in site.shop.sales() if sale.mac == phone.mac]


def logged_in_by(site: Site, phone: Phone) -> list[str]:
    return [row["login-by"] for row in site.shop.router.active if row["mac-address"] == phone.mac]


def confirm(customer: Customer) -> None:
    """Give the bank the code that it asks for."""
    customer.enter("code", "1234")
    customer.press("Confirmar")


@pytest.mark.each_browser
def test_paid_and_back(customer: Customer, site: Site, phone: Phone) -> None:
    customer.join(phone)
    customer.await_title("Elige tu Internet")
    customer.shoot("1-plans")
    customer.choose()
    customer.shoot("2-pay")
    customer.fill()
    customer.pay()
    customer.await_title(DONE)
    customer.shoot("3-connected")
    codes = customer.codes
    customer.back()
    customer.await_title(DONE)
    assert customer.codes == codes
    customer.back()
    customer.await_text("Tu Internet sigue activo")
    assert states(site, phone) == ["delivered"]


def test_declined_then_paid_and_back(customer: Customer, site: Site, phone: Phone) -> None:
    customer.buy(phone, number=DECLINED)
    customer.await_form()
    assert NOTHING_CHARGED in customer.text
    customer.shoot("2-declined")
    customer.fill()
    customer.pay()
    customer.await_title(DONE)
    codes = customer.codes
    for _ in range(2):
        customer.back()
        customer.await_title(DONE)
        assert customer.codes == codes
        assert NOTHING_CHARGED not in customer.text
    assert states(site, phone) == ["canceled", "delivered"]


def test_declined_then_paid_by_another_plan_and_back(
    customer: Customer, site: Site, phone: Phone
) -> None:
    customer.buy(phone, number=DECLINED)
    customer.await_form()
    customer.press("← Cambiar de plan")
    customer.choose("$50")
    customer.fill()
    customer.pay()
    customer.await_title(DONE)
    customer.back()
    customer.await_title(DONE)
    customer.back()
    customer.await_text("Tu Internet sigue activo")
    for _ in range(2):
        customer.back()
        customer.await_title(DONE)
        assert NOTHING_CHARGED not in customer.text
    assert states(site, phone) == ["canceled", "delivered"]


def test_declined_and_back(customer: Customer, site: Site, phone: Phone) -> None:
    customer.buy(phone, number=DECLINED)
    customer.await_form()
    customer.back()
    # The first form is spent: in its place stands one that can be sent.
    customer.await_title(PAY)
    customer.await_form()
    assert NOTHING_CHARGED in customer.text
    customer.fill()
    customer.pay()
    customer.await_title(DONE)
    assert states(site, phone) == ["canceled", "delivered"]


@pytest.mark.each_browser
def test_back_at_the_bank_is_no_trap(customer: Customer, site: Site, phone: Phone) -> None:
    customer.buy(phone, number=CHALLENGED)
    customer.await_title(BANK)
    customer.shoot("3-bank")
    customer.back()
    customer.await_title(WAITING)
    customer.shoot("3-waiting-bank")
    # It comes again by itself, and stays what it is.
    customer.await_fresh_page()
    assert customer.title == WAITING
    customer.press("Volver con mi banco")
    customer.await_title(BANK)
    customer.back()
    customer.await_title(WAITING)
    customer.back()
    customer.await_title("Tu pago anterior aún se está verificando")
    customer.press("Volver con mi banco")
    customer.await_title(BANK)
    confirm(customer)
    customer.await_title(DONE)
    assert states(site, phone) == ["delivered"]


def test_the_bank_says_no_and_back(customer: Customer, site: Site, phone: Phone) -> None:
    customer.buy(phone, number=CHALLENGED)
    customer.await_title(BANK)
    customer.press("Cancelar la compra")
    customer.await_form()
    customer.fill()
    customer.pay()
    customer.await_title(DONE)
    customer.back()
    customer.await_title(DONE)
    assert states(site, phone) == ["canceled", "delivered"]


def test_there_and_back_from_the_bank_nothing_is_lost(
    customer: Customer, site: Site, phone: Phone
) -> None:
    site.let_log_in("http-chap")
    site.shop.router.faults.add(Fault(FaultKind.TRAP, LOGIN, times=None, message="no"))
    customer.join(phone)
    customer.press("English")
    customer.await_title("Choose your Internet")
    customer.choose()
    customer.fill(CHALLENGED)
    customer.pay()
    customer.await_title(BANK)
    confirm(customer)
    customer.await_title("Your Internet is ready")
    customer.shoot("3-ready-english")
    customer.press("Connect this phone")
    customer.await_title("Connected!")
    assert logged_in_by(site, phone) == ["http-chap"]
    assert "Continue" in customer.text
    assert FIRST_LOOK not in urlsplit(customer.address).query


def test_a_code_and_back(customer: Customer, site: Site, phone: Phone) -> None:
    pin, _ = codes_of(site, buy(site, phone, tipo_usuario="pin"))
    other = site.new_phone()
    customer.arrive(other)
    customer.press("Ya tengo un código")
    customer.shoot("4-code")
    customer.enter("usuario", pin)
    customer.press("Conectar")
    customer.await_title(DONE)
    customer.shoot("4-back-online")
    customer.back()
    customer.await_title("Escribe tu código")
    customer.enter("usuario", pin)
    customer.press("Conectar")
    customer.await_title(DONE)


def test_what_was_typed_is_there_after_back(customer: Customer, site: Site, phone: Phone) -> None:
    customer.arrive(phone)
    customer.choose()
    customer.fill(telefono_cliente="55 1234 5678")
    customer.press("← Cambiar de plan")
    customer.await_title("Elige tu Internet")
    customer.back()
    customer.await_form()
    assert customer.value("telefono_cliente") == "55 1234 5678"
    customer.pay()
    customer.await_title(DONE)
