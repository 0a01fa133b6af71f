"""Make a batch's codes on its router, a few at a time, between the sales.

Each step draws a handful, writes them down and makes their users; then it rests for longer than it
worked, so that router, database and processor belong to those who are paying. What a step left
undone, because the router did not answer or the process died, the next one finds and finishes.
"""

from __future__ import annotations

from collections.abc import Sequence
from time import monotonic
from typing import Any

from sqlalchemy import exists, select

from portal.alerts.router_alerts import tell_of_refusal
from portal.core.database import reading
from portal.core.leases import NOBODY, Claim, DueRows, LostRace, is_free
from portal.core.logs import log
from portal.core.records import from_now
from portal.models import Access, Router, Sale, Voucher, VoucherBatch
from portal.models.access import AccessState
from portal.models.sale import MONEY_IS_IN
from portal.models.voucher import VoucherOrigin
from portal.vouchers.adopting import adopt_users
from portal.vouchers.batch_steps import (
    HAS_WORK,
    WORK_SECONDS,
    give_accesses_back,
    hold_accesses,
    let_go,
    put_off,
    rested,
)
from portal.vouchers.drawing import draw_batch, lease_seconds
from portal.vouchers.on_router import UsersMade, make_users, record_made
from portal.vouchers.returning import give_codes_back

# Codes that one step draws: what a transaction holds, and memory, whatever the batch's size.
CHUNK = 50
# While somebody who has paid waits for a router, batches wait so many seconds.
BEHIND_SALES = 1.0

BATCHES = DueRows(VoucherBatch, HAS_WORK)


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
        let_go(batch, next_attempt_at=from_now(BEHIND_SALES))
        return
    if batch.undone_at is not None:
        give_codes_back(batch, router)
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
    return hold_accesses(batch, _unfinished(batch), CHUNK)


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
    give_accesses_back(batch, [access.id for access in tried if access.id not in made.ids])
    done = {"made": VoucherBatch.made + many, "attempts": 0, "problem": None}
    if made.error is not None:
        done |= put_off(batch, made.error)
        tell_of_refusal(router, made.error)
    elif batch.drawn >= batch.number and many == len(tried) and not _is_left(batch):
        done |= {"next_attempt_at": None}
    else:
        done |= {"next_attempt_at": rested(seconds)}
    let_go(batch, **done)
    log().info("vouchers made", batch=batch.id, made=many, drawn=batch.drawn, of=batch.number)


def _is_left(batch: VoucherBatch) -> bool:
    with reading() as session:
        return session.scalar(_unfinished(batch).limit(1)) is not None
