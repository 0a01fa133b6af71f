"""Prove that a router which is away is asked once for all, and found again at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from portal import ports
from portal.access.rounds.away import ask_again, leave_alone
from portal.access.usage_sync import sync_usage
from portal.core.database import reading, writing
from portal.core.leases import claim_one
from portal.hotspot.errors import RouterBusy, RouterError, RouterUnavailable
from portal.models import Access, Job, Router, RouterContact, utc_now
from portal.worker.dispatcher import run_pass
from portal.worker.schedule import do_job, plan_jobs
from tests.support.patience import wait_until
from tests.support.shop import OpenShop, Shop

HOUR = 3600
AGO = timedelta(seconds=1)
CUSTOMERS = 5


@pytest.fixture
def shop(open_a_shop: OpenShop) -> Shop:
    """Several customers whose time is over."""
    shop = open_a_shop(retry_first=2.0, retry_longest=300.0)
    for number in range(CUSTOMERS):
        assert shop.buy(mac_cliente=f"02:00:00:00:02:{number:02X}").status_code == 200
    with shop.app.app_context():
        plan_jobs()
    return shop


def router_of(shop: Shop) -> Router:
    with shop.app.app_context(), reading() as session:
        return session.get_one(Router, shop.router_id)


def jobs(shop: Shop) -> dict[str, Job]:
    with shop.app.app_context(), reading() as session:
        return {job.id.partition(":")[0]: job for job in session.scalars(sa.select(Job))}


def do(shop: Shop, kind: str) -> None:
    """As a worker does a job that it has claimed."""
    job = f"{kind}:{shop.router_id}"
    was_away = jobs(shop)[kind].away
    with shop.app.app_context():
        claim = claim_one(Job, job, 60.0)
        assert claim is not None
        do_job(replace(claim, also=(0, was_away)))


def end_all(shop: Shop) -> None:
    shop.change(Access, expires_at=utc_now() - AGO, next_attempt_at=utc_now() - AGO)


def seconds_left(row: Any) -> float:
    return float((row.next_attempt_at - utc_now()).total_seconds())


def test_who_asks_in_vain_asks_for_all(shop: Shop) -> None:
    end_all(shop)
    shop.router.go_down()
    with shop.app.app_context():
        assert run_pass() < CUSTOMERS
    assert all(seconds_left(access) > 0 for access in shop.accesses())


def test_it_is_left_alone_for_as_long_as_it_was_silent_within_bounds(shop: Shop) -> None:
    router, error = router_of(shop), RouterUnavailable("Revise que tenga luz.")
    with shop.app.app_context():
        assert leave_alone(router, error) == 2.0
        for silent, left_alone in ((60, 60), (86400, 300)):
            shop.change(RouterContact, silent_since=utc_now() - timedelta(seconds=silent))
            assert leave_alone(router, error) == pytest.approx(left_alone, abs=5)


def test_its_jobs_wait_apart_and_less_and_less_often(shop: Shop) -> None:
    shop.router.go_down()
    do(shop, "usage_sync")
    found = jobs(shop)
    apart = {kind for kind, job in found.items() if job.away}
    assert apart == {"usage_sync", "orphaned_users", "router_reach"}
    shop.change(RouterContact, silent_since=utc_now() - timedelta(seconds=200))
    do(shop, "usage_sync")
    assert 150 < seconds_left(jobs(shop)["usage_sync"]) <= 200
    do(shop, "router_reach")
    assert 100 < seconds_left(jobs(shop)["router_reach"]) <= 120


def test_all_goes_on_when_one_of_them_finds_it_again(shop: Shop) -> None:
    shop.router.go_down()
    end_all(shop)
    with shop.app.app_context():
        run_pass()
    do(shop, "router_reach")
    shop.change(Access, next_attempt_at=utc_now() + timedelta(seconds=250))
    shop.router.come_up()
    do(shop, "router_reach")
    assert not [kind for kind, job in jobs(shop).items() if job.away]
    assert all(seconds_left(access) <= 0 for access in shop.accesses())
    with shop.app.app_context():
        run_pass()
    assert {access.actual for access in shop.accesses()} == {"absent"}


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_router_may_be_found_again_while_a_round_stores_what_it_read(shop: Shop) -> None:
    """Both lock the router's contact and then its accesses, so that neither waits for ever."""
    assert read_whole(shop) == 0
    for user in list(shop.router.users.values()):
        shop.router.execute("/ip/hotspot/user/remove", numbers=user[".id"])
    with ThreadPoolExecutor(1) as threads, shop.app.app_context():
        with writing() as session:
            session.execute(sa.update(RouterContact).values(silent_since=None))
            stored = threads.submit(read_whole, shop)
            wait_until(lambda: somebody_waits(shop))
            session.execute(sa.update(Access).values(next_attempt_at=utc_now()))
        assert stored.result() == CUSTOMERS


def read_whole(shop: Shop) -> int:
    with shop.app.app_context():
        return sync_usage(shop.router_id).lost


def somebody_waits(shop: Shop) -> bool:
    with reading() as session:
        waits = sa.text("SELECT count(*) FROM pg_locks WHERE NOT granted")
        return bool(session.scalar(waits))


def test_a_router_that_was_not_asked_is_no_nearer_for_it(shop: Shop) -> None:
    """One that hangs is busy with those who wait for it: its jobs stay apart from the others'."""
    shop.router.faults.hang("/ip/hotspot/active/print", times=None)
    shop.change(Job, away=True)
    router = router_of(shop)
    with ThreadPoolExecutor(4) as threads:
        waiting = [threads.submit(ask, shop, router, 4.0) for _ in range(4)]
        wait_until(lambda: isinstance(ask(shop, router, 0.1), RouterBusy))
        do(shop, "usage_sync")
        assert all(future.result() is not None for future in waiting)
    assert jobs(shop)["usage_sync"].away


def ask(shop: Shop, router: Router, seconds: float) -> RouterError | None:
    with shop.app.app_context():
        try:
            ports.presence_of(router).sessions(seconds)
        except RouterError as error:
            return error
    return None


def test_what_is_not_behind_stays_as_it_was(shop: Shop) -> None:
    before = [access.next_attempt_at for access in shop.accesses()]
    with shop.app.app_context():
        ask_again(shop.router_id, was_away=True)
    assert [access.next_attempt_at for access in shop.accesses()] == before


def test_who_was_put_off_beyond_an_end_still_to_come_is_looked_at_in_time(shop: Shop) -> None:
    ends = utc_now() + timedelta(seconds=60)
    shop.change(Access, expires_at=ends, next_attempt_at=ends)
    with shop.app.app_context():
        leave_alone(router_of(shop), RouterUnavailable("Revise que tenga luz."))
        shop.change(RouterContact, silent_since=utc_now() - timedelta(days=1))
        assert leave_alone(router_of(shop), RouterUnavailable("Revise que tenga luz.")) == 300.0
        assert all(seconds_left(access) > 200 for access in shop.accesses())
        ask_again(shop.router_id)
        run_pass()
    assert all(0 < seconds_left(access) <= 60 for access in shop.accesses())
