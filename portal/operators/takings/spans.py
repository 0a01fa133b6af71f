"""Lay a day, a week and a month so far beside as much of the one before, by the place's clock."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from portal.core.local_time import DAY, begin_of

WEEK = timedelta(days=7)


class SpanKind(StrEnum):
    """Name a stretch of time that an operator compares."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


@dataclass(frozen=True)
class SpanPair:
    """Hold a stretch so far and as much of the one before it.

    It goes from `first`, a day, until now. The one before goes from `before_first` through the
    whole days before `before_last`, and of that day until `before_ends`.
    """

    kind: SpanKind
    first: date
    before_first: date
    before_last: date
    before_ends: datetime


def compared(now: datetime, zone: ZoneInfo) -> list[SpanPair]:
    """Give the three. A week begins on Monday; of a longer month there is only so much before."""
    today = now.astimezone(zone).date()
    monday, month = today - timedelta(days=today.weekday()), today.replace(day=1)
    return [
        _compared(SpanKind.DAY, today, today - DAY, today - DAY, now, zone),
        _compared(SpanKind.WEEK, monday, monday - WEEK, today - WEEK, now, zone),
        _month(month, today, now, zone),
    ]


def same_time(day: date, now: datetime, zone: ZoneInfo) -> datetime:
    """Give the moment at which clocks there showed on that day what they show now."""
    there = now.astimezone(zone)
    return datetime.combine(day, there.time(), zone).astimezone(UTC)


def _month(month: date, today: date, now: datetime, zone: ZoneInfo) -> SpanPair:
    before = (month - DAY).replace(day=1)
    length = monthrange(before.year, before.month)[1]
    if today.day > length:
        # All of it, since it never got as far as this one.
        return SpanPair(SpanKind.MONTH, month, before, month, begin_of(month, zone))
    last = before.replace(day=today.day)
    return _compared(SpanKind.MONTH, month, before, last, now, zone)


def _compared(
    kind: SpanKind, first: date, before: date, last: date, now: datetime, zone: ZoneInfo
) -> SpanPair:
    return SpanPair(kind, first, before, last, same_time(last, now, zone))
