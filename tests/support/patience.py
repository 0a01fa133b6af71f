"""Wait for what must come without minding how busy the machine is."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial, wraps
from typing import ParamSpec

# Seconds. Nothing that works takes as long, two busy loops beside it included; what hangs does.
PATIENCE = 90.0
SPIN_SECONDS = 0.1
TRIES = 40
LOOK_SECONDS = 0.005
Given = ParamSpec("Given")


def quickest(action: Callable[[], object], enough: float, tries: int = TRIES) -> float:
    """Tell how many seconds the quickest try took; the first that took less than `enough` is it.

    Load beside us slows tries down, and cannot make one quicker than it is.
    """
    best = float("inf")
    for _ in range(tries):
        began = time.monotonic()
        action()
        best = min(best, time.monotonic() - began)
        if best < enough:
            break
    return best


def within(
    seconds: float, at_least: float = 0.0
) -> Callable[[Callable[Given, None]], Callable[Given, None]]:
    """Have a test tried until it takes less than so many seconds, and `at_least` as many.

    What its fixtures give it serves every try.
    """

    def decorate(test: Callable[Given, None]) -> Callable[Given, None]:
        @wraps(test)
        def tried(*args: Given.args, **kwargs: Given.kwargs) -> None:
            took = quickest(partial(test, *args, **kwargs), seconds)
            assert at_least <= took < seconds, took

        return tried

    return decorate


def wait_until(holds: Callable[[], object], what: str = "it") -> None:
    """Look again and again until it holds, for what no event tells of."""
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end, f"waited in vain for {what}"
        time.sleep(LOOK_SECONDS)


def slowness() -> float:
    """Tell how many times as long as on an idle machine work takes at this moment.

    Work is measured by the CPU seconds that it takes, so a slow machine is no busy one.
    """
    began, spun = time.monotonic(), time.thread_time()
    while time.thread_time() - spun < SPIN_SECONDS:
        pass
    return max(1.0, (time.monotonic() - began) / SPIN_SECONDS)
