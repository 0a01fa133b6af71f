"""Claims what is due, under a lease. Any number of workers may claim at the same time."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, or_, select, true, update

from portal.database import writing
from portal.models import Access, Job, Sale, WebhookEvent
from portal.models.clock import from_now
from portal.ports import settings

FINAL = ("delivered", "canceled", "refunded", "charged_back")


@dataclass(frozen=True)
class Claim:
    """A record that is this worker's own for as long as the lease lasts."""

    id: Any
    lease: str


def is_free(record: Any) -> ColumnElement[bool]:
    """Whether nobody works on the record: who died with a lease keeps it until its end alone."""
    return or_(record.lease.is_(None), record.lease_until < from_now())


def claim_sale(due_since: float = 0.0) -> Claim | None:
    """Take the sale that has been due the longest, and for `due_since` seconds at least."""
    # A canceled sale is due where an operator wants it looked at again.
    open_or_canceled = Sale.state.not_in(FINAL) | (Sale.state == "canceled")
    ready = open_or_canceled & Sale.parked_reason.is_(None)
    return _claim(Sale, ready, due_since)


def claim_access(due_since: float = 0.0) -> Claim | None:
    """Take the access that has been due the longest, and for `due_since` seconds at least."""
    return _claim(Access, Access.parked_reason.is_(None), due_since)


def claim_event(due_since: float = 0.0) -> Claim | None:
    """Take the webhook event that has been due the longest."""
    return _claim(WebhookEvent, true(), due_since)


def claim_job(due_since: float = 0.0) -> Claim | None:
    """Take the job that has been due the longest."""
    return _claim(Job, true(), due_since)


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
    lease = secrets.token_hex(8)
    statement = (
        update(record)
        .where(record.id == record_id, is_free(record))
        .values(lease=lease, lease_until=from_now(settings().sale_lease))
        .returning(record.id)
    )
    with writing() as session:
        found = session.scalar(statement, execution_options={"synchronize_session": False})
    return Claim(found, lease) if found else None


def _claim(record: Any, ready: Any, due_since: float) -> Claim | None:
    """One statement. What another worker claims at this moment is passed over, not waited for."""
    lease = secrets.token_hex(8)
    due = (
        select(record.id)
        .where(
            ready,
            record.next_attempt_at <= from_now(-due_since),
            is_free(record),
        )
        .order_by(record.next_attempt_at)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    statement = (
        update(record)
        .where(record.id.in_(due))
        .values(lease=lease, lease_until=from_now(settings().sale_lease))
        .returning(record.id)
    )
    with writing() as session:
        found = session.scalar(statement, execution_options={"synchronize_session": False})
    return Claim(found, lease) if found else None
