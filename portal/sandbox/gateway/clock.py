"""Tell the time by the sandbox's own clock, which tests may move."""

from __future__ import annotations

import time
from collections.abc import Callable


class Clock:
    """Unix time plus an offset in seconds; `moved` is called after it was moved."""

    def __init__(self) -> None:
        self.offset = 0.0
        self.moved: Callable[[], None] = lambda: None

    def now(self) -> int:
        """Unix seconds."""
        return int(time.time() + self.offset)

    def advance(self, seconds: float) -> None:
        """Move forward, or back with a negative number; waiting calls are not hurried."""
        self.offset += seconds
        self.moved()
