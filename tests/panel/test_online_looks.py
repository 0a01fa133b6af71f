"""Go through what an owner does about people's Internet, on a phone's screen."""

from __future__ import annotations

import pytest

from portal.models import Access
from tests.pages.site import Phone, Site
from tests.panel.browser import Operator

ADDRESS = "/panel/en-linea"


@pytest.fixture
def customer(site: Site) -> Phone:
    """Somebody who has bought a limited plan and is online."""
    phone = site.new_phone()
    answer = site.shop.buy(
        phone.mac, mac_cliente=phone.mac, ip_cliente=phone.ip, conexion_automatica=True
    )
    assert answer.status_code == 200, answer.text
    newest = site.shop.accesses()[-1]
    site.shop.change(Access, duration_seconds=3600, duration_from="connected")
    assert newest.mac == phone.mac
    return phone


def press_action(operator: Operator, phone: Phone, label: str) -> None:
    """Open what can be done for this device, and do it."""
    row = operator.page.locator("li", has_text=phone.mac)
    row.locator("summary").click()
    with operator.leaving():
        row.get_by_text(label, exact=True).click()


def test_who_is_online_is_seen_and_served(operator: Operator, site: Site, customer: Phone) -> None:
    operator.open(ADDRESS)
    row = operator.page.locator("li", has_text=customer.mac)
    row.locator("summary").click()
    operator.look("en-linea")
    operator.open(ADDRESS)
    press_action(operator, customer, "Regalar")
    operator.look("regalar")
    operator.enter("minutos", "30")
    operator.enter("motivo", "Se fue la luz un rato")
    with operator.leaving():
        operator.page.get_by_role("button", name="Regalar", exact=True).click()
    assert "Listo: ya lo tiene." in operator.page.inner_text("main")
    operator.open(ADDRESS)
    press_action(operator, customer, "Desconectar")
    assert f"Listo: {customer.mac} se desconectó" in operator.page.inner_text("main")
    assert customer.mac not in [session["mac-address"] for session in site.shop.router.active]


def test_why_is_asked_at_the_counter_and_mended_with_one_button(
    operator: Operator, site: Site, customer: Phone
) -> None:
    [user] = [s["user"] for s in site.shop.router.active if s["mac-address"] == customer.mac]
    row = site.shop.router.users[user]
    site.shop.end_sessions()
    site.shop.router.execute("/ip/hotspot/user/set", numbers=row[".id"], disabled="yes")
    operator.open("/panel/por-que")
    operator.look("por-que")
    operator.enter("quien", customer.mac)
    with operator.leaving():
        operator.press("Mirar")
    assert "Alguien desactivó este acceso" in operator.page.inner_text("main")
    operator.look("por-que-desactivado")
    with operator.leaving():
        operator.press("Activar otra vez")
    said = operator.page.inner_text("main")
    assert "Listo: el acceso está activo." in said
    assert site.shop.router.users[user].get("disabled") != "true"


def test_a_router_that_is_away_is_said_on_both(operator: Operator, site: Site) -> None:
    site.shop.router.go_down()
    try:
        operator.open(ADDRESS)
        operator.look("en-linea-sin-router")
        operator.open("/panel/por-que?mac=02:00:00:77:00:01")
        operator.look("por-que-sin-router")
    finally:
        site.bring_router_back()
