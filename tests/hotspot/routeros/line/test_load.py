"""Test how many commands are open: as many as the router works on side by side."""

from __future__ import annotations

import heapq
from functools import partial
from itertools import count

import pytest

from portal.hotspot.router import HotspotRouter
from portal.hotspot.routeros.line.load import Window
from portal.sandbox.routeros import RouterSandbox
from tests.hotspot.routeros.conftest import Connect
from tests.hotspot.routeros.crowd import Crowd

SERVICE = 0.02


def settle(window: Window, at_once: int, commands: int = 2_000, start: float = 0.0) -> float:
    """Keep a router that works on so many at once as busy as the window allows; when it ends."""
    now, free = start, [start] * at_once
    open_commands: list[tuple[float, int, float, int]] = []
    numbers = count()
    for _ in range(commands):
        while len(open_commands) < window.size:
            begins = max(now, heapq.heappop(free))
            heapq.heappush(free, begins + SERVICE)
            beside = len(open_commands) + 1
            heapq.heappush(open_commands, (begins + SERVICE, next(numbers), now, beside))
        now, _, sent_at, beside = heapq.heappop(open_commands)
        window.note("print", sent_at, now, beside)
    return now


@pytest.mark.parametrize(
    ("at_once", "least", "most"), [(1, 2, 4), (2, 3, 6), (8, 8, 24), (100, 32, 32)]
)
def test_it_finds_what_a_router_does_at_once(at_once: int, least: int, most: int) -> None:
    window, sizes = Window(4, 32), []
    end = settle(window, at_once)
    for _ in range(20):
        end = settle(window, at_once, 50, end)
        sizes.append(window.size)
    assert least <= sorted(sizes)[10] <= most


def test_it_follows_a_router_that_changes() -> None:
    window = Window(4, 32)
    end = settle(window, 100)
    assert window.size == 32
    end = settle(window, 1, 400, end)
    assert window.size <= 4
    settle(window, 100, 2_000, end)
    assert window.size == 32


def test_a_router_that_has_become_slower_for_good_is_believed_when_a_command_is_alone() -> None:
    window = Window(4, 32)
    settle(window, 100)
    for number in range(60):
        window.note("print", 1_000.0 + number, 1_000.3 + number, 1)
    for number in range(400):
        window.note("print", 2_000.0 + number * 0.01, 2_000.3 + number * 0.01, 32)
    assert window.size == 32


def test_commands_are_told_apart_since_they_take_their_own_time() -> None:
    window = Window(4, 32)
    for number in range(400):
        now = number * 0.01
        path, took = ("login", 0.5) if number % 2 else ("print", 0.02)
        window.note(path, now, now + took, 32)
    assert window.size == 32


def test_it_begins_small_after_a_silence() -> None:
    window = Window(4, 32)
    settle(window, 100)
    window.restart()
    assert window.size == 4
    assert Window(4, 1).size == 1


def find_twelve(router: HotspotRouter) -> None:
    for _ in range(12):
        router.provisioner.find_user("x", 30)


def test_more_are_open_as_a_router_answers_them_side_by_side(connect: Connect) -> None:
    open_most = {}
    for at_once in (None, 1):
        with RouterSandbox(at_once=at_once) as box:
            box.faults.delay(15, "/ip/hotspot/user/print", times=None)
            router = connect(box)
            Crowd(partial(find_twelve, router), 24).wait()
            open_most[at_once] = router.channel._window.size
            assert box.counters.connections <= 2
    assert open_most[None] >= 16
    assert open_most[1] <= 8
