"""Read CPU seconds by whom they were used."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress

import psutil

Processes = Callable[[], Iterable[psutil.Process]]


class Usage:
    """What named groups of processes use from now on, and what the whole machine does."""

    def __init__(self, groups: Mapping[str, Processes]) -> None:
        self._groups = groups
        self._before = self._now()

    def so_far(self) -> dict[str, float]:
        """CPU seconds since this was made, by group; `machine` is everybody's."""
        now = self._now()
        return {name: now[name] - before for name, before in self._before.items()}

    def _now(self) -> dict[str, float]:
        used = {name: sum(map(_used, processes())) for name, processes in self._groups.items()}
        return used | {"machine": _machine()}


def _used(process: psutil.Process) -> float:
    """Its own, and that of its children that have ended."""
    with suppress(psutil.NoSuchProcess):
        times = process.cpu_times()
        return times.user + times.system + times.children_user + times.children_system
    return 0.0


def _machine() -> float:
    times = psutil.cpu_times()
    return sum(times) - times.idle - getattr(times, "iowait", 0.0) - getattr(times, "guest", 0.0)
