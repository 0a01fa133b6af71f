"""Prove that what people write arrives as they wrote it: names at the gateway, profiles at the
router.
"""

from __future__ import annotations

from typing import Any

import pytest

from portal.models import Plan
from portal.sandbox.routeros.sandbox import RouterSandbox
from tests.support.shop import Shop

NAMES = [
    "José Ñandú Öztürk",
    "Łukasz 🚀🌮",
    "李小龙",
    "محمد",
    "👩‍👩‍👧‍👦 O'Brien & «Hijos»",
    "e\u0301 \u200b ñ" * 5,
]
PROFILES = ["Día Ñandú", "24 h ☀️", 'perfil\'; "x" [y] $z', "時間"]


def last_order(shop: Shop) -> dict[str, Any]:
    return shop.gateway.orders()[-1]


@pytest.mark.parametrize("name", NAMES)
def test_names_arrive_whole_at_the_gateway_and_in_the_answer(shop: Shop, name: str) -> None:
    answer = shop.buy(nombre_cliente=name)
    assert answer.status_code == 200
    assert answer.json["cliente"]["nombre"] == name.strip()
    assert last_order(shop)["customer_info"]["name"] == name.strip()


def test_a_short_name_is_filled_up_for_the_gateway_alone(shop: Shop) -> None:
    assert shop.buy(nombre_cliente="Li").json["cliente"]["nombre"] == "Li"
    assert last_order(shop)["customer_info"]["name"].startswith("Li")


@pytest.mark.parametrize("name", [*NAMES, "ñ" * 100, "🌞" * 100])
def test_names_of_plans_arrive_whole_at_the_gateway(shop: Shop, name: str) -> None:
    shop.change(Plan, name=name)
    answer = shop.buy()
    assert answer.status_code == 200
    assert answer.json["producto"]["nombre"] == name
    [line] = last_order(shop)["line_items"]["data"]
    assert line["name"] == name.strip()


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("connected", [False, True])
def test_names_of_profiles_arrive_whole_at_the_router(
    shop: Shop, profile: str, connected: bool
) -> None:
    ensure_profile(shop.router, profile)
    shop.change(Plan, profile_name=profile)
    shop.end_sessions()
    answer = shop.buy(conexion_automatica=connected)
    assert answer.status_code == 200
    assert answer.json["producto"]["perfil_mikrotik"] == profile
    user = shop.router.users[answer.json["usuario_hotspot"]["usuario"]]
    assert user["profile"] == profile
    assert answer.json["auto_conexion"]["verificado"] is connected
    shop.change(Plan, profile_name="1hora")


def ensure_profile(router: RouterSandbox, name: str) -> None:
    known = {row["name"] for row in router.rows("/ip/hotspot/user/profile")}
    if name not in known:
        router.add_profile(name)
