"""Run the demo's child processes: each with its log, none of which outlives the demo."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, NoReturn

from config import ROOT
from portal.sandbox.demo.errors import DemoError

TETHER = Path(__file__).with_name("tether.py")
INHERITED = ("PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR")
START_SECONDS = 30.0
STOP_SECONDS = 10.0


class Child:
    """Run a process from now on. `env` is all its environment, `descriptors` what it inherits.

    With `announces` its standard output is ours to read; else it goes to the log as well.
    """

    def __init__(
        self,
        name: str,
        module: Sequence[str],
        log: Path,
        env: Mapping[str, str],
        descriptors: Sequence[int],
        *,
        announces: bool,
    ) -> None:
        self.name = name
        self.log = log
        python = sys.executable
        with log.open("ab") as output:
            self.process = subprocess.Popen(  # noqa: S603
                [python, "-IS", str(TETHER), str(os.getpid()), python, "-m", *module],
                cwd=ROOT,
                env=env,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE if announces else output,
                stderr=output,
                pass_fds=descriptors,
                # A Ctrl-C goes to the terminal's group: to the demo, which ends its children.
                process_group=0,
            )

    def announcement(self) -> dict[str, Any]:
        """Give the line of JSON with which it says that it is ready. Raises DemoError."""
        output = self.process.stdout
        ready = output and select.select([output], [], [], START_SECONDS)[0]
        line = output.readline() if output and ready else b""
        if not line:
            raise DemoError(f"El proceso «{self.name}» no arrancó. Vea {self.log}")
        said: dict[str, Any] = json.loads(line)
        return said

    def ended(self) -> DemoError:
        """Give the news that it has ended."""
        status = self.process.returncode
        return DemoError(f"El proceso «{self.name}» terminó (estado {status}). Vea {self.log}")

    def stop(self) -> None:
        """Ask it to end, and insist when it does not."""
        if self.process.poll() is None:
            self.process.terminate()
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        if self.process.stdout is not None:
            self.process.stdout.close()


class Children(ExitStack):
    """Run all of them while a `with` block lasts, which ends them in turn, the latest first.

    `held` is a descriptor that each inherits.
    """

    def __init__(self, logs: Path, held: int) -> None:
        super().__init__()
        self._logs = logs
        self._held = held
        self._children: list[Child] = []

    def start(
        self,
        name: str,
        *module: str,
        env: Mapping[str, str],
        descriptors: Sequence[int] = (),
        announces: bool = False,
    ) -> Child:
        """Start `python -m module…` with these variables beside the few that all get."""
        inherited = {key: os.environ[key] for key in INHERITED if key in os.environ}
        child = Child(
            name,
            module,
            self._logs / f"{name}.log",
            inherited | dict(env),
            [*descriptors, self._held],
            announces=announces,
        )
        self.callback(child.stop)
        self._children.append(child)
        return child

    def check(self) -> None:
        """Look whether all still run. Raises DemoError when one has ended."""
        for child in self._children:
            if child.process.poll() is not None:
                raise child.ended()

    def watch(self) -> NoReturn:
        """Wait until one ends, which it should not: raises DemoError."""
        while True:
            pid, status = os.wait()
            for child in self._children:
                if child.process.pid == pid:
                    child.process.returncode = os.waitstatus_to_exitcode(status)
            self.check()
