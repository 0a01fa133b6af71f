"""Void codes that nobody used: their users go from the router, and no cash is owed for them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from portal.core.database import writing
from portal.core.errors import Conflict
from portal.models import Access, Voucher, VoucherBatch, utc_now
from portal.models.voucher import UNUSED, VoucherOrigin, VoucherState
from portal.operators.audit import Actor, AuditAction, record
from portal.operators.lookup import owned_in
from portal.vouchers.upkeep import close_accesses

NOT_UNUSED = {
    VoucherState.USED: "Esta ficha ya se usó: no se anula. Desconecte al cliente en «En línea».",
    VoucherState.EXPIRED: "Esta ficha ya venció.",
}


def void_code(actor: Actor, company_id: str, voucher_id: str, reason: str) -> None:
    """Void a code that was not used, sold or not; once more changes nothing.

    Cash that was handed over for it is taken off the next handover. Raises NotFound, Conflict.
    """
    with writing() as session:
        voucher = owned_in(session, Voucher, voucher_id, company_id, lock=True)
        if voucher.state == VoucherState.VOIDED:
            return
        if voucher.state in NOT_UNUSED:
            raise Conflict(NOT_UNUSED[voucher.state])
        voucher.voided_at, voucher.void_reason = utc_now(), reason
        close_accesses(session, Access.id == voucher.access_id)
        record(
            session,
            actor,
            AuditAction.VOUCHER_VOID,
            voucher_id,
            company_id,
            reason=reason,
            state=voucher.state,
            amount=voucher.amount,
        )


def void_batch(actor: Actor, company_id: str, batch_id: str, reason: str) -> int:
    """Void what is unsold and unused of a batch, and make no more of it; how many codes it was.

    What was used stays as it is. Raises NotFound.
    """
    with writing() as session:
        batch = owned_in(session, VoucherBatch, batch_id, company_id, lock=True)
        if batch.undone_at is not None:
            return 0
        batch.voided_at, batch.next_attempt_at = batch.voided_at or utc_now(), None
        unsold = (Voucher.batch_id == batch_id, UNUSED, Voucher.sold_at.is_(None))
        close_accesses(session, Access.id.in_(select(Voucher.access_id).where(*unsold)))
        # A code that another tool had sold and that is not ours yet stays with that tool.
        if batch.origin == VoucherOrigin.IMPORT:
            all_of_it = select(Voucher.access_id).where(Voucher.batch_id == batch_id)
            close_accesses(session, Access.id.in_(all_of_it) & Access.enabled_at.is_(None))
        many = _void(session, *unsold, reason=reason)
        record(
            session,
            actor,
            AuditAction.VOUCHER_BATCH_VOID,
            batch_id,
            company_id,
            reason=reason,
            vouchers=many,
        )
    return many


def _void(session: Session, *which: Any, reason: str) -> int:
    values = {"voided_at": utc_now(), "void_reason": reason}
    result: Any = session.execute(
        update(Voucher).where(*which).values(**values),
        execution_options={"synchronize_session": False},
    )
    return int(result.rowcount)
