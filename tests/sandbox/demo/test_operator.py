"""Test the owner's side of the demo: sales, refunds, alerts, the router, the gateway's moods."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from portal.sandbox.demo.surface.knobs import Mood
from tests.sandbox.demo.running import buy, customer, names, rows
from tests.sandbox.demo.test_phone import shoot
from tests.sandbox.demo.window import watched
from tests.support.browsers.chromium import inspect
from tests.support.patience import PATIENCE
from tests.support.servers.http import Api

PHONE: ViewportSize = {"width": 390, "height": 844}


@pytest.fixture
def page(facts: dict[str, Any], lent_page: Page) -> Iterator[Page]:
    with watched(lent_page) as page:
        page.set_viewport_size(PHONE)
        page.goto(facts["portal_url"])
        page.get_by_role("link", name="Lo que ve el dueño").click()
        yield page


@pytest.fixture
def poster(facts: dict[str, Any]) -> Iterator[Api]:
    """Who posts the page's forms without a browser."""
    with Api(facts["api_url"]) as poster:
        yield poster


def press(page: Page, name: str) -> None:
    """Press a button, and wait for the page that it leads to: what it does is done then."""
    with page.expect_navigation():
        page.get_by_role("button", name=name).first.click()


def test_a_sale_is_seen_and_given_back(page: Page, facts: dict[str, Any]) -> None:
    host = facts["hosts"][0]
    named = {"mac_cliente": host["mac"], "ip_cliente": host["ip"]}
    sold = buy(facts, **named, nombre_cliente="José Ñúñez", conexion_automatica=True).json()
    user = sold["usuario_hotspot"]["usuario"]
    page.get_by_role("link", name="Actualizar").click()
    sales = page.get_by_role("region", name="Ventas de hoy")
    expect(sales).to_contain_text("1 venta pagada")
    expect(sales.locator("li")).to_contain_text(["$20 1 Hora de Internet"])
    expect(sales.locator("li")).to_contain_text(["José Ñúñez · Teléfono de Rosa"])
    online = page.get_by_role("region", name="Router", exact=True)
    expect(online).to_contain_text("1 de 4 teléfonos en línea.")
    expect(online.get_by_role("link", name="Teléfono de Rosa")).to_be_visible()
    inspect(page)
    shoot(page, "demo-operator")

    press(page, "Devolver $20 a José Ñúñez")
    expect(sales.locator("li")).to_contain_text(["Devuelta"])
    expect(page.get_by_role("button", name="Devolver")).to_have_count(0)
    assert user not in names(facts)
    with Api(facts["gateway_url"]) as gateway:
        order = gateway.get(f"/_sandbox/orders/{sold['id_transaccion']}").json()
    assert order["payment_status"] == "refunded"


@pytest.mark.parametrize("size", ["100%", "200%"])
@pytest.mark.parametrize("path", ["", "encargado"])
def test_narrow_phones_and_large_text_need_no_sideways_scrolling(
    page: Page, facts: dict[str, Any], path: str, size: str
) -> None:
    page.set_viewport_size({"width": 320, "height": 640})
    page.goto(facts["portal_url"] + path)
    page.evaluate("size => document.documentElement.style.fontSize = size", size)
    shoot(page, f"demo-{path or 'start'}-320-{size.rstrip('%')}")
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_the_router_goes_and_comes(page: Page, facts: dict[str, Any]) -> None:
    press(page, "Apagar")
    expect(page.get_by_role("region", name="Router", exact=True)).to_contain_text("Está apagado")
    try:
        assert buy(facts).status_code == 500
        inspect(page)
    finally:
        press(page, "Encender")
    expect(page.get_by_role("button", name="Apagar")).to_be_visible()
    assert rows(facts, "user")


def test_a_power_cut_ends_all_sessions(page: Page, facts: dict[str, Any]) -> None:
    host = facts["hosts"][1]
    named = {"mac_cliente": host["mac"], "ip_cliente": host["ip"]}
    assert buy(facts, **named, conexion_automatica=True).status_code == 200
    assert rows(facts, "active")
    press(page, "Cortar la luz un momento")
    assert rows(facts, "active") == []


def test_the_gateway_answers_as_it_is_told(page: Page, facts: dict[str, Any]) -> None:
    try:
        press(page, "Declina toda tarjeta")
        chosen = page.get_by_role("button", name="Declina toda tarjeta", pressed=True)
        expect(chosen).to_be_visible()
        assert buy(facts).status_code == 402
        press(page, "Pide el código del banco")
        asked = buy(facts, mac_cliente="02:00:5E:10:00:02", ip_cliente="192.168.88.102")
        assert asked.status_code == 202
    finally:
        press(page, "Como siempre")
    expect(page.get_by_role("button", name="Como siempre", pressed=True)).to_be_visible()
    assert buy(facts, mac_cliente="02:00:5E:10:00:03", ip_cliente="192.168.88.103").ok


@pytest.mark.parametrize("mood", Mood)
def test_each_mood_is_the_gateways(poster: Api, facts: dict[str, Any], mood: Mood) -> None:
    with Api(facts["gateway_url"]) as gateway:
        try:
            shown = poster.request("POST", "/encargado/pasarela", data={"mood": mood}).text
            state = gateway.get("/_sandbox/state").json()
        finally:
            poster.request("POST", "/encargado/pasarela", data={"mood": Mood.NORMAL})
        healed = gateway.get("/_sandbox/state").json()
    assert f'value="{mood}" aria-pressed="true"' in shown
    assert shown.count('aria-pressed="true"') == 1
    found = (
        state["behaviour"]["decline_every_card"],
        state["behaviour"]["force_three_ds"],
        state["latency"]["authorisation"] > 0,
        [fault["action"] for fault in state["faults"]] == ["cut"],
    )
    others = (Mood.DECLINES, Mood.THREE_DS, Mood.SLOW, Mood.SILENT)
    assert found == tuple(mood is other for other in others)
    assert healed["faults"] == []
    assert healed["latency"]["authorisation"] == 0


