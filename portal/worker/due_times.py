"""Pull forward due times that lie further ahead than anything is ever put off.

A clock was wrong when they were written, and nobody would look again for as long as it was
wrong by.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from portal.access.payment_pass.terms import PASS_SECONDS
from portal.alerts.senders.letter import LONGEST_PATIENCE
from portal.core.database import writing
from portal.core.logs import log
from portal.core.records import from_now
from portal.models import (
    Access,
    AlertChannel,
    AlertMessage,
    Base,
    Job,
    PaymentPass,
    Sale,
    VoucherBatch,
    WebhookEvent,
)
from portal.models.job import JobKind
from portal.models.passes.payment_pass import PASS_STANDS
from portal.ports import settings
from portal.vouchers.batch_steps import HAS_WORK
from portal.vouchers.drawing import lease_seconds

LEASED: tuple[Any, ...] = (
    Job,
    Sale,
    Access,
    WebhookEvent,
    AlertChannel,
    VoucherBatch,
    PaymentPass,
)


def pull_forward(periods: Mapping[JobKind, float]) -> int:
    """Let what lies too far ahead be due now, and leases end in time; how many rows it was.

    `periods`: after how many seconds each kind of job comes round.
    """
    with writing() as session:
        pulled = sum(_pull(session, *rows) for rows in _too_far(periods))
        late = AlertMessage.due_at > from_now(2 * settings().alert_window + _longest())
        pulled += _run(session, update(AlertMessage).where(late).values(due_at=from_now()))
        _end_leases(session)
    if pulled:
        log().warning("due times lay too far ahead", rows=pulled)
    return pulled


def _longest() -> float:
    # Twice the longest, since delays are spread and clocks of machines differ a little.
    return 2 * max(settings().retry_longest, lease_seconds())


def _too_far(periods: Mapping[JobKind, float]) -> Iterator[tuple[type[Base], Any, float]]:
    """Say of each kind of record which rows are never due later than in so many seconds."""
    longest = _longest()
    for kind, period in periods.items():
        yield Job, Job.id.startswith(f"{kind}:"), period + longest
    yield Sale, Sale.parked_reason.is_(None), longest
    yield WebhookEvent, WebhookEvent.id.is_not(None), longest
    yield VoucherBatch, HAS_WORK, longest
    yield PaymentPass, PASS_STANDS, PASS_SECONDS + longest
    behind = (Access.actual != Access.wanted) & Access.blocked_at.is_(None)
    yield Access, behind, longest
    yield AlertChannel, AlertChannel.id.is_not(None), max(longest, 2 * LONGEST_PATIENCE)
    # An access that stands is put off to its own end, however far.
    yield Access, _is_overdue_soon(longest), longest


def _end_leases(session: Session) -> None:
    for record in LEASED:
        late = record.lease.is_not(None) & (record.lease_until > from_now(_longest()))
        values = {"lease_until": from_now(settings().sale_lease)}
        _run(session, update(record).where(late).values(values))


def _is_overdue_soon(longest: float) -> Any:
    """Whether it ends within the time in which it should be looked at, and would not be."""
    return (Access.expires_at <= from_now(longest)) & (
        Access.next_attempt_at > from_now(2 * longest)
    )


def _pull(session: Session, record: type[Base], meant: Any, ahead: float) -> int:
    table: Any = record
    far = meant & (table.next_attempt_at > from_now(ahead))
    return _run(session, update(record).where(far).values(next_attempt_at=from_now()))


def _run(session: Session, statement: Any) -> int:
    result: Any = session.execute(statement, execution_options={"synchronize_session": False})
    rows: int = result.rowcount
    return rows
