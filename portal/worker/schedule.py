"""Plan and do what comes round by itself: reading routers, searching the gateway, receipts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from sqlalchemy import Select, delete, exists, select, update
from sqlalchemy.orm import Session

from portal.access.attempt_limits import forget_old_attempts
from portal.access.pin_density import tell_of_dense_pins
from portal.access.usage_sync import remove_orphaned_users, sync_usage
from portal.alerts.daily_summary import LOOK_SECONDS, tell_of_yesterday
from portal.alerts.events import AlertEvent
from portal.alerts.expiring_keys import tell_of_expiring_keys
from portal.alerts.router_watch import SECONDS as WATCH_SECONDS
from portal.alerts.router_watch import watch_router
from portal.alerts.sales_history import tell_of_sales
from portal.alerts.undecided_sales import tell_of_undecided_sales
from portal.core.clock_guard import QUIET, clock_is_trusted
from portal.core.database import insert_new, reading, writing
from portal.core.leases import Claim
from portal.core.logs import log
from portal.core.records import from_now
from portal.hotspot.errors import RouterError
from portal.models import (
    Access,
    AlertChannel,
    AlertSubscription,
    Company,
    GatewayAccount,
    InvoiceAccount,
    Job,
    Router,
    Sale,
    Voucher,
)
from portal.models.job import JobKind
from portal.models.sale_states import FINAL
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
ROUTER_JOBS = (JobKind.USAGE_SYNC, JobKind.ORPHANED_USERS, JobKind.PIN_DENSITY)
ALL = "all"
ALONE = (
    JobKind.ATTEMPT_LIMITS,
    JobKind.SALE_ALERTS,
    JobKind.UNDECIDED_SALES,
    JobKind.EXPIRING_KEYS,
    JobKind.SALE_WORDS,
)
# What is deleted because it is old by a clock that was wrong does not come back.
FOR_GOOD = (JobKind.RETENTION, JobKind.ATTEMPT_LIMITS)


def _kinds() -> dict[JobKind, tuple[Callable[[str], object], float]]:
    """Say what does each kind of job for a subject, and after how many seconds it is due again."""
    numbers = settings()
    return {
        JobKind.USAGE_SYNC: (sync_usage, numbers.usage_sync_seconds),
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
    }


def _send_links() -> None:
    send_password_links()
    send_email_changes()


def plan_jobs() -> None:
    """Note the jobs that there should be; those that stand already stay as they are.

    What a wrong clock has put off too far is due at once.
    """
    with reading() as session:
        standing = set(session.scalars(select(Job.id)))
        missing = {job: whose for job, whose in _wanted(session) if job not in standing}
    with writing() as session:
        for job, whose in missing.items():
            _note(session, job, whose)
        pull_forward(session, {kind: period for kind, (_, period) in _kinds().items()})


def do_job(claim: Claim) -> None:
    """Do a job under its lease, and set when it is due again."""
    name, _, subject = claim.id.partition(":")
    if name not in set(JobKind):
        _drop(claim)
        return
    kind = JobKind(name)
    action, period = _kinds()[kind]
    try:
        if kind in FOR_GOOD and not clock_is_trusted():
            period = min(period, QUIET)
        else:
            action(subject)
    except RouterError:
        # It is read again when its turn comes; whoever sells there hears of it sooner.
        period = min(period, settings().retry_longest)
    with writing() as session:
        session.execute(
            update(Job)
            .where(Job.id == claim.id, Job.lease == claim.lease)
            .values(next_attempt_at=from_now(period), lease=None),
            execution_options={"synchronize_session": False},
        )


def _drop(claim: Claim) -> None:
    """Delete a job of a kind that only another version of Portal knows, and plans again."""
    with writing() as session:
        session.execute(delete(Job).where(Job.id == claim.id, Job.lease == claim.lease))
    log().warning("unknown job dropped", job=claim.id)


def _wanted(session: Session) -> Iterator[tuple[str, str | None]]:
    """Name every job that there should be, and the company whose it is."""
    for kind in ALONE:
        yield kind.about(ALL), None
    if settings().smtp_host:
        yield JobKind.PASSWORD_LINKS.about(ALL), None
    used = select(Router.id, Router.company_id).where(exists().where(Access.router_id == Router.id))
    for router, company in session.execute(used):
        for kind in ROUTER_JOBS:
            yield kind.about(router), company
    for account, company in session.execute(_accounts_in_use()):
        yield JobKind.ORPHAN_ORDERS.about(account), company
    sells = select(Company.id).where(exists().where(Sale.company_id == Company.id))
    for company in session.scalars(sells):
        yield JobKind.RETENTION.about(company), company
        yield JobKind.TAKINGS.about(company), company
        if settings().smtp_host:
            yield JobKind.RECEIPTS.about(company), company
    has_codes = exists().where(Voucher.company_id == Company.id)
    for company in session.scalars(select(Company.id).where(has_codes)):
        yield JobKind.VOUCHERS.about(company), company
    for company in session.scalars(select(InvoiceAccount.company_id)):
        yield JobKind.WITHDRAWN_RECEIPTS.about(company), company
    yield from _wanted_by_alerts(session)


def _wanted_by_alerts(session: Session) -> Iterator[tuple[str, str]]:
    """Name the jobs that tell companies of something, and those that look at their routers."""
    for company in session.scalars(_wants(AlertEvent.DAILY_SUMMARY)):
        yield JobKind.DAILY_SUMMARY.about(company), company
    watched = (
        select(Router.id, Router.company_id)
        .join(Company, Company.id == Router.company_id)
        .where(Router.active, Company.active)
    )
    for router, company in session.execute(watched):
        yield JobKind.ROUTER_REACH.about(router), company


def _wants(event: AlertEvent) -> Select[str]:
    """Select the companies that want to hear of this."""
    return (
        select(AlertSubscription.company_id)
        .join(AlertChannel, AlertChannel.id == AlertSubscription.channel_id)
        .join(Company, Company.id == AlertSubscription.company_id)
        .where(AlertSubscription.event == event, AlertChannel.active, Company.active)
        .distinct()
    )


def _accounts_in_use() -> Any:
    """Find the credentials that are current, or that a sale under way was opened with."""
    under_way = select(Sale.gateway_account_id).where(Sale.state.not_in(FINAL))
    usable = GatewayAccount.private_key_sealed.is_not(None)
    return select(GatewayAccount.id, GatewayAccount.company_id).where(
        usable, GatewayAccount.current | GatewayAccount.id.in_(under_way)
    )


def _note(session: Session, job: str, company_id: str | None) -> None:
    period = _kinds()[JobKind(job.partition(":")[0])][1]
    values = {"id": job, "company_id": company_id, "attempts": 0}
    insert_new(session, Job, values | {"next_attempt_at": from_now(period)})
