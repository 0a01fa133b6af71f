"""Run our commands in processes that have the application's modules imported already.

To import them is most of what a short process costs, and to bind addresses most of the rest. So
`python -m flask`, gunicorn and the sandboxes are forked from one process that has done nothing but
that (`fork_server.py`); what reads settings (`wsgi`, `portal.server`) each imports itself, and its
application, sockets, signals and files are its own.
"""

from __future__ import annotations

import atexit
import json
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import cache, partial
from pathlib import Path
from typing import IO

from tests.support.processes import shared
from tests.support.processes.becoming import NUMBER
from tests.support.processes.guard import guard

CHECKOUT = Path(__file__).resolve().parents[3]
PYTHON_M = (sys.executable, "-m")
OURS = ("flask", "gunicorn", "portal.sandbox.", "tests.crash.forker", "tests.benchmarks.")
# What Python itself reads as it starts, and the client of Prometheus as it is imported.
BEFORE_IMPORTS = ("LANG", "LC_", "TZ", "PYTHON", "PROMETHEUS_")
IN_TEST = "PYTEST_CURRENT_TEST"
Word = str | os.PathLike[str]


def can_fork(args: Sequence[Word], environ: Mapping[str, str], cwd: Path = CHECKOUT) -> bool:
    """Whether a test starts one of our commands, in an environment that starts Python as ours did.

    A benchmark starts them as anybody does: a fork would share memory, and have nothing to import.
    """
    if IN_TEST not in os.environ:
        return False
    ours = tuple(args[:2]) == PYTHON_M and os.fspath(args[2]).startswith(OURS)
    return (
        ours
        and cwd == CHECKOUT
        and all(
            os.environ.get(name) == text or (name, text) == ("PYTHONUNBUFFERED", "1")
            for name, text in environ.items()
            if name.startswith(BEFORE_IMPORTS)
        )
    )


class Forked:
    """A forked process, with what `Popen` offers of a started one."""

    def __init__(self, args: Sequence[Word], tells: int) -> None:
        self.args = list(args)
        self.returncode: int | None = None
        self.stdout: IO[str] | None = None
        self.stderr: IO[str] | None = None
        self._tells = tells
        self._lock = threading.Lock()
        [self.pid] = NUMBER.unpack(os.read(tells, NUMBER.size))

    def poll(self) -> int | None:
        """Its status, or minus the signal that ended it; None while it runs."""
        with suppress(subprocess.TimeoutExpired):
            self.wait(0)
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end. Raises TimeoutExpired after so many seconds."""
        with self._lock:
            if self.returncode is None:
                if not select.select([self._tells], [], [], timeout)[0]:
                    raise subprocess.TimeoutExpired(self.args, timeout or 0)
                # Nothing comes where its parent was killed, and with it all that it forked.
                said = os.read(self._tells, NUMBER.size)
                self.returncode = NUMBER.unpack(said)[0] if said else -signal.SIGKILL
                os.close(self._tells)
            return self.returncode

    def send_signal(self, number: int) -> None:
        """Send it a signal, unless it has ended."""
        if self.poll() is None:
            with suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)


class ForkServer:
    """The process that forks; to be asked by any thread. `wait` waits for its end."""

    def __init__(self, orders: socket.socket, pid: int, wait: Callable[[], object]) -> None:
        self._orders, self._pid, self._wait = orders, pid, wait
        guard().watch(pid)

    def fork(
        self,
        args: Sequence[Word],
        environ: Mapping[str, str],
        files: Sequence[int],
        pass_fds: Sequence[int] = (),
    ) -> Forked:
        """A process in a session of its own, with these files as standard ones."""
        order = {
            "words": [os.fspath(word) for word in args[len(PYTHON_M) :]],
            "environ": dict(environ),
            "numbers": [*range(len(files)), *pass_fds],
            "umask": umask(),
        }
        tells, told = os.pipe()
        try:
            socket.send_fds(self._orders, [json.dumps(order).encode()], [told, *files, *pass_fds])
        finally:
            os.close(told)
        return Forked(args, tells)

    def close(self) -> None:
        """End it."""
        self._orders.close()
        self._wait()
        guard().forget(self._pid)


_first = threading.Lock()
_adopted: list[tuple[socket.socket, int]] = []


def adopt(orders: socket.socket, pid: int) -> None:
    """Let this process' fork server be one that was forked before it did anything."""
    _adopted.append((orders, pid))


def fork_server() -> ForkServer:
    """The one of this process, which ends with it."""
    with _first:
        return _fork_server()


@cache
def _fork_server() -> ForkServer:
    if _adopted:
        [(orders, pid)] = _adopted
        made = ForkServer(orders, pid, partial(os.waitpid, pid, 0))
    else:
        made = _started()
    atexit.register(made.close)
    return made


def _started() -> ForkServer:
    inherited = {name: os.environ[name] for name in os.environ if not name.startswith("PORTAL_")}
    own = {"PYTHONUNBUFFERED": "1", shared.FOLDER: str(shared.folder_of_run())}
    orders, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with theirs:
        process = subprocess.Popen(
            [*PYTHON_M, "tests.support.processes.fork_server"],
            env=inherited | own,
            cwd=CHECKOUT,
            stdin=theirs,
            start_new_session=True,
        )
    return ForkServer(orders, process.pid, process.wait)


def start(args: Sequence[Word], environ: Mapping[str, str], pass_fds: Sequence[int]) -> Forked:
    """Fork a process whose output is to be read from its `stdout` and `stderr`."""
    reading, writing = zip(os.pipe(), os.pipe(), strict=True)
    with open(os.devnull) as nothing:
        forked = fork_server().fork(args, environ, (nothing.fileno(), *writing), pass_fds)
    for file in writing:
        os.close(file)
    forked.stdout, forked.stderr = map(_opened, reading)
    return forked


def run(
    args: Sequence[Word], environ: Mapping[str, str], stdin: str, seconds: float
) -> subprocess.CompletedProcess[str]:
    """Run a command to its end. Raises TimeoutExpired."""
    with _file(stdin) as given, _file() as said, _file() as complained:
        files = [file.fileno() for file in (given, said, complained)]
        forked = fork_server().fork(args, environ, files)
        guard().watch(forked.pid)
        try:
            status = forked.wait(seconds)
        except subprocess.TimeoutExpired:
            forked.send_signal(signal.SIGKILL)
            raise
        finally:
            guard().forget(forked.pid)
        out, err = (_read(file) for file in (said, complained))
    return subprocess.CompletedProcess(list(args), status, out, err)


def _opened(file: int) -> IO[str]:
    return open(file, encoding="utf-8", errors="replace")


@contextmanager
def _file(text: str = "") -> Iterator[IO[str]]:
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as file:
        file.write(text)
        file.seek(0)
        yield file


def _read(file: IO[str]) -> str:
    file.seek(0)
    return file.read()


def umask() -> int:
    """What this process takes from the rights of files that it makes."""
    found = os.umask(0o022)
    os.umask(found)
    return found
