"""Prove that when the server could not log a phone in: the router's own login page does, both
ways.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from portal.sandbox.routeros import Fault, FaultKind
from tests.pages.browser import Visitor
from tests.pages.conftest import Visit
from tests.pages.site import Phone, Site, open_site

LOGIN = "/ip/hotspot/active/login"


def logged_in_by(site: Site, phone: Phone) -> list[str]:
    return [row["login-by"] for row in site.shop.router.active if row["mac-address"] == phone.mac]


def test_from_the_wifi_to_the_internet(visitor: Visitor, site: Site, phone: Phone) -> None:
    visitor.join(phone)
    assert visitor.title == "Elige tu Internet"
    visitor.choose()
    visitor.fill()
    visitor.pay()
    assert visitor.title == "¡Conectado!"
    assert logged_in_by(site, phone) == ["admin"]


@pytest.mark.parametrize("method", ["http-chap", "http-pap"])
def test_by_the_routers_own_form(visitor: Visitor, site: Site, phone: Phone, method: str) -> None:
    site.let_log_in(method)
    site.shop.router.faults.add(Fault(FaultKind.TRAP, LOGIN, times=None, message="no"))
    visitor.join(phone)
    visitor.choose()
    visitor.fill()
    visitor.pay()
    assert visitor.title == "Tu Internet está listo"
    visitor.shoot("3-ready-not-connected")
    codes = visitor.codes
    with visitor.page.expect_navigation(url="**/pago/**"):
        visitor.page.get_by_role("button", name="Conectar este teléfono").click()
    assert visitor.title == "¡Conectado!"
    assert visitor.codes == codes
    assert logged_in_by(site, phone) == [method]


def test_a_wrong_code_comes_back_with_a_sentence(
    visitor: Visitor, site: Site, phone: Phone
) -> None:
    path = "/login?username=NADIE1&password=0000"
    visitor.page.goto(site.hotspot.phone_url(phone.mac, path))
    alert = visitor.page.get_by_role("alert").inner_text()
    assert alert == "El código no es correcto. Revísalo y escríbelo otra vez."


@pytest.fixture(scope="module")
def secure_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with open_site(tmp_path_factory.mktemp("secure"), secure=True) as opened:
        yield opened


def test_from_an_https_portal_to_an_http_router(open_browser: Visit, secure_site: Site) -> None:
    site, phone = secure_site, secure_site.new_phone()
    site.let_log_in("http-chap")
    site.shop.router.faults.add(Fault(FaultKind.TRAP, LOGIN, times=None, message="no"))
    visitor = open_browser(site=site, ignore_https_errors=True)
    visitor.join(phone)
    assert visitor.page.url.startswith("https://")
    visitor.choose()
    visitor.fill()
    visitor.pay()
    assert visitor.title == "Tu Internet está listo"
    with visitor.page.expect_navigation(url="**/pago/**"):
        visitor.page.get_by_role("link", name="Conectar este teléfono").click()
    assert visitor.title == "¡Conectado!"
    assert logged_in_by(site, phone) == ["http-chap"]
    assert visitor.complaints == []
