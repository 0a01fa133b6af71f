"""Plan and do what comes round by itself: reading routers, searching the gateway, receipts."""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import partial
from typing import Any

from sqlalchemy import delete, update

from portal.access.attempt_limits import forget_old_attempts
from portal.access.orphaned_users import remove_orphaned_users
from portal.access.pin_density import tell_of_dense_pins
from portal.access.radius.session_changes import LONGEST as SESSIONS_SECONDS
from portal.access.radius.session_changes import change_sessions
from portal.access.rounds.away import ASKING, ask_again, is_away, leave_alone
from portal.access.rounds.pace import QUIETEST, go_round
from portal.alerts.daily_summary import LOOK_SECONDS, tell_of_yesterday
from portal.alerts.expiring_keys import tell_of_expiring_keys
from portal.alerts.router_watch import SECONDS as WATCH_SECONDS
from portal.alerts.router_watch import SELDOM_SECONDS, watch_router
from portal.alerts.sales_history import tell_of_sales
from portal.alerts.undecided_sales import tell_of_undecided_sales
from portal.core.clock_guard import QUIET, clock_is_trusted
from portal.core.database import execute_alone, reading, writing
from portal.core.leases import Claim
from portal.core.logs import log
from portal.core.records import from_now
from portal.core.rows.columns import FromNow
from portal.core.statements import change_alone
from portal.hotspot.errors import RouterBusy, RouterError
from portal.models import Job, Router
from portal.models.job import JobKind, Pace
from portal.ports import settings
from portal.sales.invoicing.withdrawal import withdraw_receipts
from portal.sales.search.writing import write_words
from portal.sales.takings.summing import sum_days
from portal.vouchers.upkeep import keep_vouchers
from portal.worker.due_times import pull_forward
from portal.worker.email_change_mail import send_email_changes
from portal.worker.orphan_orders import search_orphan_orders
from portal.worker.password_mail import PERIOD_SECONDS as LINKS_SECONDS
from portal.worker.password_mail import send_password_links
from portal.worker.planning import ALL, plan_alone, plan_missing
from portal.worker.receipts import send_receipts
from portal.worker.retention import erase_personal_data

DAY = 86400.0
# A company that keeps data for less time from now on has much to erase, some of it each time.
RETENTION_SECONDS = 3600.0
PINS_SECONDS = 600.0
UNDECIDED_SECONDS = 60.0
WORDS_SECONDS = 120.0
TAKINGS_SECONDS = 600.0
WITHDRAWAL_SECONDS = 300.0
KEYS_SECONDS = 6 * 3600.0
VOUCHERS_SECONDS = 60.0
PLANNING_SECONDS = 300.0
DUE_TIMES_SECONDS = 3600.0
# Spread a little earlier, so that routers which were read together are not for ever.
SPREAD = 0.1
# What is deleted because it is old by a clock that was wrong does not come back.
FOR_GOOD = (JobKind.RETENTION, JobKind.ATTEMPT_LIMITS)
SPREAD_OUT = (JobKind.USAGE_SYNC, JobKind.ROUTER_REACH)


def _kinds(quiet: int = 0) -> dict[JobKind, tuple[Callable[[str], object], float]]:
    """Say what does each kind of job for a subject, and after how many seconds it is due again.

    What does it may say otherwise, by a `Pace`.
    """
    numbers = settings()
    round_of = partial(go_round, quiet=quiet)
    return {
        JobKind.USAGE_SYNC: (round_of, numbers.usage_sync_seconds),
        JobKind.ORPHANED_USERS: (remove_orphaned_users, numbers.orphaned_users_hours * 3600),
        JobKind.ORPHAN_ORDERS: (search_orphan_orders, numbers.orphan_orders_minutes * 60),
        JobKind.PIN_DENSITY: (tell_of_dense_pins, PINS_SECONDS),
        JobKind.RETENTION: (erase_personal_data, RETENTION_SECONDS),
        JobKind.ATTEMPT_LIMITS: (lambda _all: forget_old_attempts(), DAY),
        JobKind.RECEIPTS: (send_receipts, numbers.receipt_seconds),
        JobKind.SALE_ALERTS: (lambda _all: tell_of_sales(), numbers.sale_alert_seconds),
        JobKind.UNDECIDED_SALES: (lambda _all: tell_of_undecided_sales(), UNDECIDED_SECONDS),
        JobKind.EXPIRING_KEYS: (lambda _all: tell_of_expiring_keys(), KEYS_SECONDS),
        JobKind.ROUTER_REACH: (watch_router, WATCH_SECONDS),
        JobKind.DAILY_SUMMARY: (tell_of_yesterday, LOOK_SECONDS),
        JobKind.PASSWORD_LINKS: (lambda _all: _send_links(), LINKS_SECONDS),
        JobKind.SALE_WORDS: (lambda _all: write_words(), WORDS_SECONDS),
        JobKind.TAKINGS: (sum_days, TAKINGS_SECONDS),
        JobKind.WITHDRAWN_RECEIPTS: (withdraw_receipts, WITHDRAWAL_SECONDS),
        JobKind.VOUCHERS: (keep_vouchers, VOUCHERS_SECONDS),
        JobKind.SESSION_CHANGES: (change_sessions, SESSIONS_SECONDS),
        JobKind.PLANNING: (lambda _all: plan_missing(periods()), PLANNING_SECONDS),
        JobKind.DUE_TIMES: (lambda _all: _pull_forward(), DUE_TIMES_SECONDS),
    }


