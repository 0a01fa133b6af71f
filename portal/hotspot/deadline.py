"""Keep a whole call within one moment, however many steps it takes."""

from __future__ import annotations

from collections.abc import Iterator
from time import monotonic


class Deadline:
    """Keep the moment that is so many seconds from when this is made."""

    __slots__ = ("_at", "seconds")

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._at = monotonic() + seconds

    def remaining(self, at_most: float = float("inf")) -> float:
        """Give the seconds until then, `at_most` so many and never below zero."""
        return max(0.0, min(self._at - monotonic(), at_most))

    @property
    def passed(self) -> bool:
        """Tell whether it is over."""
        return self.remaining() == 0.0

    def socket_timeout(self) -> float:
        """Give the seconds until then, never zero. Raises TimeoutError once it is past.

        To a socket, zero means not to wait for anything at all.
        """
        left = self._at - monotonic()
        if left <= 0:
            raise TimeoutError
        return left

    def within(self, seconds: float) -> Deadline:
        """Give this moment, or `seconds` from now where that is sooner."""
        return Deadline(min(seconds, self.remaining()))


def pauses(first: float, longest: float) -> Iterator[float]:
    """Yield pauses between tries in seconds, each twice the one before, up to `longest`."""
    pause = first
    while True:
        yield pause
        pause = min(pause * 2, longest)
