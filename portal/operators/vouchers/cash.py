"""Account for the cash of codes: what each seller holds, and what they handed over."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from portal.core.database import reading, writing
from portal.core.errors import Conflict
from portal.core.formatting import price_in_full
from portal.models import CashHandover, Voucher, VoucherSeller
from portal.models.voucher import CASH_HELD, CASH_OWED_BACK
from portal.operators.audit import Actor, AuditAction, record
from portal.operators.lookup import ListPage, by_id, company_in, owned_in, page

NOTHING = "Este vendedor no tiene efectivo por entregar."
CHANGED = "Mientras tanto cambió: ahora tiene {} por entregar. Cuéntelo otra vez."


@dataclass(frozen=True)
class CashHeld:
    """Say what a seller has to hand over, in centavos: for codes sold, less those voided since."""

    seller: VoucherSeller
    currency: str
    amount: int
    vouchers: int
    returned: int = 0


@dataclass(frozen=True)
class ToldHandover:
    """Hold a handover with who made it."""

    handover: CashHandover
    seller: VoucherSeller


def cash_held(company_id: str) -> list[CashHeld]:
    """List what the company's sellers have to hand over, by name. Raises NotFound."""
    with reading() as session:
        company_in(session, company_id)
        # By seller, since cash that is held is found so.
        mine = select(VoucherSeller.id).where(VoucherSeller.company_id == company_id)
        return _held(session, Voucher.seller_id.in_(session.scalars(mine).all()))


def hand_over(
    actor: Actor, company_id: str, seller_id: int, currency: str, counted: int
) -> CashHandover:
    """Record that a seller handed over all that their codes had brought: `counted` centavos.

    Refused where that is not what they hold by now: another code was sold since it was counted.
    Raises NotFound, Conflict.
    """
    with writing() as session:
        seller = owned_in(session, VoucherSeller, seller_id, company_id, lock=True)
        handover = _begun(session, actor, seller, currency)
        _settle(session, handover)
        _check(handover, counted)
        record(
            session,
            actor,
            AuditAction.VOUCHER_HAND_OVER,
            handover.id,
            company_id,
            seller=seller.name,
            amount=handover.amount,
            currency=currency,
        )
    return handover


def _begun(session: Session, actor: Actor, seller: VoucherSeller, currency: str) -> CashHandover:
    handover = CashHandover(
        company_id=seller.company_id,
        seller_id=seller.id,
        amount=0,
        currency=currency,
        vouchers=0,
        returned=0,
        created_by=actor.name,
    )
    session.add(handover)
    session.flush()
    return handover


def handovers(company_id: str, limit: int, offset: int) -> ListPage[ToldHandover]:
    """List the handovers, the latest first. Raises NotFound."""
    with reading() as session:
        company_in(session, company_id)
        query = select(CashHandover).where(CashHandover.company_id == company_id)
        query = query.order_by(CashHandover.created_at.desc(), CashHandover.id.desc())
        found = page(session, query, limit, offset)
        named = by_id(session, VoucherSeller, {row.seller_id for row in found.rows})
        told = [ToldHandover(row, named[row.seller_id]) for row in found.rows]
        return ListPage(found.total, told)


def _held(session: Session, whose: Any) -> list[CashHeld]:
    sold, back = _sums(session, CASH_HELD, whose), _sums(session, CASH_OWED_BACK, whose)
    named = by_id(session, VoucherSeller, {seller for seller, _ in sold.keys() | back.keys()})
    held = [
        CashHeld(
            named[key[0]],
            key[1],
            sold.get(key, (0, 0))[0] - back.get(key, (0, 0))[0],
            sold.get(key, (0, 0))[1],
            back.get(key, (0, 0))[1],
        )
        for key in sold.keys() | back.keys()
    ]
    return sorted(held, key=lambda one: (one.seller.name, one.currency))


def _sums(session: Session, which: Any, whose: Any) -> dict[tuple[int, str], tuple[int, int]]:
    """Sum amounts and count codes, by seller and currency; what was given away brings nothing."""
    key = (Voucher.seller_id, Voucher.currency)
    query = select(*key, func.sum(Voucher.amount), func.count())
    query = query.where(whose, which, Voucher.amount > 0).group_by(*key)
    return {(row[0], row[1]): (int(row[2]), int(row[3])) for row in session.execute(query)}


def _settle(session: Session, handover: CashHandover) -> None:
    """Let the handover hold all that its seller has to hand over."""
    whose = (
        Voucher.seller_id == handover.seller_id,
        Voucher.currency == handover.currency,
        Voucher.amount > 0,
    )
    _mark(session, CASH_HELD, whose, handover_id=handover.id)
    _mark(session, CASH_OWED_BACK, whose, returned_in_id=handover.id)
    sold, sold_count = _sum_of(session, Voucher.handover_id == handover.id)
    back, back_count = _sum_of(session, Voucher.returned_in_id == handover.id)
    handover.amount, handover.vouchers, handover.returned = sold - back, sold_count, back_count


def _check(handover: CashHandover, counted: int) -> None:
    if handover.vouchers == handover.returned == 0:
        raise Conflict(NOTHING)
    if handover.amount != counted:
        raise Conflict(CHANGED.format(price_in_full(handover.amount, handover.currency)))


def _mark(session: Session, which: Any, whose: tuple[Any, ...], **values: int) -> None:
    session.execute(
        update(Voucher).where(*whose, which).values(**values),
        execution_options={"synchronize_session": False},
    )


def _sum_of(session: Session, which: Any) -> tuple[int, int]:
    query = select(func.coalesce(func.sum(Voucher.amount), 0), func.count()).where(which)
    row = session.execute(query).one()
    return int(row[0]), int(row[1])
