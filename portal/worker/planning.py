"""Note the jobs that there should be: by a few statements, whatever there is of routers and sales.

A router's first access plans its rounds itself, by `plan_rounds` of `access/desired_state.py`; this
finds what nobody planned, and what came to be in some other way.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from sqlalchemy import Select, exists, literal, select, union
from sqlalchemy.orm import Session

from portal.alerts.events import AlertEvent
from portal.core.database import writing
from portal.core.records import from_now
from portal.core.rows.inserting import insert_from, insert_those_new
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

ALL = "all"
ALONE = (
    JobKind.ATTEMPT_LIMITS,
    JobKind.SALE_ALERTS,
    JobKind.UNDECIDED_SALES,
    JobKind.EXPIRING_KEYS,
    JobKind.SALE_WORDS,
    JobKind.PLANNING,
    JobKind.DUE_TIMES,
)
OF_ROUTERS = (JobKind.USAGE_SYNC, JobKind.ORPHANED_USERS, JobKind.PIN_DENSITY)
OF_SELLERS = (JobKind.RETENTION, JobKind.TAKINGS)
COLUMNS = ("id", "company_id", "attempts", "next_attempt_at")
Periods = Mapping[JobKind, float]


class Subjects(NamedTuple):
    """Say about what there are jobs of a kind: rows of a subject's id and whose it is."""

    kind: JobKind
    id: Any
    company_id: Any
    query: Select[Any]


def plan_missing(periods: Periods) -> None:
    """Note the jobs that are missing; those that stand already stay as they are.

    `periods`: after how many seconds each kind of job comes round.
    """
    with writing() as session:
        _plan_alone(session, periods)
        for subjects in _wanted():
            _plan(session, subjects, periods[subjects.kind])


def plan_alone(periods: Periods) -> None:
    """Note those that are about the whole deployment, by one of which all others are planned.

    They may be lost beneath a worker: by a backup put back, or by one of an older version, which
    drops what it does not know.
    """
    with writing() as session:
        _plan_alone(session, periods)


def _plan_alone(session: Session, periods: Periods) -> None:
    insert_those_new(session, Job, [_of_all(kind, periods) for kind in _alone()])


def _alone() -> Iterator[JobKind]:
    yield from ALONE
    if settings().smtp_host:
        yield JobKind.PASSWORD_LINKS


def _of_all(kind: JobKind, periods: Periods) -> dict[str, Any]:
    values = {"id": kind.about(ALL), "company_id": None, "attempts": 0}
    return values | {"next_attempt_at": from_now(periods[kind])}


def _plan(session: Session, subjects: Subjects, period: float) -> None:
    job = literal(subjects.kind.about("")) + subjects.id
    # Looked up first, so that nothing is written or drawn where nothing is new.
    missing = subjects.query.where(~exists().where(Job.id == job)).with_only_columns(
        job, subjects.company_id, literal(0), from_now(period)
    )
    insert_from(session, Job, COLUMNS, missing)


def _wanted() -> Iterator[Subjects]:
    """Say about what there should be jobs, and whose they are."""
    used = select(Router).where(exists().where(Access.router_id == Router.id))
    for kind in OF_ROUTERS:
        yield Subjects(kind, Router.id, Router.company_id, used)
    yield _accounts_in_use()
    sells = select(Company).where(exists().where(Sale.company_id == Company.id))
    for kind in (*OF_SELLERS, *([JobKind.RECEIPTS] if settings().smtp_host else [])):
        yield Subjects(kind, Company.id, Company.id, sells)
    has_codes = select(Company).where(exists().where(Voucher.company_id == Company.id))
    yield Subjects(JobKind.VOUCHERS, Company.id, Company.id, has_codes)
    invoices = InvoiceAccount.company_id
    yield Subjects(JobKind.WITHDRAWN_RECEIPTS, invoices, invoices, select(InvoiceAccount))
    yield _told_of_yesterday()
    yield _watched_routers()


def _accounts_in_use() -> Subjects:
    """Find the credentials that are current, or that a sale under way was opened with."""
    # What is not final is due sometime, or waits for a person: both stand in small indexes.
    waits = Sale.next_attempt_at.is_not(None) & Sale.parked_reason.is_(None)
    open_sales = select(Sale.gateway_account_id).where(Sale.state.not_in(FINAL))
    in_use = union(open_sales.where(waits), open_sales.where(Sale.parked_reason.is_not(None)))
    usable = GatewayAccount.private_key_sealed.is_not(None)
    query = select(GatewayAccount).where(
        usable, GatewayAccount.current | GatewayAccount.id.in_(in_use)
    )
    return Subjects(JobKind.ORPHAN_ORDERS, GatewayAccount.id, GatewayAccount.company_id, query)


def _told_of_yesterday() -> Subjects:
    """Find the companies that want to hear of it."""
    told = exists().where(
        AlertSubscription.company_id == Company.id,
        AlertSubscription.event == AlertEvent.DAILY_SUMMARY,
        AlertChannel.id == AlertSubscription.channel_id,
        AlertChannel.active,
    )
    query = select(Company).where(Company.active, told)
    return Subjects(JobKind.DAILY_SUMMARY, Company.id, Company.id, query)


def _watched_routers() -> Subjects:
    query = (
        select(Router)
        .join(Company, Company.id == Router.company_id)
        .where(Router.active, Company.active)
    )
    return Subjects(JobKind.ROUTER_REACH, Router.id, Router.company_id, query)