def test_a_charge_whose_answer_is_lost_is_not_made_twice(
    poster: Api, facts: dict[str, Any]
) -> None:
    poster.request("POST", "/encargado/pasarela", data={"mood": Mood.SILENT})
    try:
        sold = buy(facts, mac_cliente="02:00:5E:10:00:04", ip_cliente="192.168.88.104")
    finally:
        poster.request("POST", "/encargado/pasarela", data={"mood": Mood.NORMAL})
    assert sold.status_code in (200, 202)
    with Api(facts["gateway_url"]) as gateway:
        orders = gateway.get("/_sandbox/orders").json()
    [order] = [order for order in orders if order["id"] == sold.json()["id_transaccion"]]
    assert len(order["charges"]["data"]) == 1


def test_an_alert_is_seen_and_settled(page: Page, facts: dict[str, Any]) -> None:
    sold = buy(facts, mac_cliente="02:00:5E:10:00:05", ip_cliente="192.168.88.105").json()
    with Api(facts["gateway_url"]) as gateway:
        taken = f"/_sandbox/orders/{sold['id_transaccion']}/charge_back"
        assert gateway.post(taken, {}).status_code == 200
    alerts = page.get_by_role("region", name="Avisos")
    deadline = time.monotonic() + PATIENCE
    # The gateway tells us by a webhook, and the worker follows it.
    while not alerts.get_by_role("button").count() and time.monotonic() < deadline:
        page.get_by_role("link", name="Actualizar").click()
        page.wait_for_load_state()
    inspect(page)
    shoot(page, "demo-operator-alert")
    press(page, "Dar por resuelto")
    expect(alerts).to_contain_text("Nada pendiente.")
    sales = page.get_by_role("region", name="Ventas de hoy")
    expect(sales.locator("li").first).to_contain_text("Contracargo")


@pytest.mark.parametrize(
    ("way", "title"),
    [
        ("Transferencia", "Transfiere $20.00 por SPEI"),
        ("Efectivo en tiendas · Mercado Pago", "Paga $20.00 en efectivo"),
    ],
)
def test_a_deferred_payment_is_made_by_a_press(
    page: Page, facts: dict[str, Any], way: str, title: str
) -> None:
    """Beside cards at both gateways; the money is told of, and the phone's page sees it."""
    operator = page.url
    page.goto(f"{facts['api_url']}/r/{facts['router_id']}")
    page.locator(".plan", has_text="$20").get_by_role("button").click()
    expect(page.locator(".way").first).to_be_visible()
    offered = page.locator(".way b").all_inner_texts()
    assert [name for name in offered if name.startswith("Tarjeta")] == [
        "Tarjeta · Conekta",
        "Tarjeta · Mercado Pago",
    ]
    page.locator(".way", has_text=way).click()
    page.get_by_label("Tu correo").fill("ana@example.com")
    page.locator("#pay").click()
    expect(page.locator("h1")).to_have_text(title)
    own = page.url
    page.goto(operator)
    press(page, "Que llegue el pago")
    page.goto(own)
    waits = page.get_by_role("link", name="Ya pagué: revisar ahora")
    done = page.get_by_role("heading", name="Tu Internet está listo")
    deadline = time.monotonic() + PATIENCE
    while waits.count() and time.monotonic() < deadline:
        waits.click()
        page.wait_for_load_state()
    expect(done).to_be_visible()


def test_the_password_that_it_shows_lets_in(poster: Api, facts: dict[str, Any]) -> None:
    said = poster.get("/encargado").text
    assert facts["admin_email"] in said
    assert facts["company_id"] in said
    assert facts["router_id"] in said
    who = {"email": facts["admin_email"], "password": facts["admin_password"]}
    assert who["password"] in said
    assert poster.post("/api/v1/auth/login", who).status_code == 200


def test_it_speaks_english(poster: Api) -> None:
    said = poster.get("/encargado", lang="en").text
    assert "What the owner sees" in said
    assert not re.search(r"\b(Ventas|Avisos|Pasarela|Contraseña)\b", said)
    back = poster.request("POST", "/encargado/router?lang=en", data={"do": "up"})
    assert "What the owner sees" in back.text


def test_only_pages_of_its_own_may_use_it(poster: Api, facts: dict[str, Any]) -> None:
    foreign = {"Origin": "http://evil.example"}
    for path in ("/encargado/router", "/encargado/pasarela", "/encargado/ventas/sal_1/devolver"):
        answer = poster.request("POST", path, data={"do": "down"}, headers=foreign)
        assert answer.status_code == 403
    rebound = poster.request("GET", "/encargado", headers={"Host": "evil.example"})
    assert rebound.status_code == 403
    assert facts["admin_password"] not in rebound.text
    assert poster.request("POST", "/encargado/router", data={"do": "up"}).status_code == 200


@pytest.mark.parametrize(
    ("path", "data", "status"),
    [
        ("/encargado/router", {"do": "explode"}, 422),
        ("/encargado/router", {}, 422),
        ("/encargado/pasarela", {"mood": "sad"}, 422),
        ("/encargado/ventas/sal_nobody/devolver", {}, 404),
        ("/encargado/avisos/999", {}, 404),
    ],
)
def test_nonsense_is_refused(poster: Api, path: str, data: dict[str, str], status: int) -> None:
    assert poster.request("POST", path, data=data).status_code == status


def test_no_other_application_has_any_of_it(facts: dict[str, Any]) -> None:
    with customer(facts) as api:
        assert "/encargado" not in api.get("/api/v1/openapi.json").text
