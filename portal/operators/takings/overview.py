"""Read at a glance how business goes: today, this week, this month, by day, by hour."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from portal.core.database import reading
from portal.core.local_time import DAY, begin_of, day_of
from portal.models import utc_now
from portal.operators.lookup import company_in
from portal.operators.takings.cash import NO_CASH, CashTaken, HourCash, cash_hours
from portal.operators.takings.records import DayTakings, Overview, SpanTakings
from portal.operators.takings.spans import SpanPair, compared
from portal.ports import time_zone_of
from portal.sales.takings.amounts import NOTHING, Takings
from portal.sales.takings.reading import HourTakings, hours, hours_of
from portal.sales.takings.slots import slots

SHOWN_DAYS = 30
# So many of each weekday that one holiday makes no pattern.
SHOWN_WEEKS = 8
USUAL = "MXN"
Sum = TypeVar("Sum", Takings, CashTaken)


@dataclass(frozen=True)
class _Known:
    """Hold what was read of one currency or of all: whole hours, and parts of compared days."""

    hours: Sequence[HourTakings]
    parts: Sequence[HourTakings]
    cash: Sequence[HourCash]
    cash_parts: Sequence[HourCash]

    @property
    def currencies(self) -> set[str]:
        return {hour.currency for hour in self.hours} | {hour.currency for hour in self.cash}

    def of(self, currency: str) -> _Known:
        return _Known(
            [hour for hour in self.hours if hour.currency == currency],
            [hour for hour in self.parts if hour.currency == currency],
            [hour for hour in self.cash if hour.currency == currency],
            [hour for hour in self.cash_parts if hour.currency == currency],
        )


def overviews(company_id: str, now: datetime | None = None) -> list[Overview]:
    """Give one for each currency that anything was taken in lately, pesos first and always.

    Raises NotFound. Twelve queries, however much was sold.
    """
    moment = now or utc_now()
    with reading() as session:
        zone = time_zone_of(company_in(session, company_id))
        spans = compared(moment, zone)
        known = _read(session, company_id, zone, spans, moment)
    today = day_of(moment, zone)
    return [
        _overview(currency, today, spans, known.of(currency))
        for currency in sorted(known.currencies | {USUAL}, key=lambda code: (code != USUAL, code))
    ]


def _read(
    session: Session, company_id: str, zone: ZoneInfo, spans: Sequence[SpanPair], now: datetime
) -> _Known:
    """Read whole hours, and of days that are compared in part that: no sum ends at a minute."""
    first = min(_first_shown(now, zone), *(span.before_first for span in spans))
    in_part = [(begin_of(span.before_last, zone), span.before_ends) for span in spans]
    return _Known(
        hours(session, company_id, zone, first, now),
        list(hours_of(slots(session, company_id, in_part), zone)),
        cash_hours(session, company_id, zone, [(begin_of(first, zone), now)]),
        cash_hours(session, company_id, zone, in_part),
    )


def _first_shown(now: datetime, zone: ZoneInfo) -> date:
    return day_of(now, zone) - timedelta(days=max(SHOWN_DAYS - 1, SHOWN_WEEKS * 7))


def _overview(currency: str, today: date, spans: Sequence[SpanPair], known: _Known) -> Overview:
    online, cash = _online(known.hours), _cash(known.cash)
    online_parts, cash_parts = _online(known.parts), _cash(known.cash_parts)
    return Overview(
        currency,
        [
            SpanTakings(
                span.kind,
                *_beside(span, today, online, online_parts, NOTHING),
                *_beside(span, today, cash, cash_parts, NO_CASH),
            )
            for span in spans
        ],
        [
            DayTakings(day, online[day], cash[day])
            for day in _days(today - (SHOWN_DAYS - 1) * DAY, today)
        ],
        _by_hour(known, today),
    )


def _beside(
    span: SpanPair, today: date, by_day: dict[date, Sum], in_part: dict[date, Sum], nothing: Sum
) -> tuple[Sum, Sum]:
    """Sum a stretch so far, and as much of the one before it."""
    now = sum((by_day[day] for day in _days(span.first, today)), nothing)
    whole = _days(span.before_first, span.before_last - DAY)
    before = sum((by_day[day] for day in whole), nothing)
    return now, before + in_part[span.before_last]


def _days(first: date, last: date) -> Iterable[date]:
    return (first + timedelta(days=number) for number in range((last - first).days + 1))


def _online(known: Sequence[HourTakings]) -> dict[date, Takings]:
    sums: dict[date, Takings] = defaultdict(Takings)
    for hour in known:
        sums[hour.day] += hour.takings
    return sums


def _cash(known: Sequence[HourCash]) -> dict[date, CashTaken]:
    sums: dict[date, CashTaken] = defaultdict(CashTaken)
    for hour in known:
        sums[hour.day] += hour.cash
    return sums


def _by_hour(known: _Known, today: date) -> list[list[int]]:
    first = today - timedelta(weeks=SHOWN_WEEKS) + DAY
    grid = [[0] * 24 for _ in range(7)]
    online = [(hour.day, hour.hour, hour.takings.sales) for hour in known.hours]
    cash = [(hour.day, hour.hour, hour.cash.vouchers) for hour in known.cash]
    for day, hour, sold in (*online, *cash):
        if first <= day <= today:
            grid[day.weekday()][hour] += sold
    return grid
