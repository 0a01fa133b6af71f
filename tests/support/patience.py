"""Wait for what must come without minding how busy the machine is."""

from __future__ import annotations

import time
from collections.abc import Callable

# Seconds. Nothing that works takes as long, two busy loops beside it included; what hangs does.
PATIENCE = 90.0
SPIN_SECONDS = 0.1


def quickest(action: Callable[[], object], enough: float, tries: int = 40) -> float:
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


def slowness() -> float:
    """Tell how many times as long as on an idle machine work takes at this moment.

    Work is measured by the CPU seconds that it takes, so a slow machine is no busy one.
    """
    began, spun = time.monotonic(), time.thread_time()
    while time.thread_time() - spun < SPIN_SECONDS:
        pass
    return max(1.0, (time.monotonic() - began) / SPIN_SECONDS)
