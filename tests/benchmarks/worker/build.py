"""Stand a build's worker up with its own database and its own routers, filled alike."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from tests.benchmarks.checkout import Checkout
from tests.benchmarks.usage import Usage
from tests.support.databases.admin import execute, fetch
from tests.support.databases.postgres import Postgres
from tests.support.processes.family import family
from tests.support.processes.guard import guard
from tests.support.processes.process import Process
from tests.support.servers.ports import free_port
from tests.support.shop import SECRETS

FILLING = Path(__file__).with_name("filling.py")
DEAD_ONE_IN = 10
THREADS = 4


@dataclass(frozen=True)
class Size:
    """How much there is: routers, users of each, companies, and sales of long ago."""

    routers: int
    users: int
    companies: int
    old_sales: int

    @property
    def words(self) -> Iterator[str]:
        """The same for a command line."""
        for name in ("routers", "users", "companies", "old_sales"):
            yield from (f"--{name.replace('_', '-')}", str(getattr(self, name)))


class Build:
    """One build with all it needs, as a context manager."""

    def __init__(self, checkout: Checkout, size: Size, postgres: Postgres) -> None:
        self.checkout, self.size, self._postgres = checkout, size, postgres
        self._stack = ExitStack()
        self._port = free_port()

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            self._folder = guard().make_folder("portal-worker-")
            stack.callback(guard().remove_folder, self._folder)
            self.url = self._postgres.create_database()
            self._env = SECRETS | {
                "INSTANCE_PATH": str(self._folder),
                "DATABASE_URL": self.url,
                "LOG_LEVEL": "ERROR",
                "PYTHONPATH": str(self.checkout.folder),
            }
            self.checkout.flask(self._env, "db", "upgrade")
            self._fill()
            execute(self.url, "VACUUM ANALYZE")
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *exc_info: object) -> None:
        self._stack.close()

    @property
    def round_kind(self) -> str:
        """What this build calls the job that reads a router's users."""
        return self.router_jobs[0]

    def do(self, statement: str) -> None:
        """Change something in its database."""
        execute(self.url, statement)

    def count(self, query: str) -> int:
        """Count something in its database."""
        [(number,)] = fetch(self.url, query)
        return int(number)

    @property
    def router_jobs(self) -> tuple[str, ...]:
        """The kinds of jobs that it has for each router."""
        if self.checkout.is_this:
            return ("usage_sync", "orphaned_users", "pin_density", "router_reach")
        return ("round", "sweep")

    @contextmanager
    def routers(self, *, dead: bool = False) -> Iterator[None]:
        """Let its routers answer while the block lasts; one in ten of them never does if `dead`."""
        words = ("--port", str(self._port), "--users", str(self._folder / "users.json"))
        words += ("--dead", str(DEAD_ONE_IN)) if dead else ()
        command = [sys.executable, "-m", "tests.benchmarks.worker.herd", *words]
        with Process(command) as herd:
            herd.wait_for_json()
            yield
            herd.kill()

    @contextmanager
    def worker(self) -> Iterator[Process]:
        """Let its worker work while the block lasts."""
        command = self.checkout.command("flask", "worker", "--threads", str(THREADS))
        with Process(command, self._env, cwd=self.checkout.folder) as worker:
            yield worker
            # It would wait for routers that never answer.
            worker.kill()

    def usage(self, worker: Process) -> Usage:
        """Look at the CPU of the worker and of PostgreSQL from now on."""
        return Usage(
            {
                "worker": worker.family,
                "database": lambda: family(self._postgres.pid),
            }
        )

    def _fill(self) -> None:
        words = [*self.size.words, "--port", str(self._port)]
        with Process(
            [self.checkout.python, str(FILLING), *words], self._env, cwd=self.checkout.folder
        ) as filling:
            code = filling.wait(600.0)
            if code:
                raise RuntimeError(f"{self.checkout.name}: {filling.stderr}")
            told = json.loads(filling.stdout.splitlines()[-1])
        (self._folder / "users.json").write_text(json.dumps(told["routers"]))
