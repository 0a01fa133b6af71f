"""Take the figures of a build's worker: rounds, drains, pick-up, idling, planning."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from tests.benchmarks.comparison import Aim, Found, at_least, at_most
from tests.benchmarks.tables import share
from tests.benchmarks.usage import Usage
from tests.benchmarks.worker.build import DEAD_ONE_IN, Build
from tests.support.patience import PATIENCE

ROUNDS = Aim("routers read a second, every user changed", "≥ 8 ×", at_least(8.0))
ROUND_CPU = Aim("CPU ms a router read, worker and PostgreSQL", "≤ 0.125 ×", at_most(0.125))
SALES = Aim("due sales finished a second", "≥ 4 ×", at_least(4.0))
SALE_CPU = Aim("CPU ms a due sale, worker and PostgreSQL", "≤ 0.25 ×", at_most(0.25))
EXPIRIES = Aim("accesses ended a second", "≥ 4 ×", at_least(4.0))
EXPIRY_CPU = Aim("CPU ms an access ended, worker and PostgreSQL", "≤ 0.25 ×", at_most(0.25))
PICKED_UP = Aim(
    f"pick-up of a paid sale, p99 s: all rounds due, 1 router in {DEAD_ONE_IN} dead",
    "≤ 2 s",
    lambda _before, now, _ratio: now <= 2.0,
    digits=2,
)
IDLE_DATABASE = Aim("idle: PostgreSQL's CPU, ms a second", "≤ 0.01 ×", at_most(0.01), digits=2)
IDLE_WORKER = Aim(
    "idle: the worker's CPU, ms a second", "< 5 ms", lambda _b, now, _r: now < 5.0, digits=2
)
LOOK_SECONDS = 0.1
STANDSTILL_SECONDS = 3.0
BEGUN_WITH = 5
SETTLE_SECONDS = 10.0
CUSTOMERS = 12
# Nothing lies so far ahead that a worker which starts would take it for a wrong clock's.
AGO, LATER = "now() - interval '1 minute'", "now() + interval '5 minutes'"
# The accesses that one take is about, by the end of their ids: so many at each router.
SOLD, ENDED = "right(id, 2) IN ('01', '02')", "right(id, 2) IN ('03', '04')"
WAITS_FOR_DELIVERY = "actual = 'unknown', wanted = 'disabled', attempts = 0"
PAID = "state = 'paid', paid_at = now(), delivered_at = NULL, attempts = 0"


def rounds(build: Build, seconds: float) -> Found:
    """All routers are due to be read, each of whose users has used something."""
    _make_rounds_due(build)
    done = f"SELECT count(*) FROM job WHERE {_rounds(build)} AND next_attempt_at > now()"
    with build.routers(), build.worker() as worker:
        found = _rate(lambda: build.count(done), seconds, build.usage(worker))
    yield ROUNDS, found.rate
    yield ROUND_CPU, found.cpu


def drain_sales(build: Build, seconds: float) -> Found:
    """Sales are paid whose accesses are to be opened, at every router."""
    _rest(build)
    build.do(f"UPDATE access SET {WAITS_FOR_DELIVERY} WHERE {SOLD}")
    ours = f"starts_with(id, 'sal_') AND access_id IN (SELECT id FROM access WHERE {SOLD})"
    build.do(f"UPDATE sale SET {PAID}, next_attempt_at = {AGO} WHERE {ours}")
    left = f"SELECT -count(*) FROM sale WHERE {ours} AND state = 'paid'"
    with build.routers(), build.worker() as worker:
        found = _rate(lambda: build.count(left), seconds, build.usage(worker))
    yield SALES, found.rate
    yield SALE_CPU, found.cpu


def drain_expiries(build: Build, seconds: float) -> Found:
    """The time of many accesses is over, at every router."""
    _rest(build)
    over = f"expires_at = {AGO}, next_attempt_at = {AGO}, wanted = 'enabled', actual = 'enabled'"
    build.do(f"UPDATE access SET {over}, attempts = 0, lease = NULL WHERE {ENDED}")
    left = f"SELECT -count(*) FROM access WHERE {ENDED} AND actual <> 'absent'"
    with build.routers(), build.worker() as worker:
        found = _rate(lambda: build.count(left), seconds, build.usage(worker))
    yield EXPIRIES, found.rate
    yield EXPIRY_CPU, found.cpu


def pick_up(build: Build, seconds: float) -> Found:
    """Sales are paid one after another while every router is due and some are dead."""
    _make_rounds_due(build)
    alive = [number for number in range(build.size.routers) if number % DEAD_ONE_IN]
    some = alive[:: max(1, len(alive) // CUSTOMERS)][:CUSTOMERS]
    with build.routers(dead=True), build.worker():
        time.sleep(3.0)
        until = time.monotonic() + seconds
        waited = [_wait(build, number, until) for number in some]
    yield PICKED_UP, share(sorted(waited), 0.99)


def idle(build: Build, seconds: float) -> Found:
    """Nothing is due."""
    _rest(build)
    with build.worker() as worker:
        time.sleep(SETTLE_SECONDS)
        build.do(f"UPDATE job SET next_attempt_at = {LATER}")
        time.sleep(1.0)
        usage = build.usage(worker)
        time.sleep(seconds)
        used = usage.so_far()
    yield IDLE_DATABASE, used["database"] * 1000 / seconds
    yield IDLE_WORKER, used["worker"] * 1000 / seconds


TAKES = (rounds, drain_sales, drain_expiries, pick_up, idle)


def _wait(build: Build, router: int, until: float) -> float:
    """Let a sale at this router be paid; for how long it waits, as long as there is time."""
    found = (
        "SELECT s.id FROM sale s JOIN router r ON r.id = s.router_id"
        f" WHERE r.name = 'Patio {router}' AND starts_with(s.id, 'sal_') AND right(s.id, 2) = '05'"
    )
    build.do(
        f"UPDATE access SET {WAITS_FOR_DELIVERY}"
        f" WHERE id = (SELECT access_id FROM sale WHERE id = ({found}))"
    )
    began = time.monotonic()
    build.do(f"UPDATE sale SET {PAID}, next_attempt_at = now() WHERE id = ({found})")
    waiting = f"SELECT count(*) FROM sale WHERE id = ({found}) AND state = 'paid'"
    while build.count(waiting):
        if time.monotonic() > until:
            return max(time.monotonic() - began, until - began)
        time.sleep(LOOK_SECONDS / 5)
    return time.monotonic() - began


def _rounds(build: Build) -> str:
    return f"starts_with(id, '{build.router_jobs[0]}:')"


def _make_rounds_due(build: Build) -> None:
    _rest(build)
    build.do(f"UPDATE job SET next_attempt_at = {AGO} WHERE {_rounds(build)}")


def _rest(build: Build) -> None:
    """Have every job of routers stand, and nothing due for an hour."""
    whose = ("company_id", "company_id,") if build.checkout.is_this else ("", "")
    for kind in build.router_jobs:
        columns = ", ".join(filter(None, ("id", whose[0], "attempts")))
        build.do(
            f"INSERT INTO job ({columns}) SELECT '{kind}:' || id, {whose[1]} 0 FROM router"
            " ON CONFLICT DO NOTHING"
        )
    build.do(f"UPDATE job SET next_attempt_at = {LATER}, lease = NULL, attempts = 0")
    build.do(
        "UPDATE sale SET state = 'delivered', delivered_at = now(), next_attempt_at = NULL"
        " WHERE state <> 'delivered' OR next_attempt_at IS NOT NULL"
    )
    # What is behind would be pulled forward by a worker that starts.
    stands = "wanted = 'enabled', actual = 'enabled', expires_at = now() + interval '1 year'"
    build.do(f"UPDATE access SET {stands}, next_attempt_at = {LATER}, lease = NULL")
    build.do("VACUUM job, sale, access")


@dataclass(frozen=True)
class Drained:
    """How many a second, and CPU milliseconds each."""

    rate: float
    cpu: float


def _rate(count: Callable[[], int], limit: float, usage: Usage) -> Drained:
    """How fast it goes once it has begun, for so many seconds or until no more come."""
    first, called_at = count(), time.monotonic()
    while (before := count()) <= first + BEGUN_WITH:
        if time.monotonic() > called_at + PATIENCE:
            raise RuntimeError("nothing was done")
        time.sleep(LOOK_SECONDS)
    used_before = _cpu(usage)
    began = seen_at = time.monotonic()
    seen, used = before, used_before
    while time.monotonic() < min(began + limit, seen_at + STANDSTILL_SECONDS):
        time.sleep(LOOK_SECONDS)
        if (now := count()) > seen:
            seen, seen_at, used = now, time.monotonic(), _cpu(usage)
    done = max(seen - before, 1)
    seconds = max(seen_at - began, LOOK_SECONDS)
    return Drained(done / seconds, (used - used_before) * 1000 / done)


def _cpu(usage: Usage) -> float:
    used = usage.so_far()
    return used["worker"] + used["database"]
