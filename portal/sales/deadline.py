"""The time a request has left."""

from __future__ import annotations

import time


class Deadline:
    """A moment by which an answer must be out."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    def remaining(self, at_most: float = float("inf")) -> float:
        """Seconds left, never negative."""
        return max(0.0, min(self._end - time.monotonic(), at_most))

    @property
    def passed(self) -> bool:
        """Whether it is over."""
        return self.remaining() == 0.0
