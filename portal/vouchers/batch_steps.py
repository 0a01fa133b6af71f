"""Hold a batch and its accesses for one step of work, and let go of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from portal.core.database import writing
from portal.core.leases import LostRace, is_free
from portal.core.records import from_now
from portal.core.rows.columns import truncate_to_columns
from portal.hotspot.errors import RouterError
from portal.models import Access, VoucherBatch, utc_now
from portal.ports import retry_in
from portal.vouchers.drawing import lease_seconds

# What is made, and what was taken back and is given to the tool that had made it.
HAS_WORK = VoucherBatch.voided_at.is_(None) | VoucherBatch.undone_at.is_not(None)
# A step works so long at most, in seconds, and rests so many times as long as it worked.
WORK_SECONDS, REST_FACTOR = 5.0, 3.0
SHORTEST_REST, LONGEST_REST = 0.2, 10.0


def hold_accesses(batch: VoucherBatch, which: Any, most: int) -> Sequence[Access]:
    """Take over at most so many of the accesses that a query finds and nobody holds."""
    with writing() as session:
        found = session.scalars(which.where(is_free(Access)).limit(most)).all()
        ids = [access.id for access in found]
        held = {"lease": batch.lease, "lease_until": from_now(lease_seconds())}
        run(session, update(Access).where(Access.id.in_(ids)).values(**held))
    for access in found:
        access.lease = batch.lease
    return found


def give_accesses_back(batch: VoucherBatch, left: Sequence[str]) -> None:
    """Let go of the accesses that this step did not come to."""
    if left:
        ours = update(Access).where(Access.id.in_(left), Access.lease == batch.lease)
        with writing() as session:
            run(session, ours.values(lease=None))


def let_go(batch: VoucherBatch, **values: Any) -> None:
    """Write the batch's columns and let go of it. Raises LostRace."""
    ours = (VoucherBatch.id == batch.id, VoucherBatch.lease == batch.lease)
    with writing() as session:
        statement = update(VoucherBatch).where(*ours)
        if not run(session, statement.values(**values, lease=None, updated_at=utc_now())):
            raise LostRace


def put_off(batch: VoucherBatch, error: RouterError) -> dict[str, Any]:
    """Say when a batch is tried again whose router could not be worked on, and why."""
    waits = {"next_attempt_at": from_now(retry_in(batch.attempts)), "attempts": batch.attempts + 1}
    return waits | truncate_to_columns(VoucherBatch, {"problem": error.advice})


def rested(seconds: float) -> Any:
    """Say when a step comes after one that took so long."""
    return from_now(min(max(SHORTEST_REST, REST_FACTOR * seconds), LONGEST_REST))


def run(session: Session, statement: Any) -> int:
    """Change rows that no session holds; how many."""
    result: Any = session.execute(statement, execution_options={"synchronize_session": False})
    return int(result.rowcount)
