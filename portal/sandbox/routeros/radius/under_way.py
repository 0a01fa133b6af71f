"""Do by the way what the router does while it answers others."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any


class UnderWay:
    """Keep tasks of the running loop."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()

    def start(self, work: Coroutine[Any, Any, None]) -> None:
        """Begin it now, in the order of the calls."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def cancel(self) -> None:
        """Give all of it up."""
        for task in self._tasks:
            task.cancel()

    async def done(self) -> None:
        """Wait until nothing is under way any more."""
        while self._tasks:
            await asyncio.wait(list(self._tasks))
