"""Test a clock that is wrong for a while: nothing ends, nothing is put off for good."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from portal.core import clock_guard
from portal.core.clock_guard import JUMP, QUIET, ClockGuard
from portal.core.database import reading, writing
from portal.models import Access, Company, Job, Plan, Sale, WebhookEvent, utc_now
from portal.worker.dispatcher import run_pass
from portal.worker.schedule import plan_jobs
from tests.access.test_time import go_round, is_gone, sell
from tests.support.lost_answers import hurried
from tests.support.shop import OpenShop, Shop

# It is the database's clock, which each has of its own kind.
pytestmark = pytest.mark.each_database

MONTH = timedelta(days=30)
SECONDS = MONTH.total_seconds()


class Clocks:
    """Two clocks that tests move: the machine's, and the one that cannot be set."""

    def __init__(self) -> None:
        self.wall = self.steady = 1000.0

    def run(self, seconds: float) -> None:
        self.wall, self.steady = self.wall + seconds, self.steady + seconds

    def guard(self) -> ClockGuard:
        return ClockGuard(lambda: self.wall, lambda: self.steady)


@pytest.mark.parametrize("jump", [SECONDS, -SECONDS, JUMP + 1])
def test_a_jump_is_noticed_at_once_and_forgotten_later(jump: float) -> None:
    clocks = Clocks()
    guard = clocks.guard()
    clocks.run(3600)
    assert guard.is_trusted()
    clocks.wall += jump
    assert not guard.is_trusted()
    clocks.run(QUIET - 1)
    assert not guard.is_trusted()
    clocks.run(1)
    assert guard.is_trusted()


def test_the_way_back_is_a_jump_as_well() -> None:
    clocks = Clocks()
    guard = clocks.guard()
    clocks.wall += SECONDS
    assert not guard.is_trusted()
    clocks.run(25)
    clocks.wall -= SECONDS
    assert not guard.is_trusted()
    clocks.run(QUIET - 1)
    assert not guard.is_trusted()
    clocks.run(1)
    assert guard.is_trusted()


def test_a_clock_that_is_set_right_little_by_little_is_trusted() -> None:
    clocks = Clocks()
    guard = clocks.guard()
    for _ in range(1000):
        clocks.run(60)
        clocks.wall += 0.5
        assert guard.is_trusted()


def due_in(shop: Shop, record: Any) -> dict[Any, float]:
    """Seconds until each row of this kind is due."""
    with shop.app.app_context(), reading() as session:
        rows = session.execute(sa.select(record.id, record.next_attempt_at)).all()
    return {key: (at - utc_now()).total_seconds() for key, at in rows if at is not None}


def plan(shop: Shop) -> None:
    with shop.app.app_context():
        plan_jobs()


def test_jobs_planned_by_a_clock_a_month_ahead_come_round_at_once(shop: Shop) -> None:
    sell(shop)
    plan(shop)
    meant = due_in(shop, Job)
    plan(shop)
    assert due_in(shop, Job).keys() == meant.keys()
    assert max(abs(due_in(shop, Job)[job] - seconds) for job, seconds in meant.items()) < 60
    for job, seconds in meant.items():
        at = utc_now() + MONTH + timedelta(seconds=seconds)
        with shop.app.app_context(), writing() as session:
            values = {"next_attempt_at": at, "lease": "dead", "lease_until": utc_now() + MONTH}
            session.execute(sa.update(Job).where(Job.id == job).values(**values))
    plan(shop)
    assert max(due_in(shop, Job).values()) < 5
    kinds = {job.partition(":")[0] for job in meant}
    assert {"usage_sync", "orphaned_users", "retention", "attempt_limits", "orphan_orders"} <= kinds
    with shop.app.app_context(), reading() as session:
        leases = session.scalars(sa.select(Job.lease_until)).all()
    assert max(leases) < utc_now() + timedelta(seconds=60)


