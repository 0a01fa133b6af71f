"""Wait for a moment to the tenth of a millisecond, for delays that are measured against."""

from __future__ import annotations

import asyncio
from time import monotonic, sleep

# epoll counts whole milliseconds, so asyncio wakes up to one too late.
LATE_SECONDS = 0.001


async def wait_until(moment: float) -> None:
    """Until this moment of the monotonic clock; for its last millisecond the loop stands still."""
    early = moment - monotonic() - LATE_SECONDS
    if early > 0:
        await asyncio.sleep(early)
    left = moment - monotonic()
    if left > 0:
        sleep(left)
