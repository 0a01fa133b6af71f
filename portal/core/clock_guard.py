"""Notice that this machine's clock was moved, so that nothing is ended for that alone."""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import Lock

# What time servers correct little by little is less; what matters to a customer is more.
JUMP = 120.0
QUIET = 600.0


class ClockGuard:
    """Compare the clock that can be moved with the one that cannot.

    After a jump either way the clock is not trusted for `QUIET` seconds: a mistake is most
    often corrected within minutes, and whatever is over then can end as well afterwards.
    """

    def __init__(
        self,
        wall: Callable[[], float] = time.time,
        steady: Callable[[], float] = time.monotonic,
    ) -> None:
        self._wall, self._steady = wall, steady
        self._lock = Lock()
        self._distance = wall() - steady()
        self._jumped_at: float | None = None

    def is_trusted(self) -> bool:
        """Tell whether the clock has run evenly for a while, as far as this process has seen."""
        with self._lock:
            now = self._steady()
            distance = self._wall() - now
            if abs(distance - self._distance) > JUMP:
                self._jumped_at = now
            self._distance = distance
            return self._jumped_at is None or now - self._jumped_at >= QUIET


_guard = ClockGuard()


def clock_is_trusted() -> bool:
    """Tell whether what is over by this machine's clock may be taken for over."""
    return _guard.is_trusted()
