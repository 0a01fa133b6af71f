"""Run a build of the application by its own commands: this checkout's, or an older one's."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.support.processes.commands import CHECKOUT, child_environment, run
from tests.support.servers.gunicorn import CONFIGURED

LONGEST_COMMAND_SECONDS = 120.0


@dataclass(frozen=True)
class Checkout:
    """A build: how it is called here, its folder, and the Python that has what it imports."""

    name: str
    folder: Path = CHECKOUT
    python: str = sys.executable

    @property
    def is_this(self) -> bool:
        """Whether it is the checkout that the benchmark itself belongs to."""
        return self.folder == CHECKOUT

    @property
    def gunicorn(self) -> tuple[str, ...]:
        """How its own README configures gunicorn, beside workers, threads and address."""
        configured = (self.folder / "portal" / "server.py").exists()
        return CONFIGURED if configured else ()

    def command(self, module: str, *words: str) -> list[str]:
        """A module of its Python with these words."""
        return [self.python, "-m", module, *words]

    def flask(self, env: Mapping[str, str], *words: str, stdin: str = "") -> None:
        """Run one of its commands to the end. Raises RuntimeError with what it said."""
        done = self._run(self.command("flask", *words), env, stdin)
        if done.returncode != 0:
            raise RuntimeError(f"{self.name}: flask {' '.join(words)}: {done.stderr}")

    def _run(
        self, command: list[str], env: Mapping[str, str], stdin: str
    ) -> subprocess.CompletedProcess[str]:
        if self.is_this:
            return run(command, env, stdin=stdin, seconds=LONGEST_COMMAND_SECONDS)
        return subprocess.run(
            command,
            env=child_environment() | dict(env),
            cwd=self.folder,
            input=stdin,
            capture_output=True,
            encoding="utf-8",
            timeout=LONGEST_COMMAND_SECONDS,
            check=False,
        )


THIS = Checkout("this")
