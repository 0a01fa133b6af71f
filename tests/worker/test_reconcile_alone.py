"""Prove that where cron runs `flask reconcile` and no worker is there, all the same is done."""

from __future__ import annotations

from datetime import timedelta

import pytest
import structlog
from sqlalchemy import select
from structlog.testing import capture_logs

from portal.core.database import reading
from portal.models import Access, Job, Plan, WorkerHeartbeat, utc_now
from portal.worker.dispatcher import run_pass
from portal.worker.orphan_orders import GRACE
from portal.worker.schedule import plan_jobs
from tests.support.shop import OpenShop, Shop

HOUR = 3600
FAR_OFF = timedelta(days=30)


@pytest.fixture
def shop(open_a_shop: OpenShop) -> Shop:
    return open_a_shop(retry_first=2.0, retry_longest=300.0)


def cron(shop: Shop) -> None:
    """Cron's next turn, with all jobs due that come round."""
    shop.change(Job, next_attempt_at=utc_now() - timedelta(seconds=1))
    result = shop.app.test_cli_runner().invoke(args=["reconcile"])
    assert result.exit_code == 0, result.output


def jobs(shop: Shop) -> dict[str, Job]:
    with shop.app.app_context(), reading() as session:
        return {job.id.partition(":")[0]: job for job in session.scalars(select(Job))}


def test_what_comes_round_is_planned(shop: Shop) -> None:
    shop.buy()
    cron(shop)
    found = jobs(shop)
    assert found.keys() == {
        "usage_sync",
        "orphaned_users",
        "pin_density",
        "orphan_orders",
        "retention",
        "attempt_limits",
        "sale_alerts",
        "undecided_sales",
        "expiring_keys",
        "router_reach",
        "sale_words",
        "takings",
        "planning",
        "due_times",
    }
    owners = {kind: job.company_id for kind, job in found.items()}
    nobodys = ("attempt_limits", "sale_alerts", "undecided_sales", "expiring_keys", "sale_words")
    nobodys += ("planning", "due_times")
    assert [owners.pop(kind) for kind in nobodys] == [None] * 7
    assert set(owners.values()) == {shop.company_id}


def stray(shop: Shop) -> str:
    """An order that no sale knows: the answer that would have told of it was lost."""
    shop.gateway.fail("cut", "open_order", executed=True)
    sold = shop.buy().json["id_transaccion"]
    [lost] = {order["id"] for order in shop.gateway.orders()[-2:]} - {sold}
    return lost


def test_an_order_whose_opening_answer_was_lost_is_canceled_after_its_grace(shop: Shop) -> None:
    young = stray(shop)
    shop.gateway.advance(-2 * GRACE.total_seconds())
    old = stray(shop)
    shop.gateway.advance(2 * GRACE.total_seconds())
    cron(shop)
    cron(shop)
    assert shop.gateway.order(old)["payment_status"] == "canceled"
    assert shop.gateway.order(young).get("payment_status") is None
    assert {sale.state for sale in shop.sales()} == {"delivered"}


def test_a_plan_that_ends_by_use_ends(shop: Shop) -> None:
    shop.change(Plan, duration_seconds=HOUR, duration_from="connected")
    user = shop.buy(conexion_automatica=True).json["usuario_hotspot"]["usuario"]
    cron(shop)
    assert user in shop.router.users
    shop.router.clock.advance(HOUR + 1)
    cron(shop)
    assert user not in shop.router.users
    assert [access.actual for access in shop.accesses()] == ["absent"]


def test_it_shows_that_somebody_is_there(shop: Shop) -> None:
    for _ in range(2):
        cron(shop)
    with shop.app.app_context(), reading() as session:
        [name] = session.scalars(select(WorkerHeartbeat.name))
    assert name.endswith(":reconcile")


def test_a_clock_that_was_wrong_for_a_while_sets_nothing_off_for_long(shop: Shop) -> None:
    shop.buy()
    cron(shop)
    shop.change(Job, next_attempt_at=utc_now() + FAR_OFF)
    with shop.app.app_context():
        plan_jobs()
    longest = timedelta(days=1)
    assert all(job.next_attempt_at <= utc_now() + longest for job in jobs(shop).values())


def test_lines_name_what_is_worked_on(shop: Shop) -> None:
    shop.buy()
    [access] = shop.accesses()
    shop.change(Access, next_attempt_at=utc_now(), lease=None)
    structlog.contextvars.clear_contextvars()
    with shop.app.app_context():
        plan_jobs()
        shop.change(Job, next_attempt_at=utc_now() - FAR_OFF)
        with capture_logs([structlog.contextvars.merge_contextvars]) as lines:
            run_pass()
    [converged] = [line for line in lines if line["event"] == "access converged"]
    assert (converged["kind"], converged["id"]) == ("access", access.id)
    [swept] = [line for line in lines if line["event"] == "orphaned_users"]
    assert (swept["kind"], swept["id"]) == ("job", f"orphaned_users:{shop.router_id}")
    assert not any("sale" in line for line in lines)
