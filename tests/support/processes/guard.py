"""See to it that no process and no folder of a run outlives it, even when the run is killed."""

from __future__ import annotations

import atexit
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from functools import cache
from pathlib import Path

GUARDIAN = Path(__file__).with_name("guardian.py")


class Guard:
    """Tells a guardian process what to end, should this process die before it could."""

    def __init__(self) -> None:
        # A session of its own, so that a Ctrl-C or a kill of our process group spares it.
        self._guardian = subprocess.Popen(
            [sys.executable, "-I", "-S", str(GUARDIAN)],
            stdin=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        self._lock = threading.Lock()
        atexit.register(self._close)

    def watch(self, pid: int, number: signal.Signals = signal.SIGKILL) -> None:
        """If we die, send signal `number` to the group led by `pid`, SIGKILL seconds later."""
        self._tell(f"process {pid} {number:d}")

    def forget(self, pid: int) -> None:
        """`pid` has ended; its number may become somebody else's."""
        self._tell(f"forget {pid}")

    def make_folder(self, prefix: str, parent: str | None = None) -> Path:
        """A new temporary folder, removed by `remove_folder` or when we end."""
        folder = Path(tempfile.mkdtemp(prefix=prefix, dir=parent))
        self._tell(f"folder add {folder}")
        return folder

    def remove_folder(self, folder: Path) -> None:
        shutil.rmtree(folder)
        self._tell(f"folder drop {folder}")

    def _tell(self, line: str) -> None:
        stdin = self._guardian.stdin
        assert stdin is not None
        with self._lock:
            stdin.write(line + "\n")
            stdin.flush()

    def _close(self) -> None:
        self._guardian.communicate()


@cache
def guard() -> Guard:
    """The one guard of this process."""
    return Guard()
