"""Prove that a process that died while it held an access keeps nobody else from it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portal.access.reconciler import reconcile_access
from portal.access.usage_sync import sync_usage
from portal.core.leases import Claim, LostRace
from portal.models import Access, utc_now
from portal.sandbox.routeros.menus.paths import USER
from tests.support.shop import Shop


def test_a_round_sees_an_access_whose_keeper_died(shop: Shop) -> None:
    name = shop.buy().json["usuario_hotspot"]["usuario"]
    shop.change(Access, lease="of the dead", lease_until=utc_now() - timedelta(seconds=1))
    shop.router.execute(f"{USER}/remove", numbers=shop.router.users[name][".id"])
    with shop.app.app_context():
        assert sync_usage(shop.router_id).lost == 1
    shop.reconcile()
    assert shop.router.users[name]["disabled"] == "false"


def test_a_round_leaves_alone_what_somebody_works_on(shop: Shop) -> None:
    shop.buy()
    shop.change(Access, lease="of the living", lease_until=utc_now() + timedelta(minutes=1))
    shop.router.reset()
    with shop.app.app_context():
        assert sync_usage(shop.router_id).lost == 0
    [access] = shop.accesses()
    assert access.actual == "enabled"


def test_an_access_that_somebody_else_has_claimed_since_is_theirs(shop: Shop) -> None:
    shop.buy()
    [access] = shop.accesses()
    shop.change(Access, lease="of the successor")
    with shop.app.app_context(), pytest.raises(LostRace):
        reconcile_access(Claim(access.id, "of the late"))
    assert [access.lease for access in shop.accesses()] == ["of the successor"]
