"""Somebody who tries cards from one address stops that address, touches little, and no router."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from config import Settings
from portal.models import Sale
from tests.support.shop import Shop, asking_from

THIEF, CAFE = "198.51.100.7", "203.0.113.9"
DECLINED, UNKNOWN = "tok_test_card_declined", "tok_nobody_knows_{}"
OpenShop = Callable[..., Shop]
AT_ONCE = 8


def mac(number: int) -> str:
    return f"02:00:00:00:{number // 256:02X}:{number % 256:02X}"


def invent(shop: Shop, times: int, token: str = UNKNOWN, threads: int = AT_ONCE) -> list[int]:
    """What so many tries come to, each with a token and a device of its own."""

    def try_one(number: int) -> int:
        token_now = token.format(number)
        return shop.buy(token_tarjeta=token_now, mac_cliente=mac(number)).status_code

    with asking_from(shop, THIEF), ThreadPoolExecutor(threads) as pool:
        return list(pool.map(try_one, range(times)))


def buy_from(shop: Shop, address: str, **wishes: Any) -> int:
    with asking_from(shop, address):
        return shop.buy(**wishes).status_code


def test_the_defaults_are_ordered() -> None:
    limits = Settings()
    assert 0 < limits.device_declines < limits.address_declines < limits.router_declines


@pytest.mark.parametrize("token", [DECLINED, UNKNOWN])
def test_one_address_stops_itself_and_no_router(open_a_shop: OpenShop, token: str) -> None:
    shop = open_a_shop(device_declines=2, address_declines=6, router_declines=9)
    tried = invent(shop, 40, token)
    assert set(tried) == {402, 429}
    # Those under way when the limit was reached come on top, and never all of them.
    assert 6 <= tried.count(402) <= 6 + AT_ONCE
    assert buy_from(shop, THIEF, mac_cliente=mac(500)) == 429
    assert buy_from(shop, CAFE) == 200


def test_declines_of_several_addresses_do_stop_a_router(open_a_shop: OpenShop) -> None:
    shop = open_a_shop(device_declines=1, address_declines=2, router_declines=3)
    for number in range(3):
        wish = {"token_tarjeta": DECLINED, "mac_cliente": mac(number)}
        assert buy_from(shop, f"198.51.100.{number}", **wish) == 402
    assert buy_from(shop, CAFE) == 429


def test_what_one_address_did_counts_for_the_router_up_to_its_own_limit(
    open_a_shop: OpenShop,
) -> None:
    """Tries that were under way side by side may exceed it: the router does not count those."""
    shop = open_a_shop(device_declines=1, address_declines=2, router_declines=3)
    for number in range(5):
        wish = {"token_tarjeta": DECLINED, "mac_cliente": mac(number)}
        assert buy_from(shop, f"192.0.2.{number}", **wish) in (402, 429)
        shop.change(Sale, client_address=None)
    assert len(shop.sales()) == 5
    shop.change(Sale, client_address=THIEF)
    assert buy_from(shop, THIEF, mac_cliente=mac(9)) == 429
    assert buy_from(shop, CAFE) == 200


@pytest.mark.each_database
def test_three_hundred_invented_tokens_touch_little_outside(open_a_shop: OpenShop) -> None:
    shop = open_a_shop()
    shop.router.forget_commands()
    tried = invent(shop, 300)
    limit = Settings().address_declines
    assert tried.count(402) <= limit + AT_ONCE
    assert tried.count(429) >= 300 - limit - AT_ONCE
    assert len(shop.gateway.orders()) <= limit + AT_ONCE
    assert len(shop.sales()) <= limit + AT_ONCE
    before = len(shop.router.commands), shop.gateway.calls()
    assert set(invent(shop, 20, "tok_other_{}")) == {429}
    assert (len(shop.router.commands), shop.gateway.calls()) == before
    assert buy_from(shop, CAFE) == 200


@pytest.mark.parametrize("token", [DECLINED, UNKNOWN])
def test_a_stranger_elsewhere_does_not_make_a_device_wait(
    open_a_shop: OpenShop, token: str
) -> None:
    """Knows the public key and the MAC; his own tries in its name stop him alone."""
    shop = open_a_shop(device_declines=2)
    for number in range(2):
        wish = {"token_tarjeta": token.format(number), "mac_cliente": mac(1)}
        assert buy_from(shop, THIEF, **wish) == 402
    assert buy_from(shop, THIEF, mac_cliente=mac(1)) == 429
    assert buy_from(shop, CAFE, mac_cliente=mac(1)) == 200


@pytest.mark.each_database
def test_a_crowd_of_buyers_behind_one_address_is_let_through(open_a_shop: OpenShop) -> None:
    shop = open_a_shop(device_declines=2, address_declines=4, router_declines=9)
    for number in range(12):
        shop.router.join(mac(number), f"192.168.88.{number + 10}")
    bought = invent(shop, 12, "tok_test_visa_4242", threads=12)
    assert set(bought) == {200}
