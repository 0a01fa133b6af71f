"""Let the call at hand take as long as it is to, all in all."""

from __future__ import annotations

import asyncio
from contextvars import ContextVar
from time import monotonic

from portal.sandbox.punctual import wait_until

_at_hand: ContextVar[Pace] = ContextVar("_at_hand")


class Pace:
    """Set for one call, from its arrival on: what it takes to carry it out is part of it."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._answer_at = monotonic() + seconds
        _at_hand.set(self)

    async def first_half(self) -> None:
        """Wait for the time before the call is carried out."""
        if self._seconds > 0:
            await asyncio.sleep(self._seconds / 2)

    async def second_half(self) -> None:
        """Wait for the time until its answer."""
        if self._seconds > 0:
            await wait_until(self._answer_at)

    @staticmethod
    async def prolong(seconds: float) -> None:
        """Time on top, while the call at hand is carried out."""
        if seconds <= 0:
            return
        pace = _at_hand.get(None)
        if pace is not None:
            pace._answer_at += seconds
        await asyncio.sleep(seconds)
