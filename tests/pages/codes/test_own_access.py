"""Test "Ver mi acceso": what customers see of their own access, and who sees nothing."""

from __future__ import annotations

import html
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from portal.core import formatting
from portal.models import Access, Company, Sale, utc_now
from portal.pages.remaining import remaining
from tests.pages.browser import Visitor
from tests.pages.checkout.test_results import buy, look, visit_in
from tests.pages.codes.test_comeback import access_of, codes_of, enter, users_online
from tests.pages.conftest import Visit
from tests.pages.site import Phone, Site

ZONE = "America/Mexico_City"


def status_page(visitor: Visitor, phone: Phone) -> None:
    """Open the router's own page, as who is online does."""
    visitor.page.goto(visitor.site.hotspot.phone_url(phone.mac, "/status"))


def until(sale: Sale, site: Site) -> str:
    expires_at = access_of(site, sale).expires_at
    assert expires_at is not None
    return formatting.until(expires_at, ZONE, utc_now())


def show(client: FlaskClient, site: Site, phone: Phone, user: str) -> TestResponse:
    """As the router's status page sends its user on."""
    path = site.path(phone).replace("?", "/acceso?")
    return client.post(path, data={"usuario": user}, follow_redirects=True)


def test_row_16_who_is_online_sees_the_access(visitor: Visitor, site: Site, phone: Phone) -> None:
    sale = buy(site, phone, tipo_usuario="pin")
    status_page(visitor, phone)
    visitor.press("Ver mi acceso")
    visitor.await_title("Tu acceso")
    assert visitor.codes == [codes_of(site, sale)[0]]
    with site.shop.app.app_context():
        assert f"Tienes Internet {until(sale, site)}." in visitor.text
    assert "Este teléfono está conectado" in visitor.text
    visitor.press("Copiar")
    visitor.page.get_by_text("Recibo", exact=True).click()
    assert "$20 MXN" in visitor.text
    # A code may be shared: neither the card nor what opens the buyer's name.
    assert "4242" not in visitor.text
    assert sale.order_id is not None
    assert sale.order_id not in visitor.page.content()
    visitor.inspect()
    visitor.shoot("5-access")


def test_row_16_without_javascript(open_browser: Visit, site: Site, phone: Phone) -> None:
    visitor = open_browser(java_script_enabled=False)
    sale = buy(site, phone, tipo_usuario="pin")
    status_page(visitor, phone)
    visitor.press("Ver mi acceso")
    assert visitor.codes == [codes_of(site, sale)[0]]


def test_a_user_with_a_password_is_asked_for_it(visitor: Visitor, site: Site, phone: Phone) -> None:
    """The router's page knows the name alone, which is no secret."""
    sale = buy(site, phone)
    name, password = codes_of(site, sale)
    status_page(visitor, phone)
    visitor.press("Ver mi acceso")
    visitor.await_title("Escribe tu código")
    assert visitor.value("usuario") == name
    assert password not in visitor.page.content()
    assert visitor.page.evaluate("document.activeElement.name") == "contrasena"
    visitor.inspect()
    visitor.shoot("5-access-password")
    visitor.enter("contrasena", password)
    visitor.press("Ver mi acceso")
    visitor.await_title("Tu acceso")
    assert visitor.codes == [name, password]
    assert users_online(site, phone) == [name]


def test_the_code_is_in_no_address(client: FlaskClient, site: Site, phone: Phone) -> None:
    pin, _ = codes_of(site, buy(site, phone, tipo_usuario="pin"))
    answer = show(client, site, phone, pin)
    assert pin in answer.text
    assert [part.request.path for part in answer.history] == [f"/r/{site.router_id}/acceso"]
    assert pin not in answer.request.url
    assert pin not in answer.history[0].request.url


def test_a_user_of_the_operators_own_is_told_no_more(visitor: Visitor, phone: Phone) -> None:
    """Nothing but `-esc` is safe in a router's page, whatever a user there is called."""
    name = 'x"><b id=evil>&'
    visitor.site.shop.router.add_user(name, "1234")
    visitor.site.shop.router.log_in(name, "1234", phone.ip)
    status_page(visitor, phone)
    assert visitor.page.locator("#evil").count() == 0
    visitor.press("Ver mi acceso")
    visitor.await_title("Escribe tu código")
    assert visitor.value("usuario") == name
    assert visitor.page.locator("#evil").count() == 0


@pytest.mark.parametrize("user", ["", "999999", "%00", "AB3C9D", "x" * 300])
def test_who_proves_nothing_sees_nothing(
    client: FlaskClient, site: Site, phone: Phone, user: str
) -> None:
    buy(site, phone)
    answer = show(client, site, phone, user)
    assert answer.status_code in (200, 422)
    assert "Escribe tu código" in answer.text
    assert 'class="code' not in answer.text


def test_a_pin_is_shown_to_phones_in_the_wifi_alone(
    client: FlaskClient, site: Site, phone: Phone
) -> None:
    pin, _ = codes_of(site, buy(site, phone, tipo_usuario="pin"))
    for stranger in (Phone(phone.mac, "10.5.99.99"), Phone("02:00:00:FF:FF:FE", phone.ip)):
        answer = show(client, site, stranger, pin)
        assert "Este teléfono no está en el WiFi" in answer.text
        assert "Tienes Internet" not in answer.text


