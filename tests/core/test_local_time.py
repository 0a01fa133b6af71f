"""Test days as they are counted where clocks are set forward and back, or moved for good."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from portal.core.local_time import DAY, begin_of, day_of, end_of, offsets, zone_names

MEXICO = ("America/Mexico_City", "America/Cancun", "America/Tijuana", "America/Ciudad_Juarez")
MIDNIGHT_CHANGES = ("America/Santiago", "America/Havana", "America/Asuncion", "Asia/Beirut")
ODD = ("Asia/Kathmandu", "Australia/Lord_Howe", "Pacific/Apia", "Pacific/Kiritimati", "UTC")
ZONES = (*MEXICO, *MIDNIGHT_CHANGES, *ODD)


@pytest.mark.parametrize(
    ("zone", "day", "begins", "hours"),
    [
        ("America/Mexico_City", date(2025, 3, 10), datetime(2025, 3, 10, 6), 24),
        ("America/Mexico_City", date(2022, 4, 3), datetime(2022, 4, 3, 6), 23),
        ("America/Mexico_City", date(2022, 10, 30), datetime(2022, 10, 30, 5), 25),
        ("America/Tijuana", date(2025, 3, 9), datetime(2025, 3, 9, 8), 23),
        ("America/Tijuana", date(2025, 11, 2), datetime(2025, 11, 2, 7), 25),
        ("America/Ciudad_Juarez", date(2025, 11, 2), datetime(2025, 11, 2, 6), 25),
        # A month after it had left the hour of Chihuahua for good, it went back to that of El Paso.
        ("America/Ciudad_Juarez", date(2022, 11, 29), datetime(2022, 11, 29, 6), 25),
        ("America/Cancun", date(2025, 7, 1), datetime(2025, 7, 1, 5), 24),
        ("America/Cancun", date(2015, 2, 1), datetime(2015, 2, 1, 6), 23),
    ],
)
def test_a_day_is_as_long_as_its_clocks_say(
    zone: str, day: date, begins: datetime, hours: int
) -> None:
    place = ZoneInfo(zone)
    begin = begin_of(day, place)
    assert begin == begins.replace(tzinfo=UTC)
    assert end_of(day, place) - begin == timedelta(hours=hours)


@pytest.mark.parametrize("zone", ZONES)
def test_days_follow_each_other_without_gaps(zone: str) -> None:
    place, day = ZoneInfo(zone), date(2008, 1, 1)
    while day < date(2027, 1, 1):
        begin, end = begin_of(day, place), end_of(day, place)
        assert end == begin_of(day + DAY, place)
        if begin < end:
            assert day_of(begin, place) == day_of(end - timedelta(microseconds=1), place) == day
        day += DAY


@pytest.mark.parametrize("zone", ZONES)
def test_changes_of_the_clocks_are_found_to_the_second(zone: str) -> None:
    place = ZoneInfo(zone)
    since, until = datetime(2008, 1, 1, 0, 0, 7, 5, UTC), datetime(2027, 1, 1, tzinfo=UTC)
    found = list(offsets(since, until, place))
    assert found[0][0] == since
    for (_, before), (change, after) in pairwise(found):
        moments = (change - timedelta(microseconds=1), change)
        ahead = [moment.astimezone(place).utcoffset() for moment in moments]
        assert ahead == [timedelta(seconds=before), timedelta(seconds=after)]
    by_hand = {day.astimezone(place).utcoffset() for day in days(since, until)}
    assert {timedelta(seconds=ahead) for _, ahead in found} == by_hand


def days(since: datetime, until: datetime) -> list[datetime]:
    return [since + timedelta(days=day) for day in range((until - since).days)]


def test_a_moment_is_its_own_begin_and_end() -> None:
    place = ZoneInfo("America/Tijuana")
    aware, naive = datetime(2025, 1, 1, 12, tzinfo=UTC), datetime(2025, 1, 1, 4)
    assert {begin_of(aware, place), end_of(aware, place), begin_of(naive, place)} == {aware}


def test_the_zones_of_mexico_are_known_and_a_machines_own_is_none() -> None:
    assert set(MEXICO) <= set(zone_names())
    assert not {"localtime", "Factory"} & set(zone_names())
