"""Test that a phone logs itself in at its router's form where no API does it."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from portal.models import Plan, Router
from tests.pages.coming_again import next_address
from tests.support.radius.shop import HOUR, RadiusShop
from tests.support.shop import IP, MAC

LOGIN_HOST = "10.5.50.1"


@pytest.fixture
def shop(opened: RadiusShop) -> RadiusShop:
    opened.router.leave(MAC)
    opened.router.accounted()
    opened.router.join(MAC, IP)
    opened.change(Router, login_hosts=[LOGIN_HOST])
    opened.change(Plan, **{"data_limit": None, "max_devices": None, "all_sites": False, **HOUR})
    return opened


def onward(shop: RadiusShop, path: str) -> tuple[str, str]:
    """What a page shows, and where the browser goes from it by itself."""
    shown = shop.app.test_client().get(path)
    assert shown.status_code == 200
    return shown.text, next_address(shown)


def test_who_buys_is_led_in_and_told_once_the_router_has_them(shop: RadiusShop) -> None:
    sold = shop.buy(conexion_automatica=True)
    code, sale = sold.json["usuario_hotspot"], shop.sales()[-1]
    assert sold.json["auto_conexion"]["estado"] == "no_conectado"
    text, link = onward(shop, f"/r/{shop.router_id}/pago/{sale.id}")
    there, said = urlsplit(link), parse_qs(urlsplit(link).query)
    assert (there.hostname, there.path) == (LOGIN_HOST, "/login")
    assert (said["username"], said["password"]) == ([code["usuario"]], [code["contrasena"]])
    back = urlsplit(said["dst"][0])
    # The Start is not there yet.
    text, again = onward(shop, f"{back.path}?{back.query}")
    assert "entrada=2" in again
    shop.let_in(code, IP)
    text, further = onward(shop, again)
    assert (further, "¡Conectado!" in text) == ("", True)


def test_who_does_not_get_in_is_not_led_in_circles(shop: RadiusShop) -> None:
    shop.buy(conexion_automatica=True, mac_cliente="AA:BB:CC:DD:EE:07")
    path = f"/r/{shop.router_id}/pago/{shop.sales()[-1].id}"
    text, further = onward(shop, f"{path}?entrada=4")
    assert (further, "Falta un paso" in text) == ("", True)


def reconnect(
    shop: RadiusShop, code: dict[str, str], password: str | None = None
) -> tuple[Any, ...]:
    body = {"username": code["usuario"], "password": password or code["contrasena"]}
    device = {"current_mac": MAC, "current_ip": IP}
    told = shop.call("/api/v1/hotspot/auto-reconnect", body | device)
    assert told.status_code == 200, told.text
    return told.json["success"], told.json["estado"], told.json["mensaje"]


def test_a_portal_of_ones_own_is_told_that_phones_enter_themselves(shop: RadiusShop) -> None:
    """And nothing of the code, which could be tried so for devices that are not there."""
    shop.end_sessions()
    shop.router.accounted()
    shop.router.join(MAC, IP)
    code = shop.buy().json["usuario_hotspot"]
    told = reconnect(shop, code)
    assert told[:2] == (False, "entra_por_el_router")
    assert "página del WiFi" in told[2]
    assert reconnect(shop, code, "0000") == told
    shop.let_in(code, IP)
    assert reconnect(shop, code)[:2] == (True, "activo")
    assert reconnect(shop, code, "0000")[:2] == (False, "credenciales_invalidas")
