"""Prove that online is user, MAC and address now: row 3 of the reports, and its kind."""

from __future__ import annotations

import pytest

from portal.models import Plan
from tests.access.test_reconnection import CONNECTED, ask, said
from tests.access.test_time import extend
from tests.support.shop import IP, MAC, Shop

NEW_IP = "192.168.88.200"


def come_back(shop: Shop, **plan: object) -> dict[str, str]:
    """A phone that is online comes back under another address; its old session stands."""
    shop.change(Plan, **plan)
    user: dict[str, str] = shop.buy(conexion_automatica=True).json["usuario_hotspot"]
    shop.router.clock.advance(30)
    shop.router.join(MAC, NEW_IP, keeps_old=True)
    assert [row["address"] for row in shop.router.active] == [IP]
    return user


def addresses(shop: Shop) -> list[str]:
    return [row["address"] for row in shop.router.active]


@pytest.mark.parametrize("hint", [{"current_ip": NEW_IP}, {}])
def test_row_3_by_the_api_the_phone_is_online_at_its_new_address(
    shop: Shop, hint: dict[str, str]
) -> None:
    user = come_back(shop, max_devices=1)
    answer = ask(shop, user["usuario"], user["contrasena"], MAC, **hint)
    assert said(answer) == CONNECTED
    assert addresses(shop) == [NEW_IP]


def test_an_extension_connects_the_phone_at_its_new_address(shop: Shop) -> None:
    come_back(shop, duration_seconds=3600, duration_from="purchase")
    [access] = shop.accesses()
    assert extend(shop, access.id, ip=NEW_IP) == "delivered"
    assert addresses(shop) == [NEW_IP]
    assert shop.sales()[-1].session_ip == NEW_IP


def test_a_phone_that_is_online_already_is_not_logged_in_again(shop: Shop) -> None:
    user = shop.buy(conexion_automatica=True).json["usuario_hotspot"]
    [before] = shop.router.active
    answer = ask(shop, user["usuario"], user["contrasena"], MAC, current_ip=IP)
    assert said(answer) == CONNECTED
    assert [row[".id"] for row in shop.router.active] == [before[".id"]]