def test_sales_accesses_and_events_that_wait_a_month_are_looked_at(open_a_shop: OpenShop) -> None:
    shop = open_a_shop(retry_longest=300.0)
    sell(shop)
    later = utc_now() + MONTH
    shop.change(Sale, next_attempt_at=later)
    shop.change(Access, next_attempt_at=later, actual="unknown")
    event = {"company_id": shop.company_id, "event_id": "evt_1", "type": "x", "body": "{}"}
    with shop.app.app_context(), writing() as session:
        session.add(WebhookEvent(**event, next_attempt_at=later))
    plan(shop)
    for record in (Sale, Access, WebhookEvent):
        assert max(due_in(shop, record).values()) < 5


def test_an_access_waits_for_its_own_end_and_no_longer(open_a_shop: OpenShop) -> None:
    shop = open_a_shop(retry_longest=300.0)
    sell(shop, duration_seconds=60 * 86400, duration_from="purchase")
    [before] = due_in(shop, Access).values()
    plan(shop)
    [after] = due_in(shop, Access).values()
    assert abs(after - before) < 60
    assert after > SECONDS
    shop.change(Access, expires_at=utc_now() + timedelta(minutes=1))
    plan(shop)
    assert max(due_in(shop, Access).values()) < 5


@pytest.fixture
def clocks(monkeypatch: pytest.MonkeyPatch) -> Clocks:
    """The process' clocks, as far as the guard sees them."""
    clocks = Clocks()
    monkeypatch.setattr(clock_guard, "_guard", clocks.guard())
    return clocks


def test_no_access_ends_by_a_clock_that_has_just_been_moved(
    open_a_shop: OpenShop, clocks: Clocks
) -> None:
    shop = open_a_shop(retry_longest=300.0)
    user = sell(shop, duration_seconds=3600, duration_from="purchase")["usuario"]
    shop.change(Access, expires_at=utc_now() - MONTH)
    clocks.wall += SECONDS
    shop.reconcile()
    assert not is_gone(shop, user)
    [access] = shop.accesses()
    assert (access.wanted, access.actual) == ("enabled", "enabled")
    [seconds] = due_in(shop, Access).values()
    assert 240 < seconds <= 300
    clocks.run(QUIET)
    shop.reconcile()
    assert is_gone(shop, user)


def test_no_money_goes_back_and_nothing_is_erased_by_such_a_clock(
    open_a_shop: OpenShop, clocks: Clocks
) -> None:
    shop = open_a_shop(retry_longest=300.0)
    shop.router.faults.hang("/ip/hotspot/user/set", times=None)
    with hurried(shop.app, "enable_user", "disable_user"):
        shop.buy()
        assert shop.sales()[-1].state == "paid"
        shop.change(Sale, paid_at=utc_now() - MONTH, created_at=utc_now() - MONTH)
        shop.change(Company, keep_personal_days=1)
        plan(shop)
        shop.change(Job, next_attempt_at=utc_now())
        clocks.wall += SECONDS
        with shop.app.app_context():
            shop.make_due()
            run_pass()
        [sale] = shop.sales()
        assert (sale.state, sale.customer_name) == ("paid", "María García")
        retention = next(s for job, s in due_in(shop, Job).items() if job.startswith("retention:"))
        assert QUIET - 60 < retention <= QUIET
        clocks.run(QUIET)
        shop.reconcile()
        assert shop.sales()[-1].state == "refunded"


def test_a_first_use_is_not_dated_by_such_a_clock(shop: Shop, clocks: Clocks) -> None:
    sell(shop)
    shop.change(Plan, duration_seconds=3600, duration_from="first_use")
    shop.change(Access, duration_seconds=3600, duration_from="first_use", expires_at=None)
    shop.router.clock.advance(60)
    clocks.wall += SECONDS
    assert go_round(shop).begun == 0
    clocks.run(QUIET)
    assert go_round(shop).begun == 1
