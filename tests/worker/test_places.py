"""Test who may begin: quick steps, slow ones beside them, and nobody in more than a share of
places.
"""

from __future__ import annotations

import threading
from time import monotonic

from portal.worker.places import SLOW_AFTER, Places
from tests.support.patience import PATIENCE


def test_so_many_quick_steps_begin_at_a_time() -> None:
    places = Places(quick=2, most=8)
    first = places.begin("a")
    assert places.wait_for_room(0)
    places.begin("b")
    assert not places.wait_for_room(0)
    places.end(first)
    assert places.wait_for_room(0)


def test_a_slow_step_gives_way_though_it_goes_on() -> None:
    places = Places(quick=1, most=3)
    places.begin("a")
    began = monotonic()
    assert places.wait_for_room(10 * SLOW_AFTER)
    assert monotonic() - began >= SLOW_AFTER / 2
    places.begin("b")
    assert not places.wait_for_room(0)


def test_there_are_only_so_many_places_for_slow_steps() -> None:
    places = Places(quick=1, most=2)
    for company in ("a", "b"):
        assert places.wait_for_room(10 * SLOW_AFTER)
        places.begin(company)
    assert not places.wait_for_room(2 * SLOW_AFTER)


def test_an_end_wakes_whoever_waits() -> None:
    places = Places(quick=1, most=1)
    number = places.begin("a")
    found: list[bool] = []
    waiting = threading.Thread(target=lambda: found.append(places.wait_for_room(30)))
    waiting.start()
    places.end(number)
    waiting.join(PATIENCE)
    assert found == [True]


def test_a_company_is_barred_from_more_than_its_share() -> None:
    places = Places(quick=32, most=32)
    numbers = []
    while "a" not in places.barred():
        numbers.append(places.begin("a"))
    assert 4 <= len(numbers) <= 8
    assert places.barred() == {"a"}
    places.end(numbers[0])
    assert places.barred() == frozenset()


def test_however_many_are_in_trouble_places_are_free_for_who_is_not() -> None:
    places = Places(quick=4, most=32, slow_after=0.0)
    bad = [f"bad {number}" for number in range(40)]
    for company in bad:
        places.end(places.begin(company))
    while willing := [company for company in bad if company not in places.barred()]:
        places.begin(willing[0])
    assert places.wait_for_room(0)
    for _ in range(4):
        assert "good" not in places.barred()
        places.begin(None)


def test_what_is_nobody_s_bars_nobody() -> None:
    places = Places(quick=4, most=4)
    for _ in range(3):
        places.begin(None)
    assert places.barred() == frozenset()
