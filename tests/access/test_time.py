"""Prove that time and data that were bought end when they should, and not before."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from portal.access import orphaned_users
from portal.access.orphaned_users import remove_orphaned_users
from portal.access.usage_sync import UsageSync, sync_usage
from portal.hotspot.provisioning import HotspotUser
from portal.hotspot.routeros.values import parse_duration
from portal.models import Access, Plan, utc_now
from tests.support.shop import IP, MAC, Shop

HOUR = 3600


def sell(shop: Shop, **plan: object) -> dict[str, str]:
    """Buy after the plan was changed so; the credentials."""
    shop.change(Plan, **plan)
    user: dict[str, str] = shop.buy(conexion_automatica=True).json["usuario_hotspot"]
    return user


def go_round(shop: Shop) -> UsageSync:
    with shop.app.app_context():
        return sync_usage(shop.router_id)


def is_gone(shop: Shop, name: str) -> bool:
    return name not in shop.router.users and not shop.router.active


def test_a_plan_from_purchase_ends_with_its_sessions(shop: Shop) -> None:
    user = sell(shop, duration_seconds=HOUR, duration_from="purchase")
    [access] = shop.accesses()
    assert timedelta(seconds=HOUR - 60) < access.expires_at - utc_now() <= timedelta(seconds=HOUR)
    shop.reconcile()
    assert not is_gone(shop, user["usuario"])
    shop.change(Access, expires_at=utc_now())
    shop.reconcile()
    assert is_gone(shop, user["usuario"])


def test_an_expired_access_goes_when_its_router_is_back(shop: Shop) -> None:
    user = sell(shop, duration_seconds=HOUR, duration_from="purchase")
    shop.change(Access, expires_at=utc_now())
    shop.router.go_down()
    shop.reconcile()
    assert user["usuario"] in shop.router.users
    shop.router.come_up()
    shop.reconcile()
    assert is_gone(shop, user["usuario"])


def test_a_plan_from_first_use_starts_when_it_is_used(shop: Shop) -> None:
    shop.change(Plan, duration_seconds=HOUR, duration_from="first_use")
    user = shop.buy().json["usuario_hotspot"]
    go_round(shop)
    assert shop.accesses()[0].expires_at is None
    shop.router.log_in(user["usuario"], user["contrasena"], IP)
    shop.router.clock.advance(600)
    assert go_round(shop).begun == 1
    left = shop.accesses()[0].expires_at - utc_now()
    assert timedelta(seconds=HOUR - 660) < left <= timedelta(seconds=HOUR - 600)


def test_connected_time_is_the_router_s_own_limit(shop: Shop) -> None:
    user = sell(shop, duration_seconds=HOUR, duration_from="connected")
    assert shop.router.users[user["usuario"]]["limit-uptime"] == "1h"
    shop.router.clock.advance(HOUR + 1)
    assert go_round(shop).ended == 1
    shop.reconcile()
    assert is_gone(shop, user["usuario"])


def test_a_data_limit_ends_the_access(shop: Shop) -> None:
    user = sell(shop, data_limit=1_000_000)
    assert shop.router.users[user["usuario"]]["limit-bytes-total"] == "1000000"
    go_round(shop)
    assert shop.accesses()[0].wanted == "enabled"
    shop.change(Access, used_bytes=1_000_000)
    assert go_round(shop).ended == 1


def test_a_router_that_was_reset_gets_back_what_was_left(shop: Shop) -> None:
    user = sell(shop, duration_seconds=HOUR, duration_from="connected")
    shop.router.clock.advance(600)
    go_round(shop)
    shop.router.reset()
    shop.router.add_profile("1hora")
    assert go_round(shop).lost == 1
    shop.reconcile()
    left = parse_duration(shop.router.users[user["usuario"]]["limit-uptime"])
    # The router's clock goes on while it is read.
    assert HOUR - 600 - 30 < left <= HOUR - 600


def test_a_sweep_removes_only_what_is_ours_and_unknown(shop: Shop) -> None:
    kept = sell(shop)["usuario"]
    with shop.app.app_context():
        from portal.access.provisioning import mark_prefix

        ours = mark_prefix()
        shop.router.add_user("LEFTOVER", "1", comment=ours + "acc_gone")
        shop.router.add_user("OTHERS", "1", comment="portal:otherdeploy:acc_gone")
        shop.router.add_user("FRIEND", "1", comment="mi primo")
        assert remove_orphaned_users(shop.router_id).removed == 1
    assert {kept, "OTHERS", "FRIEND"} <= set(shop.router.users)
    assert "LEFTOVER" not in shop.router.users


def test_a_sweep_leaves_who_has_paid_meanwhile(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """Late money, say, between the look at the records and the router's turn."""
    name = sell(shop)["usuario"]
    shop.change(Access, wanted="absent", next_attempt_at=None)
    unwanted = orphaned_users._unwanted

    def paid_then(*read: Any) -> list[HotspotUser]:
        chosen = unwanted(*read)
        shop.change(Access, wanted="enabled")
        return chosen

    with shop.app.app_context(), monkeypatch.context() as patched:
        patched.setattr(orphaned_users, "_unwanted", paid_then)
        assert remove_orphaned_users(shop.router_id).removed == 0
    assert name in shop.router.users
    held = {"lease": "another's", "lease_until": utc_now() + timedelta(minutes=1)}
    shop.change(Access, wanted="absent", next_attempt_at=None, **held)
    with shop.app.app_context():
        assert remove_orphaned_users(shop.router_id).removed == 0
        shop.change(Access, lease=None)
        assert remove_orphaned_users(shop.router_id).removed == 1
    assert shop.accesses()[0].lease is None


