"""Read a month's movements one by one, in the order in which they happened."""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Select, literal, select, tuple_

from portal.core.database import reading
from portal.core.local_time import begin_of
from portal.models import MoneyBack, Router, Sale, Voucher, VoucherSeller
from portal.models.reporting.money_back import BackBy
from portal.operators.accounting.cash import FOR_CASH, GIVEN_BACK
from portal.operators.accounting.months import bounds
from portal.operators.lookup import company_in
from portal.ports import time_zone_of
from portal.sales.takings.reading import Month
from portal.sales.takings.vat import vat_within

BATCH = 1000
Span = tuple[datetime, datetime]


class MovementKind(StrEnum):
    """Name what moved money."""

    CHARGE = "charge"
    FEE = "fee"
    REFUND = "refund"
    OUTSIDE = "outside"
    CHARGEBACK = "chargeback"
    BY_HAND = "by_hand"
    CASH = "cash"
    CASH_RETURNED = "cash_returned"


@dataclass(frozen=True)
class Movement:
    """Hold a line of the books: what came in is more than 0, what went out less.

    `vat` is the tax within a charge or a refund, in centavos as `amount`, at `vat_rate` basis
    points; of a fee nothing is known. `reference` is the sale's id, or that of a code sold for
    cash by `seller`.
    """

    at: datetime
    kind: MovementKind
    reference: str
    order_id: str | None
    router: str
    plan: str
    currency: str
    amount: int
    vat: int | None
    vat_rate: int | None
    seller: str | None = None


def movements(company_id: str, month: Month) -> Iterator[Movement]:
    """Read the month's movements, oldest first, in batches: none is held while it is written.

    Raises NotFound at once, not when the first is asked for.
    """
    first, end = bounds(month)
    with reading() as session:
        company = company_in(session, company_id)
    zone = time_zone_of(company)
    span = (begin_of(first, zone), begin_of(end, zone))
    return heapq.merge(
        _charges(company_id, span),
        _fees(company_id, span),
        _gone_back(company_id, span),
        _cash(company_id, span),
        _cash_returned(company_id, span),
        key=lambda movement: movement.at,
    )


def _charges(company_id: str, span: Span) -> Iterator[Movement]:
    for row in _rows(_sold(company_id), Sale.paid_at, Sale.id, span):
        vat = vat_within(row.amount, row.vat_rate)
        yield _line(row, MovementKind.CHARGE, row.amount, vat, row.vat_rate)


def _fees(company_id: str, span: Span) -> Iterator[Movement]:
    query = _sold(company_id).where(Sale.fee > 0)
    for row in _rows(query, Sale.paid_at, Sale.id, span):
        yield _line(row, MovementKind.FEE, -row.fee)


def _gone_back(company_id: str, span: Span) -> Iterator[Movement]:
    query = (
        select(
            MoneyBack.at,
            MoneyBack.id,
            MoneyBack.kind,
            MoneyBack.amount,
            MoneyBack.currency,
            MoneyBack.vat_rate,
            Sale.id.label("reference"),
            Sale.order_id,
            Sale.plan_name,
            Router.name.label("router"),
        )
        .join(Sale, Sale.id == MoneyBack.sale_id)
        .join(Router, Router.id == MoneyBack.router_id)
        .where(MoneyBack.company_id == company_id)
    )
    for row in _rows(query, MoneyBack.at, MoneyBack.id, span):
        vat = vat_within(row.amount, row.vat_rate)
        kind = MovementKind(BackBy(row.kind))
        yield _line(row, kind, -row.amount, -vat, row.vat_rate)


def _cash(company_id: str, span: Span) -> Iterator[Movement]:
    query = _vouchers(company_id, Voucher.sold_at).where(FOR_CASH)
    for row in _rows(query, Voucher.sold_at, Voucher.id, span):
        yield _code(row, MovementKind.CASH, 1)


def _cash_returned(company_id: str, span: Span) -> Iterator[Movement]:
    query = _vouchers(company_id, Voucher.voided_at).where(*GIVEN_BACK)
    for row in _rows(query, Voucher.voided_at, Voucher.id, span):
        yield _code(row, MovementKind.CASH_RETURNED, -1)


def _vouchers(company_id: str, moment: Any) -> Select[*tuple[Any, ...]]:
    return (
        select(
            moment.label("at"),
            Voucher.id,
            Voucher.amount,
            Voucher.currency,
            Voucher.vat_rate,
            Voucher.plan_name,
            VoucherSeller.name.label("seller"),
            Router.name.label("router"),
        )
        .join(VoucherSeller, VoucherSeller.id == Voucher.seller_id)
        .join(Router, Router.id == Voucher.router_id)
        .where(Voucher.company_id == company_id)
    )


def _code(row: Any, kind: MovementKind, sign: int) -> Movement:
    return Movement(
        at=row.at,
        kind=kind,
        reference=row.id,
        order_id=None,
        router=row.router,
        plan=row.plan_name,
        currency=row.currency,
        amount=sign * row.amount,
        vat=sign * vat_within(row.amount, row.vat_rate),
        vat_rate=row.vat_rate,
        seller=row.seller,
    )


def _sold(company_id: str) -> Select[*tuple[Any, ...]]:
    return (
        select(
            Sale.paid_at.label("at"),
            Sale.id,
            Sale.id.label("reference"),
            Sale.order_id,
            Sale.plan_name,
            Sale.amount,
            Sale.fee,
            Sale.currency,
            Sale.vat_rate,
            Router.name.label("router"),
        )
        .join(Router, Router.id == Sale.router_id)
        .where(Sale.company_id == company_id)
    )


def _rows(query: Select[*tuple[Any, ...]], moment: Any, key: Any, span: Span) -> Iterator[Any]:
    """Read a batch after another, each from where the last one ended."""
    since, until = span
    ordered = query.where(moment >= since, moment < until).order_by(moment, key).limit(BATCH)
    rows = _read(ordered)
    while rows:
        yield from rows
        last = tuple_(literal(rows[-1].at, moment.type), literal(rows[-1].id))
        rows = _read(ordered.where(tuple_(moment, key) > last)) if len(rows) == BATCH else []


def _read(query: Select[*tuple[Any, ...]]) -> Sequence[Any]:
    with reading() as session:
        return session.execute(query).all()


def _line(
    row: Any, kind: MovementKind, amount: int, vat: int | None = None, rate: int | None = None
) -> Movement:
    return Movement(
        at=row.at,
        kind=kind,
        reference=row.reference,
        order_id=row.order_id,
        router=row.router,
        plan=row.plan_name,
        currency=row.currency,
        amount=amount,
        vat=vat,
        vat_rate=rate,
    )
