"""Make a batch's codes on its router, a few at a time, between the sales.

Each step draws a handful, writes them down and makes their users; then it rests for longer than it
worked, so that router, database and processor belong to those who are paying. What a step left
undone, because the router did not answer or the process died, the next one finds and finishes.
"""

from __future__ import annotations

from collections.abc import Sequence
from time import monotonic
from typing import Any

from sqlalchemy import exists, select, update
from sqlalchemy.orm import Session

from portal.alerts.router_alerts import tell_of_refusal
from portal.core.database import reading, writing
from portal.core.leases import NOBODY, Claim, DueRows, LostRace, is_free
from portal.core.logs import log
from portal.core.records import from_now
from portal.core.rows.columns import truncate_to_columns
from portal.hotspot.errors import RouterError
from portal.models import Access, Router, Sale, Voucher, VoucherBatch, utc_now
from portal.models.access import AccessState
from portal.models.sale import MONEY_IS_IN
from portal.models.voucher import VoucherOrigin
from portal.ports import retry_in
from portal.vouchers.adopting import adopt_users
from portal.vouchers.drawing import draw_batch, lease_seconds
from portal.vouchers.on_router import UsersMade, make_users, record_made

# Codes that one step draws: what a transaction holds, and memory, whatever the batch's size.
CHUNK = 50
# A step works so long at most, in seconds, and rests so many times as long as it worked.
WORK_SECONDS, REST_FACTOR = 5.0, 3.0
SHORTEST_REST, LONGEST_REST = 0.2, 10.0
# While somebody who has paid waits for a router, batches wait so many seconds.
BEHIND_SALES = 1.0

BATCHES = DueRows(VoucherBatch, VoucherBatch.voided_at.is_(None))


def claim_batch(due_since: float = 0.0, but: Any = NOBODY) -> Claim | None:
    """Take the batch that has been due the longest; `but` for some companies'."""
    return BATCHES.claim(lease_seconds(), due_since=due_since, but=but)


def make_codes(claim: Claim) -> None:
    """Make some more of a batch's codes, under its lease. Raises LostRace, VaultError."""
    began = monotonic()
    with reading() as session:
        batch = session.get_one(VoucherBatch, claim.id)
        router = session.get_one(Router, batch.router_id)
        sales_wait = session.scalar(_sales_wait())
    if batch.lease != claim.lease:
        raise LostRace
    if sales_wait:
        _let_go(batch, next_attempt_at=from_now(BEHIND_SALES))
        return
    tried = _take_unfinished(batch)
    fresh = _draw(batch, CHUNK - len(tried))
    if batch.origin == VoucherOrigin.IMPORT:
        made = adopt_users(router, tried, WORK_SECONDS)
    else:
        made = make_users(router, fresh, tried, batch.prefix, WORK_SECONDS)
    _record(batch, router, made, [*tried, *fresh], monotonic() - began)


def _sales_wait() -> Any:
    """Ask whether money is in for which nothing was delivered yet."""
    due = Sale.next_attempt_at <= from_now()
    return select(exists().where(MONEY_IS_IN, due, Sale.parked_reason.is_(None), is_free(Sale)))


def _draw(batch: VoucherBatch, room: int) -> list[Access]:
    wanted = min(room, batch.number - batch.drawn)
    return draw_batch(batch, wanted, str(batch.lease)) if wanted > 0 else []


def _take_unfinished(batch: VoucherBatch) -> Sequence[Access]:
    """Take over what an earlier step wrote down and did not see on the router."""
    if batch.made >= batch.drawn:
        return ()
    with writing() as session:
        found = session.scalars(_unfinished(batch).where(is_free(Access)).limit(CHUNK)).all()
        ids = [access.id for access in found]
        session.execute(
            update(Access)
            .where(Access.id.in_(ids))
            .values(lease=batch.lease, lease_until=from_now(lease_seconds())),
            execution_options={"synchronize_session": False},
        )
    for access in found:
        access.lease = batch.lease
    return found


def _unfinished(batch: VoucherBatch) -> Any:
    return (
        select(Access)
        .join(Voucher, Voucher.access_id == Access.id)
        .where(
            Voucher.batch_id == batch.id,
            Access.wanted == AccessState.ENABLED,
            Access.actual == AccessState.UNKNOWN,
            Access.next_attempt_at.is_(None),
        )
        .order_by(Voucher.number)
    )


def _record(
    batch: VoucherBatch, router: Router, made: UsersMade, tried: list[Access], seconds: float
) -> None:
    """Write what came of a step, and when the next one is due."""
    many = record_made(str(batch.lease), made.ids)
    _give_back(batch, [access.id for access in tried if access.id not in made.ids])
    done = {"made": VoucherBatch.made + many, "attempts": 0, "problem": None}
    if made.error is not None:
        done |= _put_off(batch, made.error)
        tell_of_refusal(router, made.error)
    elif batch.drawn >= batch.number and many == len(tried) and not _is_left(batch):
        done |= {"next_attempt_at": None}
    else:
        rest = min(max(SHORTEST_REST, REST_FACTOR * seconds), LONGEST_REST)
        done |= {"next_attempt_at": from_now(rest)}
    _let_go(batch, **done)
    log().info("vouchers made", batch=batch.id, made=many, drawn=batch.drawn, of=batch.number)


def _put_off(batch: VoucherBatch, error: RouterError) -> dict[str, Any]:
    waits = {"next_attempt_at": from_now(retry_in(batch.attempts)), "attempts": batch.attempts + 1}
    return waits | truncate_to_columns(VoucherBatch, {"problem": error.advice})


def _is_left(batch: VoucherBatch) -> bool:
    with reading() as session:
        return session.scalar(_unfinished(batch).limit(1)) is not None


def _give_back(batch: VoucherBatch, left: list[str]) -> None:
    """Let go of the accesses that this step did not come to."""
    if left:
        ours = update(Access).where(Access.id.in_(left), Access.lease == batch.lease)
        with writing() as session:
            _run(session, ours.values(lease=None))


def _let_go(batch: VoucherBatch, **values: Any) -> None:
    """Write the batch's columns and let go of it. Raises LostRace."""
    ours = (VoucherBatch.id == batch.id, VoucherBatch.lease == batch.lease)
    with writing() as session:
        statement = update(VoucherBatch).where(*ours)
        if not _run(session, statement.values(**values, lease=None, updated_at=utc_now())):
            raise LostRace


def _run(session: Session, statement: Any) -> int:
    result: Any = session.execute(statement, execution_options={"synchronize_session": False})
    return int(result.rowcount)
