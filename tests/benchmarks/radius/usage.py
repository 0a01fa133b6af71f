"""Count the CPU that processes and all that they started have used."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress

import psutil


def cpu_seconds(pids: Iterable[int]) -> float:
    """User and system time of these processes and their children, in seconds."""
    total = 0.0
    for pid in pids:
        process = psutil.Process(pid)
        for each in (process, *process.children(recursive=True)):
            with suppress(psutil.NoSuchProcess):
                times = each.cpu_times()
                total += times.user + times.system
    return total
