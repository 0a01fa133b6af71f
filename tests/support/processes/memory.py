"""Measure the memory of processes that share some of it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

import psutil

PSS = re.compile(r"^Pss: +(\d+) kB$", re.MULTILINE)
PRIVATE = re.compile(r"^Private_(?:Clean|Dirty): +(\d+) kB$", re.MULTILINE)


def pss(processes: Iterable[psutil.Process]) -> int:
    """Their memory in bytes (PSS): of what several have mapped, each counts its share."""
    return sum(_read(process.pid, PSS) for process in processes)


def private(process: psutil.Process) -> int:
    """How many bytes only this process has."""
    return _read(process.pid, PRIVATE)


def _read(pid: int, what: re.Pattern[str]) -> int:
    """None where it has ended meanwhile."""
    with suppress(FileNotFoundError, ProcessLookupError):
        found = what.findall(Path(f"/proc/{pid}/smaps_rollup").read_text())
        return sum(map(int, found)) * 1024
    return 0
