"""Leaving a router alone that keeps failing, and trying it again by itself."""

from __future__ import annotations

from secrets import SystemRandom
from threading import Lock
from time import monotonic

from portal.hotspot.router import RouterUnavailable
from portal.hotspot.routeros import messages

_JITTER = 0.2


class Breaker:
    """After `failures` calls without an answer in a row, nothing is asked for `pause` seconds.

    Then one call is let through as a probe, and one more each pause until one is answered.
    An answer is anything the router says, a refusal too.
    """

    def __init__(self, failures: int, pause: float) -> None:
        self._limit = failures
        self._pause = pause
        self._failures = 0
        self._retry_at = 0.0
        self._lock = Lock()

    def check(self) -> None:
        """Raise RouterUnavailable while the router is left alone."""
        if self._failures >= self._limit and monotonic() < self._retry_at:
            raise RouterUnavailable(messages.LEFT_ALONE, executed=False)

    def admit(self) -> None:
        """As `check`, and once the pause is over, take the one probe for this call."""
        if self._failures < self._limit:
            return
        with self._lock:
            self.check()
            self._retry_at = self._after_a_pause()

    def answered(self) -> None:
        """The router said something: all is well."""
        self._failures = 0

    def unanswered(self) -> None:
        """The router was not reached, was silent, or cut the connection."""
        with self._lock:
            self._failures += 1
            if self._failures >= self._limit:
                self._retry_at = self._after_a_pause()

    def _after_a_pause(self) -> float:
        return monotonic() + self._pause * SystemRandom().uniform(1 - _JITTER, 1 + _JITTER)
