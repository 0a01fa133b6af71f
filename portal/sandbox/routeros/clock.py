"""Tell the time by the router's clock, which tests can move."""

from __future__ import annotations

import time


class Clock:
    """Count seconds since 1970: the machine's, or those it was frozen at, and the advance."""

    def __init__(self, *, frozen_at: float | None = None) -> None:
        self.offset = 0.0
        self._frozen_at = frozen_at

    def now(self) -> float:
        """Give seconds since 1970 as this router sees them."""
        return (time.time() if self._frozen_at is None else self._frozen_at) + self.offset

    def advance(self, seconds: float) -> None:
        """Let time pass at once: sessions grow, and end where they must."""
        self.offset += seconds
