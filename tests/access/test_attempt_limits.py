"""Test tries at a lost code, and what is left of wrong ones."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from portal.access.attempt_limits import BUDGET
from portal.access.code_recovery import NoSuchPurchase, find_lost_code
from portal.core.database import reading, writing
from portal.core.errors import TooManyRequests
from portal.models import Job, WrongCode, utc_now
from portal.worker.dispatcher import run_pass
from portal.worker.schedule import plan_jobs
from tests.support.shop import IP, MAC, Shop

EMAIL = "maria@example.com"
OTHER_MAC, OTHER_IP = "02:00:00:00:00:01", "192.168.88.101"
ADDRESSES = {MAC: IP, OTHER_MAC: OTHER_IP}
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def tries(shop: Shop, last4: str, mac: str = MAC, email: str = EMAIL) -> str:
    """What a try comes to."""
    with shop.app.app_context():
        try:
            return find_lost_code(shop.router_id, mac, ADDRESSES[mac], email, last4)
        except (NoSuchPurchase, TooManyRequests) as problem:
            return type(problem).__name__


def rows(shop: Shop) -> dict[str, WrongCode]:
    """What is counted for a device or an e-mail."""
    query = sa.select(WrongCode).where(WrongCode.device != BUDGET)
    with shop.app.app_context(), reading() as session:
        return {row.device: row for row in session.scalars(query)}


def age(shop: Shop, ago: timedelta) -> None:
    """Let so much time pass."""
    with shop.app.app_context(), writing() as session:
        for row in session.scalars(sa.select(WrongCode)):
            row.last_at -= ago
            row.locked_until = row.locked_until and row.locked_until - ago


def test_three_tries_an_hour_and_three_more(shop: Shop) -> None:
    reference = shop.buy().json["referencia"]
    for _ in range(2):
        assert [tries(shop, "0000") for _ in range(3)] == ["NoSuchPurchase"] * 3
        assert tries(shop, "4242") == "TooManyRequests"
        age(shop, HOUR - timedelta(minutes=1))
        assert tries(shop, "4242") == "TooManyRequests"
        age(shop, timedelta(minutes=1))
    assert tries(shop, "4242") == reference
    assert rows(shop) == {}


def test_a_good_try_does_not_count_and_the_wrong_ones_stay(shop: Shop) -> None:
    reference = shop.buy().json["referencia"]
    tried = ("0000", "4242", "0000", "4242", "4242", "0000", "4242")
    said = ["NoSuchPurchase" if last4 == "0000" else reference for last4 in tried]
    said[-1] = "TooManyRequests"
    assert [tries(shop, last4) for last4 in tried] == said


def test_an_address_is_counted_whatever_the_device(shop: Shop) -> None:
    shop.buy()
    shop.router.join(OTHER_MAC, OTHER_IP)
    assert [tries(shop, "0000") for _ in range(3)] == ["NoSuchPurchase"] * 3
    assert tries(shop, "4242", OTHER_MAC) == "TooManyRequests"
    assert tries(shop, "4242", MAC, "another@example.com") == "TooManyRequests"


@pytest.mark.parametrize(
    ("ago", "locked_for", "stays"),
    [
        (timedelta(), None, True),
        (DAY - HOUR, None, True),
        (DAY + HOUR, None, False),
        (DAY + HOUR, -HOUR, False),
        (DAY + HOUR, HOUR, True),
    ],
)
def test_what_no_longer_matters_is_removed_daily(
    shop: Shop, ago: timedelta, locked_for: timedelta | None, stays: bool
) -> None:
    now = utc_now()
    locked_until = None if locked_for is None else now + locked_for
    about = {"router_id": shop.router_id, "last_at": now - ago, "locked_until": locked_until}
    with shop.app.app_context():
        with writing() as session:
            for kind in ("code", "lost_code"):
                session.add(WrongCode(device=kind, kind=kind, **about))
        plan_jobs()
        assert run_pass() == 0
        shop.change(Job, next_attempt_at=utc_now())
        run_pass()
        with reading() as session:
            again = sa.func.min(Job.next_attempt_at)
            assert (
                session.scalars(sa.select(again).where(Job.id.startswith("attempt_limits"))).one()
                > now
            )
    assert rows(shop).keys() == ({"code", "lost_code"} if stays else set())
