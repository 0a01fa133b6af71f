"""Sum up the cash that codes brought in a month, by who sold them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from portal.models import Voucher, VoucherSeller
from portal.sales.takings.vat import vat_column

Span = tuple[datetime, datetime]
# A courtesy moves no money.
FOR_CASH = Voucher.amount > 0
GIVEN_BACK = (FOR_CASH, Voucher.sold_at.is_not(None), Voucher.voided_at.is_not(None))


@dataclass(frozen=True)
class CashLine:
    """Hold what a seller's codes brought in a month, in centavos of one currency.

    `returned` is the price of sold codes that were voided in it, and `vat` the tax within what
    stayed, at the rate that each was sold with.
    """

    seller_id: int
    name: str
    currency: str
    vouchers: int = 0
    amount: int = 0
    voided: int = 0
    returned: int = 0
    vat: int = 0

    @property
    def net(self) -> int:
        """Give what stayed."""
        return self.amount - self.returned


def cash_of(session: Session, company_id: str, span: Span) -> list[CashLine]:
    """Sum it up, by name. Two queries."""
    lines: dict[tuple[int, str], CashLine] = {}
    for found in (*_sold(session, company_id, span), *_voided(session, company_id, span)):
        key = (found.seller_id, found.currency)
        lines[key] = _joined(lines[key], found) if key in lines else found
    return sorted(lines.values(), key=lambda line: (line.name.casefold(), line.currency))


def _joined(one: CashLine, other: CashLine) -> CashLine:
    return CashLine(
        one.seller_id,
        one.name,
        one.currency,
        one.vouchers + other.vouchers,
        one.amount + other.amount,
        one.voided + other.voided,
        one.returned + other.returned,
        one.vat + other.vat,
    )


def _sold(session: Session, company_id: str, span: Span) -> Iterator[CashLine]:
    query = _by_seller(company_id).where(
        FOR_CASH, Voucher.sold_at >= span[0], Voucher.sold_at < span[1]
    )
    for seller_id, name, currency, count, amount, vat in session.execute(query):
        yield CashLine(seller_id, name, currency, count, int(amount), vat=int(vat))


def _voided(session: Session, company_id: str, span: Span) -> Iterator[CashLine]:
    query = _by_seller(company_id).where(
        *GIVEN_BACK, Voucher.voided_at >= span[0], Voucher.voided_at < span[1]
    )
    for seller_id, name, currency, count, amount, vat in session.execute(query):
        yield CashLine(seller_id, name, currency, voided=count, returned=int(amount), vat=-int(vat))


def _by_seller(company_id: str) -> Select[*tuple[Any, ...]]:
    keys = (VoucherSeller.id, VoucherSeller.name, Voucher.currency)
    vat = vat_column(Voucher.amount, Voucher.vat_rate)
    return (
        select(*keys, func.count(), func.sum(Voucher.amount), func.sum(vat))
        .join(VoucherSeller, VoucherSeller.id == Voucher.seller_id)
        .where(Voucher.company_id == company_id)
        .group_by(*keys)
    )
