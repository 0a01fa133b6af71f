"""Test a clock that stands still during outages, against one that is moved minute by minute."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from portal.access.spans import Span, joined, running, runs_out
from tests.support.any_input import any_input

ZERO = datetime(2026, 1, 1, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
LONGEST = 40


def at(minute: int) -> datetime:
    return ZERO + minute * MINUTE


minutes = st.integers(0, LONGEST)
outages = st.lists(
    st.tuples(minutes, st.integers(1, LONGEST)).map(lambda pair: (pair[0], pair[0] + pair[1])),
    max_size=5,
)


def stood(pauses: list[tuple[int, int]]) -> set[int]:
    """The minutes in which the model's clock stands still."""
    return {minute for start, end in pauses for minute in range(start, end)}


def spans(pauses: list[tuple[int, int]]) -> list[Span]:
    return joined(Span(at(start), at(end)) for start, end in pauses)


@given(pauses=outages)
@any_input(100)
def test_joined_are_the_same_moments_apart_and_in_order(pauses: list[tuple[int, int]]) -> None:
    found = spans(pauses)
    kept = {m for m in range(3 * LONGEST) if any(s.start <= at(m) < s.end for s in found)}
    assert kept == stood(pauses)
    assert all(before.end < after.start for before, after in pairwise(found))


@given(start=minutes, length=minutes, pauses=outages)
@any_input(200)
def test_a_clock_runs_while_nothing_stops_it(
    start: int, length: int, pauses: list[tuple[int, int]]
) -> None:
    ran = running(at(start), at(start + length), spans(pauses))
    assert ran == len(set(range(start, start + length)) - stood(pauses)) * MINUTE


@given(start=minutes, length=st.integers(1, LONGEST), pauses=outages)
@any_input(200)
def test_a_clock_runs_out_when_it_has_run_for_its_length(
    start: int, length: int, pauses: list[tuple[int, int]]
) -> None:
    minute, left = start, length
    while left:
        left -= minute not in stood(pauses)
        minute += 1
    assert runs_out(at(start), length * MINUTE, spans(pauses)) == at(minute)
