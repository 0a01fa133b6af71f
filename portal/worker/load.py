"""Tell how busy this process is, so that it begins no more than its processor can carry."""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import Lock

# Python runs on one core at a time: from this share of it on, threads wait for each other.
BUSY = 0.85
WINDOW_SECONDS = 0.1


class ProcessLoad:
    """Measure which share of a core this process uses, over and over, for all of its lanes."""

    def __init__(
        self,
        used: Callable[[], float] = time.process_time,
        steady: Callable[[], float] = time.monotonic,
    ) -> None:
        self._used, self._steady = used, steady
        self._lock = Lock()
        self._since = steady(), used()
        self._busy = False

    def is_busy(self) -> bool:
        """Tell whether the last tenth of a second left little of a core."""
        with self._lock:
            now = self._steady()
            elapsed = now - self._since[0]
            if elapsed >= WINDOW_SECONDS:
                used = self._used()
                self._busy = used - self._since[1] > BUSY * elapsed
                self._since = now, used
            return self._busy
