"""Run an event loop in a thread of its own, for whoever has none."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

Answer = TypeVar("Answer")


class Background:
    """Run coroutines and plain calls on its loop, for callers in any other thread."""

    def __init__(self, name: str) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        """Start the thread, once."""
        self._thread.start()

    def run(self, work: Coroutine[Any, Any, Answer]) -> Answer:
        """Wait for a coroutine's result; raises what it raises."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    def call(self, action: Callable[[], Answer]) -> Answer:
        """Call something on the loop's thread and wait for what it returns."""

        async def work() -> Answer:
            return action()

        return self.run(work())

    @property
    def stopped(self) -> bool:
        """Tell whether `stop` was called."""
        return self._loop.is_closed()

    def stop(self) -> None:
        """End the thread and close the loop."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_forever()
