"""One moment by which a whole call must be over, however many steps it takes."""

from __future__ import annotations

from collections.abc import Iterator
from time import monotonic


class Deadline:
    """A moment `seconds` from when this is made."""

    __slots__ = ("_at", "seconds")

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._at = monotonic() + seconds

    def left(self) -> float:
        """Seconds until then; below zero once it is past."""
        return self._at - monotonic()

    def remaining(self) -> float:
        """Seconds until then, fit for a socket's timeout. Raises TimeoutError once it is past."""
        left = self._at - monotonic()
        if left <= 0:
            raise TimeoutError
        return left

    def within(self, seconds: float) -> Deadline:
        """This moment, or `seconds` from now where that is sooner."""
        return Deadline(min(seconds, self.left()))


def pauses(first: float, longest: float) -> Iterator[float]:
    """Growing pauses between tries, each twice the one before, up to `longest` seconds."""
    pause = first
    while True:
        yield pause
        pause = min(pause * 2, longest)
