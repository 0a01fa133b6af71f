"""Take an import back: what nobody used is Mikhmon's again, with the comment that it had."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import exists, or_, select, update
from sqlalchemy.orm import Session

from portal.core.database import reading, writing
from portal.core.errors import Conflict
from portal.core.records import from_now
from portal.models import Access, Voucher, VoucherBatch, utc_now
from portal.models.voucher import UNUSED, VoucherOrigin
from portal.operators.audit import Actor, AuditAction, record
from portal.operators.lookup import owned_in
from portal.operators.vouchers.batches import BatchCount, counts_by
from portal.vouchers.upkeep import WAS_USED

REASON = "Se deshizo la importación: es otra vez de Mikhmon."
NOT_IMPORTED = "Este lote no es de una importación."
ALREADY = "Esta importación ya se deshizo o se anuló: no queda nada que devolver."


@dataclass(frozen=True)
class ImportUndo:
    """Say what taking an import back does: codes that Mikhmon gets back, and that stay ours."""

    batches: Sequence[VoucherBatch]
    returned: int
    kept: int

    @property
    def is_possible(self) -> bool:
        """Tell whether there is anything to take back."""
        return any(batch.voided_at is None for batch in self.batches)


def look_at_undo(company_id: str, batch_id: str) -> ImportUndo:
    """Count what taking back the import of this batch would do, if it is of one.

    Raises NotFound.
    """
    with reading() as session:
        return _look(session, _batches(session, company_id, batch_id))


def undo_import(actor: Actor, company_id: str, batch_id: str) -> ImportUndo:
    """Void what nobody used of the import, for the worker to give the router's users back.

    What was used goes on until its end. Raises NotFound, and Conflict where there is nothing left.
    """
    with writing() as session:
        batches = _batches(session, company_id, batch_id, lock=True)
        undo = _look(session, batches)
        if not undo.is_possible:
            raise Conflict(ALREADY if batches else NOT_IMPORTED)
        now = utc_now()
        for batch in batches:
            if batch.voided_at is None:
                _undo(session, batch, now)
        record(
            session,
            actor,
            AuditAction.VOUCHER_IMPORT_UNDO,
            batch_id,
            company_id,
            batches=[batch.id for batch in batches],
            vouchers=undo.returned,
            kept=undo.kept,
        )
    return undo


def _batches(
    session: Session, company_id: str, batch_id: str, *, lock: bool = False
) -> Sequence[VoucherBatch]:
    """Give the batches that came by the same import; an old one came by itself."""
    batch = owned_in(session, VoucherBatch, batch_id, company_id)
    if batch.origin != VoucherOrigin.IMPORT:
        return ()
    which = VoucherBatch.id == batch_id
    if batch.import_id is not None:
        which = VoucherBatch.import_id == batch.import_id
    query = select(VoucherBatch).where(VoucherBatch.company_id == company_id, which)
    query = query.order_by(VoucherBatch.id).execution_options(populate_existing=True)
    return session.scalars(query.with_for_update() if lock else query).all()


def _look(session: Session, batches: Sequence[VoucherBatch]) -> ImportUndo:
    ids = [batch.id for batch in batches if batch.voided_at is None]
    counts = counts_by(session, Voucher.batch_id, Voucher.batch_id.in_(ids), _returnable())
    returned = sum(_open(count) for count in counts.values())
    whole = counts_by(session, Voucher.batch_id, Voucher.batch_id.in_(ids))
    return ImportUndo(batches, returned, sum(_open(count) for count in whole.values()) - returned)


def _open(count: BatchCount) -> int:
    return count.available + count.sold + count.used


def _returnable() -> Any:
    """Tell what goes back: what nobody used, and what had not become ours on the router yet."""
    its_access = Access.id == Voucher.access_id
    used = exists().where(its_access, WAS_USED)
    not_ours_yet = exists().where(its_access, Access.enabled_at.is_(None))
    unused = UNUSED & Voucher.sold_at.is_(None) & ~used
    return Voucher.voided_at.is_(None) & Voucher.expired_at.is_(None) & or_(unused, not_ours_yet)


def _undo(session: Session, batch: VoucherBatch, now: Any) -> None:
    # Whoever works on it finds that it is not his any more, and the next step gives codes back.
    batch.lease, batch.attempts, batch.problem = None, 0, None
    batch.voided_at = batch.undone_at = now
    session.flush()
    session.execute(
        update(VoucherBatch).where(VoucherBatch.id == batch.id).values(next_attempt_at=from_now()),
        execution_options={"synchronize_session": False},
    )
    session.execute(
        update(Voucher)
        .where(Voucher.batch_id == batch.id, _returnable())
        .values(voided_at=now, void_reason=REASON),
        execution_options={"synchronize_session": False},
    )
