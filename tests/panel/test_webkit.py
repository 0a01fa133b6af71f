"""Go the main ways of an owner in WebKit too, on a phone's screen: iPhones have no other."""

from __future__ import annotations

import pytest

from portal.models import Access
from portal.models.sale_states import SaleState
from tests.pages.site import Phone, Site
from tests.panel.browser import WebKitOperator, press
from tests.support.browsers.webdriver import WebDriver


@pytest.fixture(scope="module")
def phone_of_owner(site: Site, webkit: WebDriver) -> WebKitOperator:
    """The owner's, logged in once for all of them."""
    owner = WebKitOperator(site, webkit)
    owner.log_in()
    return owner


@pytest.fixture
def owner(phone_of_owner: WebKitOperator) -> WebKitOperator:
    phone_of_owner.open("/panel/")
    return phone_of_owner


@pytest.fixture
def customer(site: Site) -> Phone:
    """Somebody who has bought and is online."""
    phone = site.new_phone()
    answer = site.shop.buy(
        phone.mac, mac_cliente=phone.mac, ip_cliente=phone.ip, conexion_automatica=True
    )
    assert answer.status_code == 200, answer.text
    site.shop.change(Access, duration_seconds=3600, duration_from="connected")
    return phone


def user_of(site: Site, phone: Phone) -> str:
    [user] = [str(s["user"]) for s in site.shop.router.active if s["mac-address"] == phone.mac]
    return user


def test_the_first_page_after_logging_in_tells_how_business_goes(
    owner: WebKitOperator, customer: Phone
) -> None:
    assert owner.title == "Hoy"
    owner.look("hoy")


def test_a_code_is_sold_in_two_taps(owner: WebKitOperator, site: Site) -> None:
    press(owner, "Fichas")
    owner.look("fichas")
    with owner.leaving():
        owner.driver.click("//button[contains(., '1 Hora de Internet')]")
    [code] = owner.codes
    assert site.shop.router.users[code.replace(" ", "")]["disabled"] == "false"
    owner.look("ficha")


def test_a_sale_is_found_and_given_back(owner: WebKitOperator, site: Site, customer: Phone) -> None:
    press(owner, "Ventas")
    owner.enter("q", customer.mac)
    press(owner, "Buscar")
    owner.look("ventas")
    sale = site.shop.sales()[-1]
    with owner.leaving():
        owner.driver.click(f"a[href='/panel/ventas/{sale.id}']")
    owner.look("venta")
    press(owner, "Devolver el dinero")
    owner.enter("motivo", "No pudo conectarse")
    owner.look("reembolso")
    with owner.leaving():
        owner.driver.click("button.danger")
    assert "se cerró el acceso" in owner.text
    assert site.shop.sales()[-1].state == SaleState.REFUNDED


def test_why_is_asked_and_mended_with_one_button(
    owner: WebKitOperator, site: Site, customer: Phone
) -> None:
    user = user_of(site, customer)
    site.shop.end_sessions()
    row = site.shop.router.users[user]
    site.shop.router.execute("/ip/hotspot/user/set", numbers=row[".id"], disabled="yes")
    owner.open("/panel/por-que")
    owner.enter("quien", customer.mac)
    press(owner, "Mirar")
    assert "Alguien desactivó este acceso" in owner.text
    # Nothing is called well that is not there.
    assert "no hay ninguna" in owner.text
    owner.look("por-que")
    press(owner, "Activar otra vez")
    assert "Listo: el acceso está activo." in owner.text
    assert site.shop.router.users[user].get("disabled") != "true"


def test_a_device_is_disconnected(owner: WebKitOperator, site: Site, customer: Phone) -> None:
    press(owner, "En línea")
    row = f"//li[contains(., '{customer.mac}')]"
    owner.driver.click(f"{row}//summary")
    owner.look("en-linea")
    with owner.leaving():
        owner.driver.click(f"{row}//button[normalize-space()='Desconectar']")
    assert f"Listo: {customer.mac} se desconectó" in owner.text
    assert customer.mac not in [session["mac-address"] for session in site.shop.router.active]


def test_a_phone_that_is_handed_on_knows_nobody(owner: WebKitOperator, site: Site) -> None:
    """Cookies are those of a host: other tests' sites, at other ports, would be sent them."""
    owner.go(f"{site.url}/healthz")
    owner.driver.delete_cookies()
    owner.open("/panel/")
    owner.await_text("Olvidé mi contraseña")
    owner.log_in()
