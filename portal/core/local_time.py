"""Count days as people at a place count them, in their own time zone (IANA's names).

Databases know the zones each by its own tables, or not at all: all of it is worked out here, and
they are only asked to compare moments.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

# A day or a moment; one without offset is the place's own.
When = date | datetime

DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)
# What a machine calls so is known to it alone.
NOT_EVERYWHERE = ("Factory", "localtime", "posixrules")


@cache
def zone_names() -> tuple[str, ...]:
    """List the zones there are, by name."""
    return tuple(sorted(available_timezones().difference(NOT_EVERYWHERE)))


def begin_of(when: When, zone: ZoneInfo) -> datetime:
    """Give the moment in UTC at which a day begins there; a moment is its own begin."""
    if not isinstance(when, datetime):
        when = datetime.combine(when, time())
    return (when if when.tzinfo else when.replace(tzinfo=zone)).astimezone(UTC)


def end_of(when: When, zone: ZoneInfo) -> datetime:
    """Give the moment in UTC at which a day is over there; a moment is its own end."""
    return begin_of(when if isinstance(when, datetime) else when + DAY, zone)


def day_of(moment: datetime, zone: ZoneInfo) -> date:
    """Tell which day it is there at this moment."""
    return moment.astimezone(zone).date()


def offsets(since: datetime, until: datetime, zone: ZoneInfo) -> Iterator[tuple[datetime, int]]:
    """Yield from when on clocks there are how many seconds ahead of UTC, oldest first.

    The first is how they stand at `since`, the others are the changes before `until`.
    """
    at, ahead = since, _ahead(since, zone)
    yield at, ahead
    while at < until:
        following = min(at + DAY, until)
        if _ahead(following, zone) != ahead:
            changed = _change_between(at, following, zone)
            ahead = _ahead(changed, zone)
            yield changed, ahead
        at = following


def _change_between(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """The second from which on the clocks stand otherwise than `before`."""
    ahead = _ahead(before, zone)
    while after - before > SECOND:
        middle = before + (after - before) // 2
        if _ahead(middle, zone) == ahead:
            before = middle
        else:
            after = middle
    return after.replace(microsecond=0)


def _ahead(moment: datetime, zone: ZoneInfo) -> int:
    offset = moment.astimezone(zone).utcoffset() or timedelta()
    return int(offset.total_seconds())
