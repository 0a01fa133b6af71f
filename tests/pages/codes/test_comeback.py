"""Test coming back: a code entered, lost or recognised, and more time bought."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import expect
from werkzeug.test import TestResponse

from portal.models import Access, Sale, WrongCode, utc_now
from tests.pages.browser import Visitor
from tests.pages.checkout.test_results import buy, look, visit_in
from tests.pages.site import Phone, Site


def sealed(client: FlaskClient, site: Site, phone: Phone) -> str:
    """The visit of this phone, as the pages hand it on."""
    page = client.get(site.path(phone)).text
    (found,) = re.findall(r'name="v" value="([^"]*)"', page)
    return found


def access_of(site: Site, sale: Sale) -> Access:
    return next(access for access in site.shop.accesses() if access.id == sale.access_id)


def codes_of(site: Site, sale: Sale) -> tuple[str, str]:
    access = access_of(site, sale)
    with site.shop.app.app_context():
        return access.name, access.password


def users_online(site: Site, phone: Phone) -> list[str]:
    return [row["user"] for row in site.shop.router.active if row["mac-address"] == phone.mac]


def enter(
    client: FlaskClient, site: Site, phone: Phone, name: str, password: str = ""
) -> TestResponse:
    form = {"usuario": name, "contrasena": password, "v": sealed(client, site, phone)}
    return client.post(f"/r/{site.router_id}/codigo", data=form, follow_redirects=True)


def ask(
    client: FlaskClient, site: Site, phone: Phone, email: str, last4: str = "4242"
) -> TestResponse:
    form = {"correo": email, "tarjeta": last4, "v": sealed(client, site, phone)}
    return client.post(f"/r/{site.router_id}/recuperar", data=form, follow_redirects=True)


def test_a_code_connects_another_phone(visitor: Visitor, site: Site, phone: Phone) -> None:
    name, password = codes_of(site, buy(site, phone))
    other = site.new_phone()
    visitor.arrive(other)
    visitor.page.get_by_role("link", name="Ya tengo un código").click()
    visitor.page.get_by_label("Tu código").fill(name.lower())
    visitor.page.get_by_text("Mi código tiene usuario y contraseña").click()
    for typed in ("no", password):
        visitor.page.get_by_label("Contraseña").fill(typed)
        with visitor.page.expect_navigation():
            visitor.page.get_by_role("button", name="Conectar").click()
        if typed != password:
            refused(visitor, "El código no es correcto", "4-code-wrong")
    expect(visitor.page.locator("h1")).to_have_text("¡Conectado!")
    assert users_online(site, other) == [name]


def refused(visitor: Visitor, sentence: str, picture: str) -> None:
    """It is said, to everybody, and what was typed stands."""
    assert sentence in visitor.page.get_by_role("alert").inner_text()
    assert visitor.page.locator("main input").first.input_value() != ""
    visitor.inspect()
    visitor.shoot(picture)
    # That the answer was no, the console says too.
    visitor.complaints.clear()


def test_a_pin_needs_no_password(client: FlaskClient, site: Site, phone: Phone) -> None:
    pin, _ = codes_of(site, buy(site, phone, tipo_usuario="pin"))
    assert "¡Conectado!" in enter(client, site, phone, pin).text


def test_wrong_codes_wait(client: FlaskClient, site: Site, phone: Phone) -> None:
    assert "El código no es correcto" in enter(client, site, phone, "NADIE2", "0000").text
    for _ in range(5):
        answer = enter(client, site, phone, "NADIE2", "0000")
    assert answer.status_code == 429
    assert "Demasiados códigos incorrectos" in answer.text


def test_a_code_that_is_over(client: FlaskClient, site: Site, phone: Phone) -> None:
    sale = buy(site, phone)
    name, password = codes_of(site, sale)
    site.end(sale)
    assert "Tu código ya se terminó" in enter(client, site, phone, name, password).text


def test_a_code_from_nowhere(client: FlaskClient, site: Site) -> None:
    form = {"usuario": "AB3C9D", "contrasena": "1234"}
    answer = client.post(f"/r/{site.router_id}/codigo", data=form)
    assert answer.status_code == 422
    assert "Este teléfono no está en el WiFi" in answer.text


def test_a_known_phone_is_connected_with_one_press(
    visitor: Visitor, site: Site, phone: Phone
) -> None:
    sale = buy(site, phone)
    name, password = codes_of(site, sale)
    site.disconnect(phone)
    visitor.page.goto(site.hotspot.phone_url(phone.mac, "http://captive.apple.com/"))
    assert name not in visitor.page.content()
    visitor.page.get_by_role("button", name="Volver a conectar").click()
    # It is the router that says so, on its way through its own login page.
    visitor.page.wait_for_url("**logged-in=yes**")
    expect(visitor.page.locator("h1")).to_have_text("¡Conectado!")
    visitor.shoot("4-back-online")
    assert name not in visitor.page.content()
    assert password not in visitor.page.inner_text("main")
    assert users_online(site, phone) == [name]


def test_an_unknown_phone_is_told_by_the_router(visitor: Visitor, site: Site, phone: Phone) -> None:
    visitor.page.goto(site.hotspot.phone_url(phone.mac, "http://captive.apple.com/"))
    visitor.page.get_by_role("button", name="Volver a conectar").click()
    expect(visitor.page.get_by_role("alert")).to_contain_text("no se pudo conectar solo")
    assert users_online(site, phone) == []


def test_a_router_whose_login_page_is_not_known(visitor: Visitor, site: Site, phone: Phone) -> None:
    """The page stays, and says no more than where to go on."""
    sale = buy(site, phone)
    site.disconnect(phone)
    with site.without_login_page():
        visitor.arrive(phone)
        visitor.page.get_by_role("button", name="Volver a conectar").click()
        expect(visitor.page.locator("h1")).to_have_text("Conectando este teléfono")
        visitor.inspect()
        visitor.shoot("4-connecting")
    assert users_online(site, phone) == [codes_of(site, sale)[0]]


def test_what_cost_most_is_what_a_phone_comes_back_with(
    client: FlaskClient, site: Site, phone: Phone
) -> None:
    """A cheap access, bought for somebody else's MAC, takes no better one's place."""
    dear = buy(site, phone)
    site.disconnect(phone)
    cheap = buy(site, phone, conexion_automatica=False)
    site.change_sale(cheap, amount=500)
    visit = sealed(client, site, phone)
    client.post(f"/r/{site.router_id}/reconectar", data={"v": visit})
    assert users_online(site, phone) == [codes_of(site, dear)[0]]


def test_a_known_buyer_is_connected_and_told(client: FlaskClient, site: Site, phone: Phone) -> None:
    sale = buy(site, phone)
    site.disconnect(phone)
    visit = visit_in(look(client, sale))
    answer = client.post(
        f"/r/{site.router_id}/reconectar", data={"v": visit}, follow_redirects=True
    )
    assert "Tiempo que te queda" in answer.text
    assert users_online(site, phone) == [codes_of(site, sale)[0]]


def test_who_was_recognised_but_cannot_be_let_in(
    client: FlaskClient, site: Site, phone: Phone
) -> None:
    sale = buy(site, phone)
    site.disconnect(phone)
    visit = visit_in(look(client, sale))
    site.shop.router.go_down()
    try:
        answer = client.post(f"/r/{site.router_id}/reconectar", data={"v": visit})
    finally:
        site.bring_router_back()
    assert "El WiFi no responde" in answer.text


def test_a_lost_code_is_found(visitor: Visitor, site: Site, phone: Phone) -> None:
    sale = buy(site, phone, email_cliente="Perdida@example.com")
    other = site.new_phone()
    visitor.arrive(other)
    visitor.page.get_by_role("link", name="Ya tengo un código").click()
    visitor.page.get_by_role("link", name="Perdí mi código").click()
    visitor.page.get_by_label("Tu correo").fill("perdida@EXAMPLE.com")
    for last4 in ("1111", "4242"):
        visitor.page.get_by_label("Últimos 4").fill(last4)
        with visitor.page.expect_navigation():
            visitor.page.get_by_role("button", name="Mostrar mi código").click()
        if last4 != "4242":
            refused(visitor, "No encontramos un código", "4-lost-wrong")
    assert tuple(visitor.codes) == codes_of(site, sale)


def test_three_tries_then_an_hours_wait(client: FlaskClient, site: Site, phone: Phone) -> None:
    email = "tres@example.com"
    buy(site, phone, email_cliente=email)
    for _ in range(3):
        assert "No encontramos un código" in ask(client, site, phone, email, "0000").text
    assert ask(client, site, phone, email).status_code == 429
    # Nor from another phone.
    other = site.new_phone()
    answer = ask(client, site, other, email)
    assert "Espera una hora" in answer.text
    site.shop.change(WrongCode, locked_until=utc_now() - timedelta(seconds=1))
    assert 'class="code"' in ask(client, site, phone, email).text


def test_a_lost_code_is_told_to_phones_in_the_wifi_alone(
    client: FlaskClient, site: Site, phone: Phone
) -> None:
    buy(site, phone, email_cliente="lejos@example.com")
    stranger = Phone("02:00:00:FF:FF:FF", "10.5.99.99")
    answer = ask(client, site, stranger, "lejos@example.com")
    assert answer.status_code == 404
    assert "Este teléfono no está en el WiFi" in answer.text


@pytest.mark.parametrize("last4", ["", "424", "42424", "abcd", "４２４２"])
def test_last_digits_are_four(client: FlaskClient, site: Site, phone: Phone, last4: str) -> None:
    assert ask(client, site, phone, "a@example.com", last4).status_code == 422


def test_what_is_over_is_not_found(client: FlaskClient, site: Site, phone: Phone) -> None:
    site.end(buy(site, phone, email_cliente="fin@example.com"))
    assert "No encontramos" in ask(client, site, phone, "fin@example.com").text


def test_more_time_is_added_to_what_is_left(visitor: Visitor, site: Site, phone: Phone) -> None:
    first = buy(site, phone)
    before = access_of(site, first)
    visitor.page.goto(site.address(phone).replace("?", f"/pago/{first.id}?"))
    visitor.page.get_by_role("link", name="Comprar más tiempo").click()
    assert "Tu Internet sigue activo" in visitor.page.inner_text("main")
    visitor.choose("$20")
    assert "Se suma a lo que te queda" in visitor.page.inner_text("main")
    visitor.fill()
    visitor.pay()
    assert visitor.title == "¡Conectado!"
    assert tuple(visitor.codes) == codes_of(site, first)
    after = access_of(site, first)
    assert before.expires_at is not None
    assert after.expires_at == before.expires_at + timedelta(hours=1)


def test_what_cannot_be_added_is_sold_with_a_code_of_its_own(
    visitor: Visitor, site: Site, phone: Phone
) -> None:
    """The week is for three devices, and the hour was not."""
    first = buy(site, phone)
    before = access_of(site, first)
    visitor.page.goto(site.address(phone).replace("?", f"/pago/{first.id}?"))
    visitor.page.get_by_role("link", name="Comprar más tiempo").click()
    assert visitor.page.inner_text("main").count("Se suma a lo que te queda") == 1
    visitor.choose("$199.50")
    assert "Se suma a lo que te queda" not in visitor.page.inner_text("main")
    visitor.fill()
    visitor.pay()
    assert tuple(visitor.codes) != codes_of(site, first)
    assert access_of(site, first).expires_at == before.expires_at
