"""Run our commands as real child processes: started, listened to, ended by id."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Self, TypeVar

import psutil

from tests.support.patience import PATIENCE
from tests.support.processes import forking
from tests.support.processes.commands import CHECKOUT, child_environment
from tests.support.processes.family import family, kill_all, session
from tests.support.processes.guard import guard
from tests.support.processes.transcript import Transcript

URL = re.compile(r"https?://[^\s\"'<>]+")
LAST_BREATH_SECONDS = 0.1
Found = TypeVar("Found")


class ProcessFailed(AssertionError):
    """A process ended early or did not do in time what was awaited; the text holds its output."""


class Process:
    """One child process, in a session of its own, as a context manager.

    Args:
        args: the command; the first is a program or a path.
        env: variables beside the few that every child gets.
        cwd: where it runs; the checkout by default.
        pass_fds: file descriptors it inherits under the same numbers.
        forked: it may be forked from a process that has our modules imported (`forking.py`).

    After its end `left_running` names the processes of its session that it had not ended itself.
    """

    def __init__(
        self,
        args: Sequence[str | os.PathLike[str]],
        env: Mapping[str, str] | None = None,
        *,
        cwd: Path = CHECKOUT,
        pass_fds: Sequence[int] = (),
        forked: bool = True,
    ) -> None:
        self.args = [os.fspath(arg) for arg in args]
        self._env = child_environment() | dict(env or {})
        self._cwd = cwd
        self._pass_fds = tuple(pass_fds)
        self._forked = forked
        self._child: subprocess.Popen[str] | forking.Forked | None = None
        self._transcript = Transcript({})
        self.left_running: list[str] = []

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *exc_info: object) -> None:
        self.terminate()

    def start(self) -> Self:
        """Start; once more, if it has been ended before."""
        assert self._child is None, "already running"
        self._child = child = self._begin()
        guard().watch(child.pid)
        assert child.stdout is not None
        assert child.stderr is not None
        self._transcript = Transcript({"stdout": child.stdout, "stderr": child.stderr})
        return self

    def _begin(self) -> subprocess.Popen[str] | forking.Forked:
        if self._forked and forking.can_fork(self.args, self._env, self._cwd):
            return forking.start(self.args, self._env, self._pass_fds)
        return subprocess.Popen(
            self.args,
            env=self._env,
            cwd=self._cwd,
            pass_fds=self._pass_fds,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            errors="replace",
            start_new_session=True,
        )

    @property
    def running(self) -> bool:
        return self._child is not None and self._child.poll() is None

    @property
    def pid(self) -> int:
        return self._started.pid

    @property
    def stdout(self) -> str:
        return self._transcript.text("stdout")

    @property
    def stderr(self) -> str:
        return self._transcript.text("stderr")

    @property
    def output(self) -> str:
        """What it said on both, in the order in which it arrived."""
        return self._transcript.text("stdout", "stderr")

    def family(self) -> list[psutil.Process]:
        """The process itself, first, and all that descend from it."""
        return family(self.pid)

    def wait_for_json(self, seconds: float = PATIENCE) -> dict[str, Any]:
        """The first line of standard output that is a JSON object."""
        return self._find(json_object, "a line of JSON", seconds)

    def wait_for_url(self, seconds: float = PATIENCE) -> str:
        """The first address on standard output."""
        return self.wait_for(URL, seconds).group()

    def wait_for(self, pattern: str | re.Pattern[str], seconds: float = PATIENCE) -> re.Match[str]:
        """The first match within a line of standard output."""
        return self._find(re.compile(pattern).search, f"a line with {pattern!r}", seconds)

    def wait_for_port(self, port: int, seconds: float = PATIENCE) -> None:
        """Wait until somebody listens on a port of 127.0.0.1."""
        self.wait_until(lambda: listens(port), f"a listener on port {port}", seconds)

    def wait_until(self, done: Callable[[], object], what: str, seconds: float = PATIENCE) -> None:
        """Ask `done` until it agrees, while the process runs. Raises `ProcessFailed`."""
        deadline = time.monotonic() + seconds
        while not done():
            if not self.running or time.monotonic() > deadline:
                raise self._failure(what)
            time.sleep(0.02)

    def wait(self, seconds: float = PATIENCE) -> int:
        """Wait for it to end by itself. Its exit status, or minus the signal that ended it.

        Raises `ProcessFailed` when it still runs after `seconds`.
        """
        try:
            status = self._started.wait(seconds)
        except subprocess.TimeoutExpired:
            raise self._failure("its end") from None
        self._ended()
        return status

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to the process alone, not to its children."""
        self._started.send_signal(number)

    def terminate(self, seconds: float = PATIENCE) -> int | None:
        """Ask it to end; kill it, and whatever it left running, when the time has passed.

        Its status as `wait` gives it; None when it had been ended before.
        """
        if self._child is None:
            return None
        self._child.terminate()
        try:
            return self.wait(seconds)
        except ProcessFailed:
            return self.kill()

    def kill(self) -> int:
        """End it and its children at once with SIGKILL, as a crash would."""
        with suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        return self.wait()

    @property
    def _started(self) -> subprocess.Popen[str] | forking.Forked:
        assert self._child is not None, "not running"
        return self._child

    def _find(self, search: Callable[[str], Found | None], what: str, seconds: float) -> Found:
        found = self._transcript.find("stdout", search, seconds)
        if found is None:
            raise self._failure(what)
        return found

    def _ended(self) -> None:
        """Sweep up what it left running, which also ends the streams."""
        left = session(self.pid)
        self.left_running = [str(process) for process in left]
        kill_all(left)
        self._transcript.finish(PATIENCE)
        guard().forget(self.pid)
        self._child = None

    def _failure(self, awaited: str) -> ProcessFailed:
        # It may have closed its output and be just about to end.
        with suppress(subprocess.TimeoutExpired):
            self._started.wait(LAST_BREATH_SECONDS)
            self._transcript.finish(LAST_BREATH_SECONDS)
        state = "runs" if self.running else f"ended with {self._started.returncode}"
        command = " ".join(self.args)
        return ProcessFailed(f"waited in vain for {awaited}: {command} {state}\n{self.output}")


def json_object(line: str) -> dict[str, Any] | None:
    try:
        value = json.loads(line)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None


def listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True
