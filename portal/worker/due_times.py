"""Pull forward due times that lie further ahead than anything is ever put off.

A clock was wrong when they were written, and nobody would look again for as long as it was
wrong by.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from portal.alerts.senders.letter import LONGEST_PATIENCE
from portal.core.logs import log
from portal.core.records import from_now
from portal.models import (
    Access,
    AlertChannel,
    AlertMessage,
    Base,
    Job,
    Sale,
    VoucherBatch,
    WebhookEvent,
)
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
)


def pull_forward(session: Session, periods: Mapping[str, float]) -> int:
    """Let what lies too far ahead be due now, and leases end in time; how many rows it was.

    `periods`: after how many seconds each kind of job comes round.
    """
    numbers = settings()
    # Twice the longest, since delays are spread and clocks of machines differ a little.
    longest = 2 * max(numbers.retry_longest, lease_seconds())
    pulled = sum(
        _pull(session, Job, Job.id.startswith(f"{kind}:"), period + longest)
        for kind, period in periods.items()
    )
    pulled += _pull(session, Sale, Sale.parked_reason.is_(None), longest)
    pulled += _pull(session, WebhookEvent, WebhookEvent.id.is_not(None), longest)
    pulled += _pull(session, VoucherBatch, HAS_WORK, longest)
    behind = (Access.actual != Access.wanted) & Access.blocked_at.is_(None)
    pulled += _pull(session, Access, behind, longest)
    patience = max(longest, 2 * LONGEST_PATIENCE)
    pulled += _pull(session, AlertChannel, AlertChannel.id.is_not(None), patience)
    late = AlertMessage.due_at > from_now(2 * numbers.alert_window + longest)
    pulled += _run(session, update(AlertMessage).where(late).values(due_at=from_now()))
    # An access that stands is put off to its own end, however far.
    pulled += _pull(session, Access, _is_overdue_soon(longest), longest)
    for record in LEASED:
        late = record.lease.is_not(None) & (record.lease_until > from_now(longest))
        _run(session, update(record).where(late).values(lease_until=from_now(numbers.sale_lease)))
    if pulled:
        log().warning("due times lay too far ahead", rows=pulled)
    return pulled


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
