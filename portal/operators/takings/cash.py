"""Sum the cash that codes brought lately, beside what was taken online."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.models import Voucher
from portal.models.voucher import CASH_STANDS


@dataclass(frozen=True)
class CashTaken:
    """Hold how many codes were sold for cash since some moment, and for how many centavos."""

    vouchers: int = 0
    amount: int = 0


def cash_since(
    session: Session, company_id: str, moments: Sequence[datetime]
) -> dict[str, list[CashTaken]]:
    """Sum what was sold since each moment, by currency, but for what was voided. One query."""
    since = [Voucher.sold_at >= moment for moment in moments]
    sums = [
        column
        for each in since
        for column in (func.count().filter(each), func.sum(Voucher.amount).filter(each))
    ]
    query = (
        select(Voucher.currency, *sums)
        .where(Voucher.company_id == company_id, Voucher.sold_at >= min(moments), CASH_STANDS)
        .group_by(Voucher.currency)
    )
    return {
        currency: [
            CashTaken(int(many), int(amount or 0))
            for many, amount in zip(told[::2], told[1::2], strict=True)
        ]
        for currency, *told in session.execute(query)
    }
