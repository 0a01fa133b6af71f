"""One code among friends: who knows it logs in at the router itself, or all at the same moment."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from portal.access.usage_sync import UsageSync, sync_usage
from portal.hotspot.errors import RouterError
from portal.models import Plan
from tests.support.shop import MAC, Shop, open_shop

FRIENDS = {f"02:00:00:00:00:0{n}": f"192.168.88.20{n}" for n in range(1, 5)}
# What operators leave as it was: the profile lets in more than a plan sells.
WIDE = {"shared-users": "9"}
LIMITS = {"duration_seconds": 7200, "duration_from": "purchase"}


@pytest.fixture
def shop(tmp_path: Path, database_url: str | None) -> Iterator[Shop]:
    with open_shop(tmp_path, database_url) as opened:
        opened.router.add_profile("ancho", **WIDE)
        opened.change(Plan, profile_name="ancho", **LIMITS)
        for mac, ip in FRIENDS.items():
            opened.router.join(mac, ip)
        yield opened


def sell(shop: Shop, devices: int | None) -> dict[str, str]:
    """The buyer is online."""
    shop.change(Plan, max_devices=devices)
    user: dict[str, str] = shop.buy(conexion_automatica=True).json["usuario_hotspot"]
    return user


def come_in(shop: Shop, user: dict[str, str], *friends: str) -> None:
    """Each a minute after the last one, at the router's own login page."""
    for mac in friends or FRIENDS:
        shop.router.clock.advance(60)
        shop.router.log_in(user["usuario"], user["contrasena"], FRIENDS[mac])


def online(shop: Shop) -> list[str]:
    return [row["mac-address"] for row in shop.router.active]


def go_round(shop: Shop) -> UsageSync:
    with shop.app.app_context():
        return sync_usage(shop.router_id)


@pytest.mark.parametrize("devices", [None, 1, 2])
def test_who_is_too_many_goes_and_the_latest_stay(shop: Shop, devices: int | None) -> None:
    come_in(shop, sell(shop, devices))
    assert len(online(shop)) == 5
    may_stay = devices or 1
    assert go_round(shop).logged_out == 5 - may_stay
    assert online(shop) == list(FRIENDS)[-may_stay:]


def test_as_many_as_were_bought_stay(shop: Shop) -> None:
    come_in(shop, sell(shop, 5))
    assert go_round(shop).logged_out == 0
    assert online(shop) == [MAC, *FRIENDS]


@pytest.mark.each_database
def test_side_by_side_by_the_api(shop: Shop) -> None:
    user = sell(shop, 1)

    def enter(mac: str) -> Any:
        code = {"username": user["usuario"], "password": user["contrasena"], "current_mac": mac}
        return shop.call("/api/v1/hotspot/auto-reconnect", code).status_code

    with ThreadPoolExecutor(len(FRIENDS)) as pool:
        assert set(pool.map(enter, FRIENDS)) == {200}
    go_round(shop)
    assert len(online(shop)) == 1


def test_the_same_phone_at_two_addresses_is_one(shop: Shop) -> None:
    """Its old session stands until the router misses it there."""
    user, mac = sell(shop, 2), next(iter(FRIENDS))
    come_in(shop, user, mac)
    shop.router.join(mac, "192.168.88.250", keeps_old=True)
    shop.router.log_in(user["usuario"], user["contrasena"], "192.168.88.250")
    assert online(shop) == [MAC, mac, mac]
    assert go_round(shop).logged_out == 0


def test_the_operators_own_users_are_left_alone(shop: Shop) -> None:
    sell(shop, 1)
    shop.router.add_user("personal", "1234", profile="ancho")
    come_in(shop, {"usuario": "personal", "contrasena": "1234"})
    assert go_round(shop).logged_out == 0
    assert len(online(shop)) == 5


def test_what_they_used_counts_though_the_router_will_not_log_them_out(shop: Shop) -> None:
    shop.change(Plan, duration_from="connected")
    come_in(shop, sell(shop, 1))
    shop.router.clock.advance(600)
    shop.router.faults.trap("not enough permissions (9)", "/ip/hotspot/active/remove", times=None)
    with pytest.raises(RouterError):
        go_round(shop)
    assert shop.accesses()[0].total_seconds >= 600
