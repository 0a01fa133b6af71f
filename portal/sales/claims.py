"""Claims what is due, under a lease. Any number of workers may claim at the same time."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, or_, select, true, update

from portal.core.clock import from_now
from portal.core.database import writing
from portal.models import Access, Job, Sale, WebhookEvent
from portal.models.sale import MONEY_IS_IN
from portal.ports import settings

FINAL = ("delivered", "canceled", "refunded", "charged_back")
NOBODY: frozenset[str] = frozenset()
# A job may take longer than a step of a sale, and nobody waits for it.
JOB_LEASES = 3


@dataclass(frozen=True)
class Claim:
    """A record that is this worker's own for as long as the lease lasts, and whose it is."""

    id: Any
    lease: str
    company_id: str | None = None


def is_free(record: Any) -> ColumnElement[bool]:
    """Whether nobody works on the record: who died with a lease keeps it until its end alone."""
    return or_(record.lease.is_(None), record.lease_until < from_now())


def claim_paid_sale(due_since: float = 0.0, but: Collection[str] = NOBODY) -> Claim | None:
    """Take the sale whose customer has paid and waited the longest; `but` for some companies'."""
    return _claim(Sale, MONEY_IS_IN & Sale.parked_reason.is_(None), due_since, but)


def claim_sale(due_since: float = 0.0, but: Collection[str] = NOBODY) -> Claim | None:
    """Take the sale that has been due the longest, and for `due_since` seconds at least."""
    # A canceled sale is due where an operator wants it looked at again.
    open_or_canceled = Sale.state.not_in(FINAL) | (Sale.state == "canceled")
    return _claim(Sale, open_or_canceled & Sale.parked_reason.is_(None), due_since, but)


def claim_access(due_since: float = 0.0, but: Collection[str] = NOBODY) -> Claim | None:
    """Take the access that has been due the longest, and for `due_since` seconds at least."""
    return _claim(Access, Access.parked_reason.is_(None), due_since, but)


def claim_event(due_since: float = 0.0, but: Collection[str] = NOBODY) -> Claim | None:
    """Take the webhook event that has been due the longest."""
    return _claim(WebhookEvent, true(), due_since, but)


def claim_job(due_since: float = 0.0, but: Collection[str] = NOBODY) -> Claim | None:
    """Take the job that has been due the longest."""
    return _claim(Job, true(), due_since, but, leases=JOB_LEASES)


def claim_one_sale(sale_id: str) -> Claim | None:
    """Take this sale, whatever its state and due or not; None while somebody else holds it."""
    return _claim_one(Sale, sale_id)


def claim_one_access(access_id: str) -> Claim | None:
    """Take this access, due or not; None while somebody else holds it."""
    return _claim_one(Access, access_id)


def release_sale(sale: Sale) -> None:
    """Give the sale's lease back where it is still held."""
    if sale.lease is None:
        return
    with writing() as session:
        session.execute(
            update(Sale).where(Sale.id == sale.id, Sale.lease == sale.lease).values(lease=None),
            execution_options={"synchronize_session": False},
        )
    sale.lease = None


def _claim_one(record: Any, record_id: str) -> Claim | None:
    return _lease(record, (record.id == record_id) & is_free(record))


def _claim(
    record: Any, ready: Any, due_since: float, but: Collection[str], leases: int = 1
) -> Claim | None:
    # Not IN: where the statistics say that the table holds one row, PostgreSQL would run the
    # subquery again for every row of it, and lease them all.
    due = _longest_due(record, ready, due_since, but).correlate(None).scalar_subquery()
    return _lease(record, record.id == due, leases)


def _longest_due(record: Any, ready: Any, due_since: float, but: Collection[str]) -> Select[Any]:
    """What another worker claims at this moment is passed over, not waited for."""
    query = select(record.id).where(
        ready, record.next_attempt_at <= from_now(-due_since), is_free(record)
    )
    if but:
        others = record.company_id.not_in(sorted(but))
        query = query.where(or_(record.company_id.is_(None), others))
    return query.order_by(record.next_attempt_at).limit(1).with_for_update(skip_locked=True)


def _lease(record: Any, which: ColumnElement[bool], leases: int = 1) -> Claim | None:
    lease = secrets.token_hex(8)
    statement = (
        update(record)
        .where(which)
        .values(lease=lease, lease_until=from_now(leases * settings().sale_lease))
        .returning(record.id, record.company_id)
    )
    with writing() as session:
        found = session.execute(statement, execution_options={"synchronize_session": False}).first()
    return Claim(found.id, lease, found.company_id) if found else None
