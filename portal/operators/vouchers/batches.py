"""Order batches of codes, which the worker makes, and show how far they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from portal.core.database import reading, writing
from portal.core.errors import Conflict, Invalid
from portal.core.records import from_now
from portal.models import Router, Voucher, VoucherBatch, VoucherSeller, utc_now
from portal.models.voucher import UNUSED, VoucherOrigin
from portal.operators.audit import Actor, AuditAction, record
from portal.operators.lookup import ListPage, by_id, company_in, owned_in, page
from portal.operators.vouchers.offers import CodeOffer, code_offer
from portal.operators.vouchers.sellers import seller_named
from portal.vouchers.codes import digits_for
from portal.vouchers.terms import terms_of

MOST_CODES = 5_000
# What may lie unused at once: each of them stands on a router, which has to hold and read it.
MOST_UNUSED = 50_000
TOO_MANY = "Tiene {:,} fichas sin usar: con este lote pasarían de {:,}. Anule las que ya no sirvan."
IN_THE_PAST = "La fecha límite para usarlas ya pasó."


@dataclass(frozen=True)
class BatchOrder:
    """Say which codes are wanted. `amount` is what one costs, in centavos: None is the plan's
    price, 0 a courtesy. `seller` answers for their cash. What is not used by `use_before` expires.
    `key` names the tap on the button that orders it.
    """

    plan_id: int
    number: int
    seller: str
    router_id: str | None = None
    amount: int | None = None
    prefix: str | None = None
    kind: str | None = None
    use_before: datetime | None = None
    key: str | None = None


@dataclass(frozen=True)
class BatchCount:
    """Count a batch's codes by how they stand; amounts in centavos."""

    available: int = 0
    sold: int = 0
    used: int = 0
    expired: int = 0
    voided: int = 0
    earned: int = 0


@dataclass(frozen=True)
class ToldBatch:
    """Hold a batch with what it is made of and how its codes stand."""

    batch: VoucherBatch
    seller: VoucherSeller
    router: Router
    count: BatchCount

    @property
    def is_under_way(self) -> bool:
        """Tell whether codes of it are still to be made."""
        return self.batch.next_attempt_at is not None and self.batch.voided_at is None

    @property
    def is_going_back(self) -> bool:
        """Tell whether users of it are still to be given back to the tool that made them."""
        return self.batch.next_attempt_at is not None and self.batch.undone_at is not None

    @property
    def percent(self) -> int:
        """Tell how much of it stands on the router, in percent."""
        return min(100, 100 * self.batch.made // self.batch.number)


def order_batch(actor: Actor, company_id: str, order: BatchOrder) -> VoucherBatch:
    """Write the batch down, for the worker to make; the same tap gives the same batch.

    Raises NotFound, Invalid, Conflict, and VaultError where the router could not be entered.
    """
    if order.use_before is not None and order.use_before <= utc_now():
        raise Invalid(IN_THE_PAST, errores={"usar_antes": [IN_THE_PAST]})
    with writing() as session:
        offer = code_offer(session, company_id, order.plan_id, order.router_id, lock=True)
        if (known := _ordered_before(session, company_id, order.key)) is not None:
            return known
        refuse_too_many(session, company_id, order.number)
        batch = _new_batch(session, actor, offer, order)
        session.add(batch)
        session.flush()
        record(
            session,
            actor,
            AuditAction.VOUCHER_BATCH,
            batch.id,
            company_id,
            number=batch.number,
            amount=batch.amount,
            currency=batch.currency,
            plan=offer.plan.id,
            router=offer.router.id,
            seller=order.seller,
        )
    return batch


def get_batch(company_id: str, batch_id: str) -> ToldBatch:
    """Find a batch. Raises NotFound."""
    with reading() as session:
        return _told(session, [owned_in(session, VoucherBatch, batch_id, company_id)])[0]


def batches(company_id: str, limit: int, offset: int) -> ListPage[ToldBatch]:
    """List the company's batches, the latest first. Raises NotFound."""
    with reading() as session:
        company_in(session, company_id)
        query = select(VoucherBatch).where(VoucherBatch.company_id == company_id)
        query = query.order_by(VoucherBatch.created_at.desc(), VoucherBatch.id)
        found = page(session, query, limit, offset)
        return ListPage(found.total, _told(session, found.rows))


def counts_by(session: Session, key: Any, *which: ColumnElement[bool]) -> dict[Any, BatchCount]:
    """Count codes by how they stand, for each value of a column. One query."""
    open_ = Voucher.voided_at.is_(None)
    cash = open_ & Voucher.sold_at.is_not(None)
    query = (
        select(
            key,
            func.count().filter(UNUSED, Voucher.sold_at.is_(None)),
            func.count().filter(UNUSED, Voucher.sold_at.is_not(None)),
            func.count().filter(open_, Voucher.used_at.is_not(None)),
            func.count().filter(open_, Voucher.used_at.is_(None), Voucher.expired_at.is_not(None)),
            func.count().filter(Voucher.voided_at.is_not(None)),
            func.coalesce(func.sum(Voucher.amount).filter(cash), 0),
        )
        .where(*which)
        .group_by(key)
    )
    return {row[0]: BatchCount(*(int(many) for many in row[1:])) for row in session.execute(query)}


def _told(session: Session, rows: Sequence[VoucherBatch]) -> list[ToldBatch]:
    ids = [batch.id for batch in rows]
    counts = counts_by(session, Voucher.batch_id, Voucher.batch_id.in_(ids)) if ids else {}
    sellers = by_id(session, VoucherSeller, {batch.seller_id for batch in rows})
    routers = by_id(session, Router, {batch.router_id for batch in rows})
    return [
        ToldBatch(
            batch,
            sellers[batch.seller_id],
            routers[batch.router_id],
            counts.get(batch.id, BatchCount()),
        )
        for batch in rows
    ]


def _ordered_before(session: Session, company_id: str, key: str | None) -> VoucherBatch | None:
    if key is None:
        return None
    query = select(VoucherBatch).where(
        VoucherBatch.company_id == company_id, VoucherBatch.request_key == key
    )
    return session.scalar(query)


def refuse_too_many(session: Session, company_id: str, number: int) -> None:
    """Raise Conflict where with so many codes more too many would lie unused."""
    lying = (
        select(func.count()).select_from(Voucher).where(Voucher.company_id == company_id, UNUSED)
    )
    coming = select(func.coalesce(func.sum(VoucherBatch.number - VoucherBatch.drawn), 0)).where(
        VoucherBatch.company_id == company_id, VoucherBatch.next_attempt_at.is_not(None)
    )
    many = int(session.scalar(lying) or 0) + int(session.scalar(coming) or 0)
    if many + number > MOST_UNUSED:
        raise Conflict(TOO_MANY.format(many, MOST_UNUSED))


def _new_batch(session: Session, actor: Actor, offer: CodeOffer, order: BatchOrder) -> VoucherBatch:
    kind = order.kind or offer.company.portal_credentials
    digits = (
        digits_for(session, offer.company, offer.router.id, order.number, order.prefix)
        if kind == "pin"
        else None
    )
    return VoucherBatch(
        company_id=offer.company.id,
        router_id=offer.router.id,
        plan_id=offer.plan.id,
        seller_id=seller_named(session, offer.company.id, order.seller).id,
        origin=VoucherOrigin.BATCH,
        request_key=order.key,
        prefix=order.prefix,
        kind=kind,
        pin_digits=digits,
        number=order.number,
        use_before=order.use_before,
        created_by=actor.name,
        next_attempt_at=from_now(),
        **terms_of(offer.plan, order.amount).values(),
    )
