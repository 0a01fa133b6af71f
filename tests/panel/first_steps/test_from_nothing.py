"""Test the whole way of a new operator, in the browser alone: from an empty database to a sale."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.pages.browser import FIRST_LOOK, Visitor
from tests.pages.webkit import WebKitVisitor
from tests.panel.browser import press
from tests.panel.first_steps.conftest import MAC, EmptySite
from tests.support.browsers.chromium import new_context
from tests.support.browsers.webdriver import WebDriver
from tests.support.shop import PRIVATE_KEY

PASSWORD = "tres ranas verdes saltan"
SOON = 600.0
Anyone = Any


def begin(owner: Anyone, site: EmptySite) -> None:
    """Make the first user by the server's link."""
    owner.go(site.invitation())
    owner.await_title("Empiece aquí")
    fields = {"nombre": "Ana", "empresa": "Café Ana", "email": "ana@cafe.mx"}
    for name, text in (fields | {"password": PASSWORD}).items():
        owner.enter(name, text)
    press(owner, "Crear mi usuario y seguir")
    owner.await_title("Primeros pasos")


def enter_keys(owner: Anyone) -> None:
    """A wrong key first, as people do."""
    press(owner, "Poner mis llaves")
    for key, words in (("key_0Equivocada1234567", "rechazó la llave"), (PRIVATE_KEY, "PRUEBA")):
        owner.enter("public_key", "key_0Publica12345678")
        owner.enter("private_key", key)
        press(owner, "Guardar y probar")
        owner.await_text(words)
    owner.await_title("Primeros pasos")


def connect_router(owner: Anyone, site: EmptySite) -> None:
    """Paste one line into the router, compare one certificate, and see all points green."""
    press(owner, "Conectar mi router")
    owner.run("document.querySelectorAll('details').forEach(part => { part.open = true; })")
    for name, text in {"nombre": "Patio", "host": "127.0.0.1"}.items():
        owner.enter(name, text)
    owner.enter("puerto", str(site.router.tls_port))
    press(owner, "Guardar y seguir")
    press(owner, "Darme la línea para pegar")
    line = owner.run("return document.getElementById('comando').innerText")
    last = site.paste(line)
    press(owner, "Ya la pegué: seguir")
    owner.await_text("¿Es este su router?")
    shown = owner.run("return document.getElementById('huella').innerText")
    assert shown == site.router.fingerprint
    assert last.endswith(shown)
    press(owner, "Es el mismo: confirmar")
    owner.await_text("El router está listo.")
    press(owner, "Seguir con los primeros pasos")


def choose_plans(owner: Anyone) -> None:
    press(owner, "Elegir mis planes")
    owner.enter("hora-precio", "18,50")
    press(owner, "Ponerlos a la venta")
    owner.await_text("sus planes ya están a la venta")


def buy(customer: Anyone, site: EmptySite) -> None:
    """Join the WiFi, which leads here by the kit's own pages, and pay."""
    customer.go(site.hotspot.phone_url(MAC, FIRST_LOOK))
    customer.await_text("1 hora")
    customer.choose("$18.50")
    customer.fill()
    customer.pay()
    customer.await_title("¡Conectado!")


def whole_way(
    owner: Anyone, site: EmptySite, look: Callable[[str], None] = lambda _name: None
) -> None:
    """All of it, with a look at each page."""
    began = time.monotonic()
    begin(owner, site)
    look("pasos-1")
    enter_keys(owner)
    connect_router(owner, site)
    choose_plans(owner)
    look("pasos-4")
    press(owner, "Hacer la primera venta")
    owner.await_text("Esperando la compra")
    look("venta")
    waiting = owner.address
    buy(owner, site)
    owner.go(waiting)
    owner.await_text("Hecha: se cobró y el router dio el acceso.")
    look("venta-hecha")
    press(owner, "Terminar")
    owner.await_text("Todo listo: ya vende.")
    assert [row["mac-address"] for row in site.router.active] == [MAC]
    assert time.monotonic() - began < SOON


@pytest.fixture
def owner(browser: Browser, empty_site: EmptySite) -> Iterator[Visitor]:
    with closing(new_context(browser)) as context:
        yield Visitor(empty_site, context)  # type: ignore[arg-type]


def test_in_chromium(owner: Visitor, empty_site: EmptySite) -> None:
    whole_way(owner, empty_site, lambda name: owner.shoot(f"panel-{name}"))
    # A wrong key is told with a status that the console tells too.
    assert [said for said in owner.complaints if "status of 5" not in said] == []


def test_in_webkit(empty_site: EmptySite, webkit: WebDriver) -> None:
    whole_way(WebKitVisitor(empty_site, webkit), empty_site)  # type: ignore[arg-type]
