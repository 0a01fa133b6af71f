"""Run several environments side by side, since most of what goes wrong is waiting."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from queue import SimpleQueue
from typing import Any, TypeVar

from tests.support.environment import Environment, open_environment
from tests.support.patience import PATIENCE

Case = TypeVar("Case")
Result = TypeVar("Result")

MANY, FEW = 8, 3
# Only what hangs has little time (`playing.py`), so that nothing hurries on a busy machine.
UNHURRIED = {
    "gateway_timeout": PATIENCE / 3,
    "gateway_connect_timeout": PATIENCE / 3,
    "router_timeout": PATIENCE / 3,
    "router_connect_timeout": PATIENCE / 3,
    "router_verify_seconds": 0.2,
    "sale_deadline": PATIENCE,
}


class Lanes:
    """Environments of which each serves one case at a time."""

    def __init__(self, environments: Sequence[Environment]) -> None:
        self._count = len(environments)
        self._free: SimpleQueue[Environment] = SimpleQueue()
        for environment in environments:
            self._free.put(environment)

    def run(
        self, play: Callable[[Environment, Case], Result], cases: Iterable[Case]
    ) -> list[Result]:
        """Play each case on an environment of its own."""

        def in_an_environment(case: Case) -> Result:
            environment = self._free.get()
            try:
                return play(environment, case)
            finally:
                self._free.put(environment)

        with ThreadPoolExecutor(self._count) as threads:
            return list(threads.map(in_an_environment, cases))


@contextmanager
def open_lanes(
    folder: Path, make_database: Callable[[], str | None], count: int, **settings: Any
) -> Iterator[Lanes]:
    """So many lanes, each on a database of its own."""
    with ExitStack() as stack:
        environments = []
        for number in range(count):
            options = UNHURRIED | settings
            environment = open_environment(folder / str(number), make_database(), **options)
            environments.append(stack.enter_context(environment))
        yield Lanes(environments)
