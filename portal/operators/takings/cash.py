"""Sum up what codes sold for cash brought in, by the hours of the company's days.

What was sold counts when it was sold, and what was given back when it was voided: as the books
have it, so that a month's days add up to the month.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import and_, func, literal, or_, select
from sqlalchemy.orm import Session

from portal.core.local_time import DAY
from portal.models import Voucher
from portal.operators.accounting.cash import FOR_CASH, GIVEN_BACK
from portal.sales.takings.clock import local_seconds
from portal.sales.takings.slots import Span

FIRST_DAY = date(1970, 1, 1)
HOUR_SECONDS = 3600


@dataclass(frozen=True)
class CashTaken:
    """Count codes sold in some stretch of time, and those voided in it, in centavos.

    Courtesies are not among them.
    """

    vouchers: int = 0
    amount: int = 0
    voided: int = 0
    returned: int = 0

    def __add__(self, other: CashTaken) -> CashTaken:
        """Sum two stretches."""
        return CashTaken(
            self.vouchers + other.vouchers,
            self.amount + other.amount,
            self.voided + other.voided,
            self.returned + other.returned,
        )

    @property
    def net(self) -> int:
        """Give what stayed."""
        return self.amount - self.returned


NO_CASH = CashTaken()


@dataclass(frozen=True)
class HourCash:
    """Hold what codes brought in within an hour of a day, in one currency."""

    day: date
    hour: int
    currency: str
    cash: CashTaken


def cash_hours(
    session: Session, company_id: str, zone: ZoneInfo, spans: Sequence[Span]
) -> list[HourCash]:
    """Give what was taken within the spans, whose ends are not in them, by hour. Two queries."""
    return [
        HourCash(FIRST_DAY + DAY * (number // 24), number % 24, currency, CashTaken(*sums))
        for number, currency, *sums in _summed(session, company_id, zone, spans)
    ]


def _summed(
    session: Session, company_id: str, zone: ZoneInfo, spans: Sequence[Span]
) -> Iterator[tuple[Any, ...]]:
    """Sum by the hours of clocks there, counted from 1970."""
    first, last = min(since for since, _ in spans), max(until for _, until in spans)
    count, amount, none = func.count(), func.sum(Voucher.amount), literal(0)
    for moment, which, sums in (
        (Voucher.sold_at, (FOR_CASH,), [count, amount, none, none]),
        (Voucher.voided_at, GIVEN_BACK, [none, none, count, amount]),
    ):
        seconds = local_seconds(session, moment, zone, first, last)
        hour = (seconds // HOUR_SECONDS).label("hour")
        within = or_(*(and_(moment >= since, moment < until) for since, until in spans))
        query = select(hour, Voucher.currency, *sums).where(
            Voucher.company_id == company_id, *which, within
        )
        for number, currency, *found in session.execute(query.group_by(hour, Voucher.currency)):
            yield int(number), currency, *map(int, found)
