"""The router's clock, which tests can move."""

from __future__ import annotations

import time


class Clock:
    """Wall-clock time in seconds since 1970, shifted by what it was advanced."""

    def __init__(self, *, running: bool = True) -> None:
        self.offset = 0.0
        self._frozen = None if running else time.time()

    def now(self) -> float:
        """Seconds since 1970 as this router sees them."""
        return (time.time() if self._frozen is None else self._frozen) + self.offset

    def advance(self, seconds: float) -> None:
        """Let time pass at once: sessions grow, and end where they must."""
        self.offset += seconds
