"""Several stages side by side, since most of what goes wrong is waiting."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from queue import SimpleQueue
from typing import Any, TypeVar

import pytest

from tests.crash.environment import Environment, open_environment

Case = TypeVar("Case")
Result = TypeVar("Result")

MANY, FEW = 8, 3
# Long enough for an answer on a busy machine, short enough to wait for none.
QUICK = {
    "gateway_timeout": 1.2,
    "gateway_connect_timeout": 0.6,
    "router_timeout": 1.4,
    "router_connect_timeout": 0.9,
    "router_verify_seconds": 0.2,
    "sale_deadline": 12.0,
}


class Lanes:
    """Stages of which each serves one case at a time."""

    def __init__(self, stages: Sequence[Environment]) -> None:
        self._count = len(stages)
        self._free: SimpleQueue[Environment] = SimpleQueue()
        for stage in stages:
            self._free.put(stage)

    def run(
        self, play: Callable[[Environment, Case], Result], cases: Iterable[Case]
    ) -> list[Result]:
        """Play each case on a stage of its own."""

        def on_a_stage(case: Case) -> Result:
            stage = self._free.get()
            try:
                return play(stage, case)
            finally:
                self._free.put(stage)

        with ThreadPoolExecutor(self._count) as threads:
            return list(threads.map(on_a_stage, cases))


@contextmanager
def open_lanes(
    folder: Path, request: pytest.FixtureRequest, database: str, count: int, **settings: Any
) -> Iterator[Lanes]:
    """So many lanes with short patience, each on a database of its own."""
    with ExitStack() as stack:
        stages = []
        for number in range(count):
            url = None
            if database == "postgresql":
                url = request.getfixturevalue("postgres").create_database()
            stage = open_environment(folder / str(number), url, **QUICK | settings)
            stages.append(stack.enter_context(stage))
        yield Lanes(stages)
