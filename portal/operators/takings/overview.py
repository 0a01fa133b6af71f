"""Read at a glance how business goes: today, this week, this month, by day, by hour."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from portal.core.database import reading
from portal.core.local_time import DAY, begin_of, day_of
from portal.models import utc_now
from portal.operators.lookup import company_in
from portal.operators.takings.spans import SpanKind, SpanPair, compared
from portal.ports import time_zone_of
from portal.sales.takings.amounts import NOTHING, Takings
from portal.sales.takings.reading import HourTakings, hours, hours_of
from portal.sales.takings.slots import slots

SHOWN_DAYS = 30
# So many of each weekday that one holiday makes no pattern.
SHOWN_WEEKS = 8
USUAL = "MXN"


@dataclass(frozen=True)
class SpanTakings:
    """Hold what was taken in a stretch so far, and in as much of the one before."""

    kind: SpanKind
    now: Takings
    before: Takings


@dataclass(frozen=True)
class DayTakings:
    """Hold what was taken on a day."""

    day: date
    takings: Takings


@dataclass(frozen=True)
class Overview:
    """Hold how business goes in one currency.

    `by_hour` are the sales of the last eight weeks, which end with today, by weekday, Monday the
    first of seven, and by hour, of 24.
    """

    currency: str
    spans: Sequence[SpanTakings]
    days: Sequence[DayTakings]
    by_hour: Sequence[Sequence[int]]


def overviews(
    company_id: str, now: datetime | None = None, also: Collection[str] = ()
) -> list[Overview]:
    """Give one for each currency that anything was taken in lately, pesos first and always.

    `also` are currencies of which something else is to be told.

    Raises NotFound. Eight queries, however much was sold.
    """
    moment = now or utc_now()
    with reading() as session:
        zone = time_zone_of(company_in(session, company_id))
        spans = compared(moment, zone)
        first = min(_first_shown(moment, zone), *(span.before_first for span in spans))
        known = hours(session, company_id, zone, first, moment)
        parts = _parts(session, company_id, zone, spans)
    currencies = {hour.currency for hour in known} | {USUAL, *also}
    today = day_of(moment, zone)
    return [
        _overview(
            currency,
            today,
            spans,
            [hour for hour in known if hour.currency == currency],
            [hour for hour in parts if hour.currency == currency],
        )
        for currency in sorted(currencies, key=lambda code: (code != USUAL, code))
    ]


def _first_shown(now: datetime, zone: ZoneInfo) -> date:
    return day_of(now, zone) - timedelta(days=max(SHOWN_DAYS - 1, SHOWN_WEEKS * 7))


def _parts(
    session: Session, company_id: str, zone: ZoneInfo, spans: Sequence[SpanPair]
) -> list[HourTakings]:
    """Count the days that are compared in part: no sum of hours ends at a minute."""
    wanted = [(begin_of(span.before_last, zone), span.before_ends) for span in spans]
    return list(hours_of(slots(session, company_id, wanted), zone))


def _overview(
    currency: str,
    today: date,
    spans: Sequence[SpanPair],
    known: Sequence[HourTakings],
    parts: Sequence[HourTakings],
) -> Overview:
    by_day, in_part = _by_day(known), _by_day(parts)
    return Overview(
        currency,
        [_span(span, today, by_day, in_part) for span in spans],
        [DayTakings(day, by_day[day]) for day in _days(today - (SHOWN_DAYS - 1) * DAY, today)],
        _by_hour(known, today),
    )


def _span(
    span: SpanPair, today: date, by_day: dict[date, Takings], in_part: dict[date, Takings]
) -> SpanTakings:
    now = sum((by_day[day] for day in _days(span.first, today)), NOTHING)
    whole = _days(span.before_first, span.before_last - DAY)
    before = sum((by_day[day] for day in whole), NOTHING)
    return SpanTakings(span.kind, now, before + in_part[span.before_last])


def _days(first: date, last: date) -> Iterable[date]:
    return (first + timedelta(days=number) for number in range((last - first).days + 1))


def _by_day(known: Sequence[HourTakings]) -> dict[date, Takings]:
    sums: dict[date, Takings] = defaultdict(Takings)
    for hour in known:
        sums[hour.day] += hour.takings
    return sums


def _by_hour(known: Sequence[HourTakings], today: date) -> list[list[int]]:
    first = today - timedelta(weeks=SHOWN_WEEKS) + DAY
    grid = [[0] * 24 for _ in range(7)]
    for hour in known:
        if first <= hour.day <= today:
            grid[hour.day.weekday()][hour.hour] += hour.takings.sales
    return grid
