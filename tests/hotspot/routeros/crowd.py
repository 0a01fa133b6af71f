"""Call from many threads at once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from time import monotonic
from typing import Any

from portal.hotspot.errors import RouterError


class Crowd:
    """Starts `count` threads together; `results` are (what came back or was raised, seconds)."""

    def __init__(self, call: Callable[[], Any], count: int) -> None:
        self._call = call
        self._start = threading.Barrier(count)
        self.results: list[tuple[Any, float]] = []
        self._threads = [threading.Thread(target=self._run) for _ in range(count)]
        for thread in self._threads:
            thread.start()

    def wait(self) -> list[tuple[Any, float]]:
        for thread in self._threads:
            thread.join()
        return self.results

    def _run(self) -> None:
        self._start.wait()
        started = monotonic()
        try:
            result = self._call()
        except RouterError as error:
            result = error
        self.results.append((result, monotonic() - started))
