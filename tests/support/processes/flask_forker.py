"""Run `flask` commands in processes that have the application's modules imported already.

To import them is nine tenths of what a short command costs. A process that has done nothing but
that, with no thread and no connection, forks a child for each command, which is given arguments,
environment and files of its own, and imports `wsgi`, where the settings are read.
"""

from __future__ import annotations

import atexit
import gc
import importlib
import json
import os
import runpy
import select
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from tests.support.processes.guard import guard

CHECKOUT = Path(__file__).resolve().parents[3]
FLASK = (sys.executable, "-m", "flask")
PRELOADED = ("portal.app", "config", "flask.cli", "alembic.command")
# What Python itself reads as it starts.
BEFORE_IMPORTS = ("LANG", "LC_", "TZ", "PYTHON")


def can_run(args: Sequence[str | os.PathLike[str]], environ: Mapping[str, str]) -> bool:
    """Whether it is a `flask` command, in an environment that Python starts in as in ours."""
    return tuple(args[: len(FLASK)]) == FLASK and all(
        os.environ.get(name) == text or (name, text) == ("PYTHONUNBUFFERED", "1")
        for name, text in environ.items()
        if name.startswith(BEFORE_IMPORTS)
    )


class FlaskForker:
    """The process that forks, one command after another; `run` may be called by any thread."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._folder = guard().make_folder("portal-flask-")
        self._line = threading.Lock()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.support.processes.flask_forker"],
            env=dict(environ),
            cwd=CHECKOUT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        guard().watch(self._process.pid)

    def run(
        self,
        args: Sequence[str | os.PathLike[str]],
        environ: Mapping[str, str],
        stdin: str,
        seconds: float,
    ) -> subprocess.CompletedProcess[str]:
        """Run a command to its end. Raises TimeoutExpired."""
        words = [os.fspath(word) for word in args[len(FLASK) :]]
        files = [str(self._folder / name) for name in ("stdin", "stdout", "stderr")]
        with self._line:
            Path(files[0]).write_text(stdin)
            order = {"words": words, "environ": dict(environ), "files": files, "umask": umask()}
            status = self._ask(order, seconds)
            said = [Path(file).read_text(errors="replace") for file in files[1:]]
        return subprocess.CompletedProcess(list(args), status, *said)

    def close(self) -> None:
        """End it."""
        self._process.communicate()
        guard().forget(self._process.pid)
        guard().remove_folder(self._folder)

    def _ask(self, order: dict[str, Any], seconds: float) -> int:
        to, answers = self._process.stdin, self._process.stdout
        assert to is not None
        assert answers is not None
        to.write(json.dumps(order) + "\n")
        to.flush()
        if not select.select([answers], [], [], seconds)[0]:
            self._process.kill()
            raise subprocess.TimeoutExpired(order["words"], seconds)
        return int(answers.readline())


@cache
def forker() -> FlaskForker:
    """The one of this process, which ends with it."""
    inherited = {name: os.environ[name] for name in os.environ if not name.startswith("PORTAL_")}
    made = FlaskForker(inherited | {"PYTHONUNBUFFERED": "1"})
    atexit.register(made.close)
    return made


def umask() -> int:
    """What this process takes from the rights of files that it makes."""
    found = os.umask(0o022)
    os.umask(found)
    return found


def serve() -> int | None:
    """Fork a child for each order that comes in; in a child, give its exit status."""
    for module in PRELOADED:
        importlib.import_module(module)
    if threading.active_count() > 1:
        raise RuntimeError("a thread would not outlive a fork")
    gc.freeze()
    answers = os.fdopen(os.dup(1), "w")
    orders = os.fdopen(os.dup(0))
    for line in orders:
        pid = os.fork()
        if pid == 0:
            answers.close()
            orders.close()
            become(json.loads(line))
            return None
        status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        answers.write(f"{status}\n")
        answers.flush()
    return 0


def become(order: dict[str, Any]) -> None:
    """Be a process that was just started with this command. Raises SystemExit at its end."""
    for number, file in enumerate(order["files"]):
        flags = os.O_RDONLY if number == 0 else os.O_WRONLY | os.O_CREAT | os.O_TRUNC
        opened = os.open(file, flags, 0o600)
        os.dup2(opened, number)
        os.close(opened)
    os.umask(order["umask"])
    os.environ.clear()
    os.environ.update(order["environ"])
    signal.signal(signal.SIGINT, signal.default_int_handler)
    sys.argv = ["flask", *order["words"]]
    runpy.run_module("flask", run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    sys.exit(serve())
