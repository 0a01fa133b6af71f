"""Give the codes of an import that was taken back to the tool that had made them, one by one.

The press of the button voids them; their users keep our marks until the router has been told,
so that what a step left undone the next one finds. One that was used meanwhile stays ours.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

from sqlalchemy import select, update

from portal import ports
from portal.access.provisioning import mark_of
from portal.alerts.router_alerts import tell_of_refusal
from portal.core.database import reading, writing
from portal.core.records import from_now
from portal.hotspot.adoption import Returned
from portal.hotspot.deadline import Deadline
from portal.hotspot.errors import RouterError
from portal.models import Access, Router, Voucher, VoucherBatch, utc_now
from portal.models.access import AccessState
from portal.vouchers.batch_steps import (
    WORK_SECONDS,
    give_accesses_back,
    hold_accesses,
    let_go,
    put_off,
    rested,
    run,
)

# Codes that one step gives back at most.
CHUNK = 50


@dataclass
class _Done:
    """Hold the ids of accesses that a step came to, and what kept it from the others."""

    ids: list[str] = field(default_factory=list)
    error: RouterError | None = None


def give_codes_back(batch: VoucherBatch, router: Router) -> None:
    """Give some more of a batch's users back, under its lease. Raises LostRace, VaultError."""
    began = monotonic()
    held = hold_accesses(batch, _to_give_back(batch), CHUNK)
    done = _give_back(router, held)
    give_accesses_back(batch, [access.id for access in held if access.id not in done.ids])
    values: dict[str, Any] = {"attempts": 0, "problem": None, "next_attempt_at": None}
    if done.error is not None:
        values |= put_off(batch, done.error)
        tell_of_refusal(router, done.error)
    elif _is_left(batch):
        values |= {"next_attempt_at": rested(monotonic() - began)}
    let_go(batch, **values)


def _to_give_back(batch: VoucherBatch) -> Any:
    """Select what was voided with the import; what was voided before is not wanted any more."""
    return (
        select(Access)
        .join(Voucher, Voucher.access_id == Access.id)
        .where(
            Voucher.batch_id == batch.id,
            Voucher.voided_at.is_not(None),
            Access.wanted == AccessState.ENABLED,
        )
        .order_by(Voucher.number)
    )


def _is_left(batch: VoucherBatch) -> bool:
    with reading() as session:
        return session.scalar(_to_give_back(batch).limit(1)) is not None


def _give_back(router: Router, held: Sequence[Access]) -> _Done:
    adopter, deadline, done = ports.adopter_of(router), Deadline(WORK_SECONDS), _Done()
    vouchers = _vouchers(held)
    for access in held:
        if deadline.passed:
            break
        voucher, mark = vouchers[access.id], mark_of(access.id)
        comment, timeout = voucher.former_comment or "", ports.settings().router_timeout
        was_used = voucher.used_at is not None
        try:
            came = adopter.give_back(access.name, comment, mark, timeout, even_used=was_used)
        except RouterError as error:
            done.error = error
            break
        _record(access, is_ours=came == Returned.USED)
        done.ids.append(access.id)
    return done


def _vouchers(held: Sequence[Access]) -> dict[str, Voucher]:
    query = select(Voucher).where(Voucher.access_id.in_([access.id for access in held]))
    with reading() as session:
        return {voucher.access_id: voucher for voucher in session.scalars(query)}


def _record(access: Access, *, is_ours: bool) -> None:
    """Let the access go with its user; one that was used goes on, and its code with it."""
    ours = (Access.id == access.id, Access.lease == access.lease)
    gone = {"wanted": AccessState.ABSENT, "actual": AccessState.ABSENT, "next_attempt_at": None}
    goes_on = {"next_attempt_at": from_now()}
    values = {**(goes_on if is_ours else gone), "lease": None, "updated_at": utc_now()}
    with writing() as session:
        held = run(session, update(Access).where(*ours).values(**values))
        if held and is_ours:
            codes = update(Voucher).where(Voucher.access_id == access.id)
            run(session, codes.values(voided_at=None, void_reason=None))
