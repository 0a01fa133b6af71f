"""Write the records of codes, before a router hears of them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from portal.access.desired_state import NAME_DRAWS, plan_rounds
from portal.core.database import writing
from portal.core.leases import LostRace
from portal.core.records import from_now, new_id
from portal.core.rows.inserting import insert_those_new
from portal.core.statements import add_rows, values_of
from portal.models import Access, Voucher, VoucherBatch, utc_now
from portal.models.access import AccessState
from portal.ports import settings
from portal.vouchers.codes import draw_code
from portal.vouchers.terms import VoucherTerms, terms_of_batch

LEASES = 3


class NoFreeName(RuntimeError):
    """Say that names were drawn again and again, and each stood on the router already."""


def draw_batch(batch: VoucherBatch, count: int, lease: str) -> list[Access]:
    """Draw so many codes more and write them down, under the batch's lease; give their accesses.

    A code that another access on the router has already is not written: it is drawn another time,
    so fewer may come back. Raises LostRace where the batch is somebody else's by now, or voided.
    """
    terms = terms_of_batch(batch)
    drawn = [new_access(batch, terms, lease) for _ in range(count)]
    with writing() as session:
        rows = [_row(access) for access in drawn]
        new = insert_those_new(session, Access, rows)
        accesses = [access for access in drawn if access.id in new]
        numbers = range(batch.drawn + 1, batch.drawn + 1 + len(accesses))
        vouchers = [
            voucher_row(batch, access.id, terms, number)
            for access, number in zip(accesses, numbers, strict=True)
        ]
        if vouchers:
            add_rows(session, Voucher, *vouchers)
            plan_rounds(session, batch.router_id, batch.company_id)
        _count(session, batch, len(vouchers))
    batch.drawn += len(accesses)
    return accesses


def new_access(
    batch: VoucherBatch, terms: VoucherTerms, lease: str, *, name: tuple[str, str] | None = None
) -> Access:
    """Give the access of a code that was just drawn, or that was known before.

    It is wanted from the start, since the cash is booked to its seller. Until its batch is done
    nobody else is to bring it about, so it is not due.
    """
    access = Access(
        id=new_id("acc_", 20, upper=False),
        company_id=batch.company_id,
        router_id=batch.router_id,
        kind=batch.kind,
        pin_digits=batch.pin_digits,
        wanted=AccessState.ENABLED,
        actual=AccessState.UNKNOWN,
        lease=lease,
        **terms.of_access(),
    )
    access.name, access.password = name or draw_code(batch.kind, batch.pin_digits, batch.prefix)
    return access


def draw_again(access: Access, prefix: str | None) -> None:
    """Give an access whose name is taken on the router another one. Raises LostRace, NoFreeName."""
    for _ in range(NAME_DRAWS):
        access.name, access.password = draw_code(access.kind, access.pin_digits, prefix)
        columns = ("name_sealed", "name_digest", "password_sealed")
        values = {column: getattr(access, column) for column in columns}
        ours = (Access.id == access.id, Access.lease == access.lease)
        try:
            with writing() as session:
                result: Any = session.execute(
                    update(Access).where(*ours).values(**values, updated_at=utc_now()),
                    execution_options={"synchronize_session": False},
                )
        except IntegrityError:
            continue
        if not result.rowcount:
            raise LostRace
        return
    raise NoFreeName


def lease_seconds() -> float:
    """Say for how long a batch's step, and the accesses that it makes, are its own."""
    return LEASES * settings().sale_lease


def _row(access: Access) -> dict[str, Any]:
    return values_of(access) | {"lease_until": from_now(lease_seconds())}


def voucher_row(
    batch: VoucherBatch, access_id: str, terms: VoucherTerms, number: int, **more: Any
) -> dict[str, Any]:
    """Give the columns of a batch's code, and `more` of them."""
    return values_of(
        Voucher(
            company_id=batch.company_id,
            router_id=batch.router_id,
            plan_id=batch.plan_id,
            seller_id=batch.seller_id,
            batch_id=batch.id,
            access_id=access_id,
            origin=batch.origin,
            number=number,
            use_before=batch.use_before,
            **terms.of_voucher(),
            **more,
        )
    )


def _count(session: Session, batch: VoucherBatch, many: int) -> None:
    ours = (
        VoucherBatch.id == batch.id,
        VoucherBatch.lease == batch.lease,
        VoucherBatch.voided_at.is_(None),
    )
    result: Any = session.execute(
        update(VoucherBatch)
        .where(*ours)
        .values(drawn=VoucherBatch.drawn + many, lease_until=from_now(lease_seconds())),
        execution_options={"synchronize_session": False},
    )
    if not result.rowcount:
        raise LostRace
