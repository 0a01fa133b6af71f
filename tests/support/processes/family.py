"""Find which processes belong together, and whether they still run."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable
from contextlib import suppress

import psutil

from tests.support.patience import PATIENCE


def family(pid: int) -> list[psutil.Process]:
    """The process, first, and all that descend from it; empty when it has ended."""
    try:
        parent = psutil.Process(pid)
        return [parent, *parent.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def session(leader: int) -> list[psutil.Process]:
    """The running processes of the session that `leader` opened, orphans included."""
    members = [process for process in psutil.process_iter() if in_session(process, leader)]
    return [process for process in members if runs(process)]


def in_session(process: psutil.Process, leader: int) -> bool:
    try:
        return os.getsid(process.pid) == leader
    except ProcessLookupError:
        return False


def runs(process: psutil.Process) -> bool:
    """Whether it runs: a zombie does not, and as an orphan stays one for as long as init likes."""
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def kill_all(processes: Iterable[psutil.Process]) -> None:
    """SIGKILL each and wait until none runs."""
    processes = list(processes)
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            process.kill()
    await_end(processes)


def await_end(processes: Iterable[psutil.Process], seconds: float = PATIENCE) -> None:
    """Wait until none of them runs. Raises TimeoutError."""
    processes = list(processes)
    deadline = time.monotonic() + seconds
    while any(map(runs, processes)):
        if time.monotonic() > deadline:
            raise TimeoutError(f"still running: {processes}")
        time.sleep(0.005)
