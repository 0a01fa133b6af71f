"""A child process that outlives ours for a moment, to end what we could not.

Started as a script by `guard.py`. It reads one order a line from standard input, and when that
closes, because the parent has ended in whatever way, it ends the processes and removes the
folders that are still on its list.
"""

import os
import shutil
import signal
import sys
import time
from pathlib import Path

GRACE_SECONDS = 5.0


def send(pid: int, number: int) -> bool:
    """Signal the process group that `pid` leads; False when nothing of it is left."""
    try:
        os.killpg(pid, number)
    except (ProcessLookupError, PermissionError):
        return False
    return True


def end(processes: dict[int, int]) -> None:
    alive = {pid for pid, number in processes.items() if send(pid, number)}
    deadline = time.monotonic() + GRACE_SECONDS
    while alive and time.monotonic() < deadline:
        time.sleep(0.02)
        alive = {pid for pid in alive if send(pid, 0)}
    for pid in alive:
        send(pid, signal.SIGKILL)


def main() -> None:
    processes: dict[int, int] = {}
    folders: set[Path] = set()
    for line in sys.stdin:
        match line.rstrip("\n").split(" ", 2):
            case ["process", pid, number]:
                processes[int(pid)] = int(number)
            case ["forget", pid]:
                processes.pop(int(pid), None)
            case ["folder", "add", path]:
                folders.add(Path(path))
            case ["folder", "drop", path]:
                folders.discard(Path(path))
    end(processes)
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
