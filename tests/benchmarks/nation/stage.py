"""Start what a country is measured with: routers, gateway, database and web processes."""

from __future__ import annotations

import argparse
import json
import socket
import sys
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import fields
from typing import Self

from portal.worker.schedule import plan_jobs
from tests.benchmarks.fleet import AUTHORISATION_SECONDS, CALL_SECONDS
from tests.benchmarks.nation.country import Country
from tests.benchmarks.nation.customers import Customers
from tests.benchmarks.nation.filling import Filled, fill
from tests.benchmarks.nation.statements import DUE
from tests.support.databases.admin import execute
from tests.support.databases.migrated import copy_postgresql
from tests.support.databases.postgres import Postgres
from tests.support.processes.guard import guard
from tests.support.processes.process import Process
from tests.support.servers.gunicorn import CONFIGURED, Server
from tests.support.servers.ports import free_port
from tests.support.shop import SECRETS, close_app, make_app

WORKERS, THREADS = 2, 64
COUNTING = "options=-c%20log_statement%3Dall"


class Stage:
    """A filled country with everything but its worker, as a context manager."""

    def __init__(
        self,
        country: Country,
        postgres: Postgres,
        options: argparse.Namespace,
        say: Callable[[str], None],
    ) -> None:
        self.country, self.postgres = country, postgres
        self._options, self._say = options, say
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            folder = guard().make_folder("portal-nation-")
            stack.callback(guard().remove_folder, folder)
            self.gateway = stack.enter_context(_gateway())
            gateway_url = self.gateway.wait_for_url()
            self.database_url = copy_postgresql(self.postgres, SECRETS)
            self._environ = SECRETS | {
                "INSTANCE_PATH": str(folder),
                "CONEKTA_API_URL": gateway_url,
                "LOG_LEVEL": "WARNING",
            }
            port = free_port()
            filled = self._fill(port)
            self.routers = stack.enter_context(self._routers(filled.mark, port))
            self._counted = self.routers.wait_for_json()["counted"]
            log = ("--capture-output", "--error-logfile", str(folder / "log"))
            self.web = stack.enter_context(
                Server(
                    env=self._environ | {"DATABASE_URL": self.database_url},
                    workers=WORKERS,
                    threads=THREADS,
                    arguments=(*CONFIGURED, *log),
                )
            )
            self.customers = Customers(
                self.web.url, gateway_url, filled.doors, self._options.customers
            )
            stack.callback(self.customers.close)
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *exc_info: object) -> None:
        self._stack.close()

    def counted(self) -> dict[str, int]:
        """What the routers have been asked so far."""
        with socket.create_connection(("127.0.0.1", self._counted)) as asked:
            found: dict[str, int] = json.loads(asked.makefile().read())
        return found

    def worker(self, *, counting: bool = False) -> Process:
        """A worker, to be entered; `counting` has PostgreSQL log each of its statements."""
        url = f"{self.database_url}?{COUNTING}" if counting else self.database_url
        command = [sys.executable, "-m", "flask", "worker", "--threads", str(self._options.threads)]
        return Process(command, self._environ | {"DATABASE_URL": url})

    def let_all_be_due(self) -> None:
        """Have every router wait to be read."""
        execute(self.database_url, DUE)

    def _fill(self, port: int) -> Filled:
        app = make_app(
            guard().make_folder("portal-nation-filling-"), self.database_url, log_level="ERROR"
        )
        filled = fill(app, self.country, port, self._say)
        with app.app_context():
            plan_jobs()
        close_app(app)
        return filled

    def _routers(self, mark: str, port: int) -> Process:
        sizes = {each.name: getattr(self.country, each.name) for each in fields(Country)}
        words = [f"--{name}={value}" for name, value in sizes.items()]
        command = [sys.executable, "-m", "tests.benchmarks.nation.routers", *words]
        return Process([*command, f"--mark={mark}", f"--port={port}"])


def _gateway() -> Process:
    """Every card asks for its bank."""
    pace = ("--latency", str(CALL_SECONDS), "--authorisation", str(AUTHORISATION_SECONDS))
    command = [sys.executable, "-m", "portal.sandbox.conekta", *pace, "--force-three-ds"]
    return Process(command)
