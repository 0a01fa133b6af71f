"""Read what was taken: sums of days that are over, and the sales themselves of those that are not.

However far the worker came with its sums, and whether there is one at all, the answer is the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Select, String, extract, func, literal_column, select
from sqlalchemy.orm import Session

from portal.core.local_time import DAY, begin_of, day_of
from portal.models import TakingsDay, TakingsHour, TakingsState
from portal.sales.takings.amounts import NAMES, Takings
from portal.sales.takings.slots import Slot, Span, by_router, slots

Month = tuple[int, int]
"""A year, and a month of it from 1 to 12."""


@dataclass(frozen=True)
class HourTakings:
    """Hold what a company took in an hour of a day, in one currency."""

    day: date
    hour: int
    currency: str
    takings: Takings


@dataclass(frozen=True)
class MonthTakings:
    """Hold what a router took in a month, in one currency."""

    month: Month
    router_id: str
    currency: str
    takings: Takings


def hours(
    session: Session, company_id: str, zone: ZoneInfo, first: date, until: datetime
) -> list[HourTakings]:
    """Give what was taken from the first day's begin until a moment, by hour. Four queries."""
    summed, open_span = _split(session, company_id, zone, first, until)
    sums = [getattr(TakingsHour, name) for name in NAMES]
    query = select(TakingsHour.day, TakingsHour.hour, TakingsHour.currency, *sums).where(
        TakingsHour.company_id == company_id, TakingsHour.day >= first, TakingsHour.day < summed
    )
    found = [
        HourTakings(day, hour, currency, Takings(*told))
        for day, hour, currency, *told in session.execute(query)
    ]
    return [*found, *hours_of(slots(session, company_id, open_span), zone)]


def hours_of(found: Iterator[Slot], zone: ZoneInfo) -> Iterator[HourTakings]:
    """Tell in which hour of which day there each of them was."""
    for slot in found:
        yield HourTakings(*slot.local(zone), slot.currency, slot.takings)


def months(
    session: Session, company_id: str, zone: ZoneInfo, first: date, end: date
) -> list[MonthTakings]:
    """Give what was taken from the first day on and before `end`, by month and router.

    Three queries.
    """
    summed, [span] = _split(session, company_id, zone, first, begin_of(end, zone))
    query = _summed_months(TakingsDay, company_id, first, min(summed, end), TakingsDay.router_id)
    parts = [*_parts(session, query), *_open_months(session, company_id, zone, span)]
    return list(_joined(parts))


def year(session: Session, company_id: str, zone: ZoneInfo, number: int) -> list[MonthTakings]:
    """Give what the company took in a year, by month; no router is told. Three queries."""
    first, end = date(number, 1, 1), date(number + 1, 1, 1)
    summed, [span] = _split(session, company_id, zone, first, begin_of(end, zone))
    nobody = literal_column("''", String)
    query = _summed_months(TakingsHour, company_id, first, min(summed, end), nobody)
    rest = _open_months(session, company_id, zone, span)
    parts = [*_parts(session, query), *(replace(part, router_id="") for part in rest)]
    return list(_joined(parts))


def _parts(session: Session, query: Select[*tuple[Any, ...]]) -> Iterator[MonthTakings]:
    for year_, month, router_id, currency, *sums in session.execute(query):
        yield MonthTakings((int(year_), int(month)), router_id, currency, Takings(*map(int, sums)))


def _open_months(
    session: Session, company_id: str, zone: ZoneInfo, span: Span
) -> Iterator[MonthTakings]:
    """Count the part of months whose days are not summed yet."""
    begun = _months_between(day_of(span[0], zone), day_of(span[1], zone))
    ends = [begin_of(date(year, month, 1), zone) for year, month in begun[1:]]
    for part in by_router(session, company_id, span, ends):
        yield MonthTakings(begun[part.part], part.router_id, part.currency, part.takings)


def _months_between(first: date, last: date) -> list[Month]:
    numbers = range(first.year * 12 + first.month - 1, last.year * 12 + last.month)
    return [(number // 12, number % 12 + 1) for number in numbers]


def _summed_months(
    record: Any, company_id: str, first: date, end: date, router_id: Any
) -> Select[*tuple[Any, ...]]:
    year_, month = extract("year", record.day), extract("month", record.day)
    sums = [func.sum(getattr(record, name)) for name in NAMES]
    keys = [year_, month, record.currency]
    if record is TakingsDay:
        keys.append(router_id)
    return (
        select(year_, month, router_id, record.currency, *sums)
        .where(record.company_id == company_id, record.day >= first, record.day < end)
        .group_by(*keys)
    )


def _joined(parts: Sequence[MonthTakings]) -> Iterator[MonthTakings]:
    sums: dict[tuple[Month, str, str], Takings] = {}
    for part in parts:
        key = (part.month, part.router_id, part.currency)
        sums[key] = sums.get(key, Takings()) + part.takings
    for (month, router_id, currency), takings in sums.items():
        yield MonthTakings(month, router_id, currency, takings)


def _split(
    session: Session, company_id: str, zone: ZoneInfo, first: date, until: datetime
) -> tuple[date, list[Span]]:
    """Tell before which day sums stand, and which span has to be counted."""
    state = session.get(TakingsState, company_id)
    is_summed = state is not None and state.time_zone == zone.key
    summed = max(first, state.through + DAY) if state is not None and is_summed else first
    begins = begin_of(min(summed, day_of(until, zone) + DAY), zone)
    return summed, [(begins, until)]
