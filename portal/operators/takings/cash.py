"""Sum up what codes sold for cash brought in today, this week and this month."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Integer, case, cast, func, select

from portal.core.database import reading
from portal.core.local_time import begin_of
from portal.models import Voucher, utc_now
from portal.operators.lookup import company_in
from portal.operators.takings.spans import SpanKind, compared
from portal.ports import time_zone_of


@dataclass(frozen=True)
class CashTaken:
    """Hold how many codes were sold, and for how much, in centavos; courtesies are not among."""

    vouchers: int
    amount: int


def cash_taken(
    company_id: str, now: datetime | None = None
) -> Mapping[tuple[SpanKind, str], CashTaken]:
    """Give the sums by stretch and currency, those that are not nothing. Raises NotFound.

    Two queries. What was voided is not counted: its cash was given back.
    """
    moment = now or utc_now()
    with reading() as session:
        zone = time_zone_of(company_in(session, company_id))
        begins = {span.kind: begin_of(span.first, zone) for span in compared(moment, zone)}
        columns = [
            column
            for begin in begins.values()
            for column in (
                func.sum(cast(Voucher.sold_at >= begin, Integer)),
                func.sum(case((Voucher.sold_at >= begin, Voucher.amount), else_=0)),
            )
        ]
        query = select(Voucher.currency, *columns).where(
            Voucher.company_id == company_id,
            Voucher.sold_at >= min(begins.values()),
            Voucher.sold_at < moment,
            Voucher.voided_at.is_(None),
            Voucher.amount > 0,
        )
        rows = session.execute(query.group_by(Voucher.currency)).all()
    return {
        (kind, row[0]): CashTaken(int(row[1 + 2 * place]), int(row[2 + 2 * place]))
        for row in rows
        for place, kind in enumerate(begins)
        if row[1 + 2 * place]
    }