def periods() -> dict[JobKind, float]:
    """Give after how many seconds each kind of job comes round."""
    return {kind: period for kind, (_, period) in _kinds().items()}


def _send_links() -> None:
    send_password_links()
    send_email_changes()


def plan_jobs() -> None:
    """Note the jobs that there should be; those that stand already stay as they are.

    What a wrong clock has put off too far is due at once.
    """
    plan_missing(periods())
    _pull_forward()


def prepare() -> None:
    """Do as `plan_jobs` when a worker starts; due times are left to whichever comes to it."""
    plan_missing(periods())
    look_at_due_times()


def keep_planned() -> None:
    """Have jobs go on being planned, whatever became of the job that does it."""
    plan_alone(periods())


def look_at_due_times() -> None:
    """Have some worker look soon for what a wrong clock has put off too far."""
    job = JobKind.DUE_TIMES.about(ALL)
    values = {"next_attempt_at": from_now(), "lease": None}
    execute_alone(update(Job).where(Job.id == job).values(values))


def do_job(claim: Claim) -> None:
    """Do a job under its lease, and set when it is due again."""
    name, _, subject = claim.id.partition(":")
    if name not in set(JobKind):
        _drop(claim)
        return
    kind = JobKind(name)
    pace = _done(kind, subject, claim)
    spread = random.uniform(1 - SPREAD, 1) if kind in SPREAD_OUT else 1.0  # noqa: S311
    values: dict[str, Any] = {"next_attempt_at": FromNow(pace.seconds * spread), "lease": None}
    values |= {} if pace.attempts is None else {"attempts": pace.attempts}
    values |= {} if pace.away is None else {"away": pace.away}
    change_alone(Job, {"id": claim.id, "lease": claim.lease}, values)


def _done(kind: JobKind, subject: str, claim: Claim) -> Pace:
    """Do it, and say how it goes on."""
    quiet, was_away = claim.also or (0, False)
    action, period = _kinds(quiet)[kind]
    if kind in FOR_GOOD and not clock_is_trusted():
        return Pace(min(period, QUIET))
    try:
        came = action(subject)
    except RouterError as error:
        return _after(kind, subject, period, error)
    pace = came if isinstance(came, Pace) else Pace(period)
    if was_away and pace.away is False:
        ask_again(subject, was_away=True)
    return pace


def _after(kind: JobKind, router_id: str, period: float, error: RouterError) -> Pace:
    """Go on after a router's error: read again in turn; whoever sells there hears of it sooner."""
    seconds = min(period, settings().retry_longest)
    if isinstance(error, RouterBusy):
        # It was not asked.
        return Pace(seconds, away=None)
    if kind not in ASKING or not is_away(error):
        return Pace(seconds)
    with reading() as session:
        router = session.get_one(Router, router_id)
    return Pace(max(seconds, leave_alone(router, error)), away=True)


def _pull_forward() -> None:
    longest = {
        JobKind.USAGE_SYNC: settings().usage_sync_seconds * QUIETEST,
        JobKind.ROUTER_REACH: SELDOM_SECONDS,
    }
    pull_forward(periods() | longest)


def _drop(claim: Claim) -> None:
    """Delete a job of a kind that only another version of Portal knows, and plans again."""
    with writing() as session:
        session.execute(delete(Job).where(Job.id == claim.id, Job.lease == claim.lease))
    log().warning("unknown job dropped", job=claim.id)