@pytest.mark.parametrize("duration_from", ["purchase", "connected"])
def test_extending_adds_to_what_is_left(shop: Shop, duration_from: str) -> None:
    user = sell(shop, duration_seconds=HOUR, duration_from=duration_from)
    before = shop.accesses()[0]
    shop.router.clock.advance(600)
    assert extend(shop, before.id) == "delivered"
    [after] = shop.accesses()
    assert (shop.name_of(after), after.duration_seconds) == (user["usuario"], 2 * HOUR)
    if duration_from == "purchase":
        assert after.expires_at - before.expires_at == timedelta(seconds=HOUR)
    else:
        assert shop.router.users[user["usuario"]]["limit-uptime"] == "2h"
    assert [row["mac-address"] for row in shop.router.active] == [MAC]


def test_a_declined_extension_changes_nothing(shop: Shop) -> None:
    sell(shop, duration_seconds=HOUR, duration_from="purchase")
    before = shop.accesses()[0]
    assert extend(shop, before.id, card_token="tok_test_card_declined") == "canceled"
    shop.reconcile()
    [after] = shop.accesses()
    assert (after.expires_at, after.wanted) == (before.expires_at, "enabled")
    assert shop.name_of(before) in shop.router.users


def test_a_refunded_extension_takes_back_only_itself(shop: Shop) -> None:
    sell(shop, duration_seconds=HOUR, duration_from="purchase")
    before = shop.accesses()[0]
    extend(shop, before.id)
    order = next(o for o in shop.gateway.orders() if o["id"] == shop.sales()[-1].order_id)
    shop.gateway.refund(order["id"], order["amount"])
    with shop.app.app_context():
        from portal.sales.refresh import refresh

        assert refresh(shop.sales()[-1].id, "webhook")
    shop.reconcile()
    [after] = shop.accesses()
    assert after.expires_at == before.expires_at
    assert shop.name_of(before) in shop.router.users
    assert shop.sales()[-1].state == "refunded"


def extend(shop: Shop, access_id: str, **changes: object) -> str:
    """Buy more for an access; the sale's state."""
    from portal.sales.purchase import buy
    from portal.sales.request import PurchaseRequest

    values = shop.extension(access_id, auto_connect=True, **changes)
    with shop.app.test_request_context():
        return buy(PurchaseRequest(**values)).sale.state
