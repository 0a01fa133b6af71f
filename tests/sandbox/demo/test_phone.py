"""Test a person at the demo's start page: a phone joins, pays and is online."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from tests.pages.browser import keep
from tests.sandbox.demo.running import buy
from tests.sandbox.demo.window import watched
from tests.support.browsers.chromium import inspect
from tests.support.patience import slowness

MINUTE = 60.0
DESKTOP: ViewportSize = {"width": 1280, "height": 720}
NEW_PHONE = "Un teléfono nuevo se conecta"


@pytest.fixture
def page(facts: dict[str, Any], lent_page: Page) -> Iterator[Page]:
    """The start page, with a console on which nothing may appear, nor in a phone's."""
    with watched(lent_page) as page:
        page.set_viewport_size(DESKTOP)
        page.goto(facts["portal_url"])
        yield page


def pay(phone: Page, card: str) -> None:
    """Pay with one of the cards that the form offers."""
    phone.locator("#pay:enabled").wait_for()
    frame = phone.frame_locator("#card iframe")
    frame.get_by_label("Tarjeta de prueba").select_option(label=card)
    phone.locator("#pay").click()


def shoot(page: Page, name: str) -> None:
    """Keep a picture for people to look at."""
    keep(name, lambda: page.screenshot(full_page=True))


def test_through_within_a_minute(page: Page) -> None:
    busy, began = slowness(), time.monotonic()
    with page.expect_popup() as opened:
        page.get_by_role("button", name=NEW_PHONE).click()
    phone = opened.value
    expect(phone.get_by_text("Teléfono de Ana")).to_be_visible()
    phone.locator(".plan", has_text="$50").get_by_role("button").click()
    phone.get_by_label("Tu correo").fill("jose@example.com")
    pay(phone, "Declinada: 0002")
    expect(phone.get_by_role("alert").first).to_contain_text("No se hizo ningún cargo")
    pay(phone, "Aprobada: 4242")
    expect(phone.get_by_role("heading", name="¡Conectado!")).to_be_visible()
    assert time.monotonic() - began < MINUTE * busy

    name = phone.locator(".code").first.inner_text()
    phone.get_by_role("link", name="Continuar").click()
    expect(phone.get_by_role("heading")).to_have_text("Internet")
    expect(phone.get_by_text("El teléfono de Ana ya navega.")).to_be_visible()

    page.get_by_role("link", name="Actualizar").click()
    newest = page.locator(".phones li").first
    expect(newest).to_contain_text("Teléfono de Ana")
    expect(newest).to_contain_text("En línea")
    expect(newest).to_contain_text(name)
    expect(page.get_by_text("1 de 5 en línea")).to_be_visible()
    inspect(page)
    shoot(page, "demo-start")


def test_who_looks_back_sees_who_is_online(page: Page, facts: dict[str, Any]) -> None:
    shown = page.locator(".phones li", has_text=facts["hosts"][0]["mac"])
    expect(shown).to_contain_text("Sin Internet")
    host = {"mac_cliente": facts["hosts"][0]["mac"], "ip_cliente": facts["hosts"][0]["ip"]}
    assert buy(facts, **host, conexion_automatica=True).status_code == 200
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(shown).to_contain_text("En línea")


def test_the_phone_logs_itself_in_at_the_routers_own_page(
    page: Page, facts: dict[str, Any]
) -> None:
    mac, ip = facts["hosts"][1]["mac"], facts["hosts"][1]["ip"]
    sold = buy(facts, mac_cliente=mac, ip_cliente=ip, conexion_automatica=False).json()
    with page.expect_popup() as opened:
        page.get_by_role("link", name="Teléfono de Saúl").click()
    phone = opened.value
    way = phone.get_by_role("link", name="Ya tengo un código").get_attribute("href") or ""
    visit = re.search(r"v=([^&]+)", way)
    assert visit is not None
    result = f"{facts['api_url']}/r/{facts['router_id']}/pago/{sold['referencia']}"
    phone.goto(f"{result}?v={visit[1]}")
    phone.get_by_role("button", name="Conectar este teléfono").click()
    expect(phone.get_by_role("heading", name="¡Conectado!")).to_be_visible()
    assert phone.url.partition("?")[0] == result

    page.reload()
    expect(page.locator(".phones li", has_text=mac)).to_contain_text("En línea")


def test_what_each_test_card_does_stands_beside_it(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    card = page.locator(".cards div", has_text="Aprobada")
    number, does = (card.locator(part).bounding_box() for part in ("dt", "dd"))
    edge = page.locator(".cards").bounding_box()
    assert number is not None
    assert does is not None
    assert edge is not None
    assert does["y"] < number["y"] + number["height"]
    assert does["x"] + does["width"] == pytest.approx(edge["x"] + edge["width"], abs=1)


def test_one_phone_leads_to_the_next(page: Page) -> None:
    page.get_by_role("link", name="Teléfono de Tere").evaluate("link => link.target = ''")
    page.get_by_role("link", name="Teléfono de Tere").click()
    page.locator("summary", has_text="Teléfono de Tere").click()
    inspect(page)
    shoot(page, "demo-ribbon")
    page.get_by_role("link", name="Teléfono de Uriel").click()
    expect(page.locator("summary", has_text="Teléfono de Uriel")).to_be_visible()
    page.locator("summary", has_text="Teléfono de Uriel").click()
    page.get_by_role("link", name="Todos los teléfonos").click()
    expect(page.get_by_role("heading", name="En el WiFi")).to_be_visible()