def test_guesses_are_counted_as_those_of_the_code_page(
    client: FlaskClient, site: Site, phone: Phone
) -> None:
    for number in range(6):
        answer = show(client, site, phone, f"00000{number}")
    assert answer.status_code == 429
    assert "Retry-After" in answer.headers


def test_without_a_proof_the_code_is_asked_for(
    client: FlaskClient, site: Site, phone: Phone
) -> None:
    buy(site, phone)
    path = site.path(phone).replace("?", "/acceso?")
    answer = client.get(path, follow_redirects=True)
    assert "Escribe tu código" in answer.text


def test_what_is_over_is_said(client: FlaskClient, site: Site, phone: Phone) -> None:
    sale = buy(site, phone, tipo_usuario="pin")
    pin, _ = codes_of(site, sale)
    site.end(sale)
    assert "Tu código ya se terminó" in show(client, site, phone, pin).text


def test_the_buyers_own_visit_leads_to_the_purchase_itself(
    client: FlaskClient, site: Site, phone: Phone
) -> None:
    sale = buy(site, phone)
    query = {"v": visit_in(look(client, sale))}
    answer = client.get(f"/r/{site.router_id}/acceso", query_string=query, follow_redirects=True)
    assert answer.request.path == f"/r/{site.router_id}/pago/{sale.id}"
    assert sale.order_id is not None
    assert sale.order_id in answer.text


def test_an_old_kits_status_page_leads_there_too(
    client: FlaskClient, site: Site, phone: Phone
) -> None:
    sale = buy(site, phone)
    said = {"mac": phone.mac, "ip": phone.ip, "logged-in": "yes"}
    page = client.get(f"/r/{site.router_id}", query_string=said).text
    assert "Este teléfono ya está conectado" in page
    assert "Volver a conectar" not in page
    (link,) = re.findall(r'href="([^"]*/codigo[?][^"]*)"', page)
    form = client.get(html.unescape(link)).text
    (action,) = re.findall(r'action="([^"]*/codigo[^"]*)"', form)
    name, password = codes_of(site, sale)
    typed = {"usuario": f"{name} {password}", "ver": "1"}
    shown = client.post(html.unescape(action), data=typed, follow_redirects=True).text
    assert "<h1>Tu acceso</h1>" in shown
    assert name in shown


def test_where_the_code_was_entered_the_access_is_a_press_away(
    client: FlaskClient, site: Site, phone: Phone
) -> None:
    pin, _ = codes_of(site, buy(site, phone, tipo_usuario="pin"))
    other = site.new_phone()
    page = enter(client, site, other, pin).text
    assert "Tienes Internet hasta" in page
    (link,) = re.findall(r'href="([^"]*/acceso[?][^"]*)"', page)
    assert pin in client.get(html.unescape(link)).text


def test_times_are_the_companys(client: FlaskClient, site: Site, phone: Phone) -> None:
    sale = buy(site, phone)
    expires_at = access_of(site, sale).expires_at
    assert expires_at is not None
    for zone in ("America/Tijuana", "America/Cancun"):
        site.shop.change(Company, time_zone=zone)
        try:
            shown = look(client, sale).text
        finally:
            site.shop.change(Company, time_zone=None)
        with site.shop.app.app_context():
            assert formatting.until(expires_at, zone, utc_now()) in shown


NOON = datetime(2026, 3, 5, 18, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("hours", "said"),
    [
        (4.84, "hasta las 16:50"),
        (13.5, "hasta el vie 6 mar a la 1:30"),
        (24, "hasta el vie 6 mar a las 12:00"),
        (24 * 365, "hasta el 5 mar 2027 a las 12:00"),
        (-11, "hasta la 1:00"),
    ],
)
def test_until_when(site: Site, hours: float, said: str) -> None:
    with site.shop.app.app_context():
        assert formatting.until(NOON + timedelta(hours=hours), ZONE, NOON) == said


@pytest.mark.parametrize(
    ("values", "lines"),
    [
        ({}, ["Sin límite de tiempo."]),
        (
            {"duration_seconds": 3600, "duration_from": "first_use"},
            ["Tu tiempo empieza cuando te conectas: 1 hora."],
        ),
        (
            {"duration_seconds": 3600, "duration_from": "connected", "used_seconds": 600},
            ["Tiempo que te queda: 50 min."],
        ),
        (
            {"data_limit": 2**30, "used_bytes": 2**29},
            ["Sin límite de tiempo.", "Datos que te quedan: 512 MB."],
        ),
        (
            {"data_limit": 2**30, "used_bytes": 2**31},
            ["Sin límite de tiempo.", "Datos que te quedan: 0 MB."],
        ),
    ],
)
def test_what_is_left(site: Site, values: dict[str, Any], lines: list[str]) -> None:
    counted = dict.fromkeys(
        ("used_seconds", "seen_seconds", "session_seconds", "used_bytes", "seen_bytes"), 0
    )
    more = {"session_bytes": 0, "sessions_apart": False}
    with site.shop.app.app_context():
        assert remaining(Access(**(counted | more | values)), ZONE) == lines
