"""Run the application as it is measured: gunicorn on a database, with a shop that sells."""

from __future__ import annotations

import json
from contextlib import ExitStack
from pathlib import Path
from typing import Self

import psutil

from tests.benchmarks.business import Business, set_up
from tests.benchmarks.checkout import THIS, Checkout
from tests.benchmarks.fleet import Device, Fleet
from tests.support.databases.migrated import copy_postgresql, copy_sqlite
from tests.support.databases.postgres import Postgres
from tests.support.processes.family import family
from tests.support.processes.guard import guard
from tests.support.servers.gunicorn import Server
from tests.support.shop import SECRETS

WORKERS = 2
THREADS = 48
SQLITE, POSTGRESQL = "sqlite", "postgresql"


class Deployment:
    """The application on one database and with one form of charge, as a context manager.

    `database` is sqlite or postgresql, both durable; `charge` a value of CONEKTA_CHARGE. It is
    served and set up as the README of `checkout` says.
    """

    def __init__(
        self,
        database: str,
        charge: str,
        fleet: Fleet,
        postgres: Postgres | None,
        *,
        checkout: Checkout = THIS,
        workers: int = WORKERS,
        threads: int = THREADS,
    ) -> None:
        self.database, self.charge, self.checkout = database, charge, checkout
        self._size = (workers, threads)
        self._fleet = fleet
        self._postgres = postgres if database == POSTGRESQL else None
        self._stack = ExitStack()
        self._business = Business((), 0)

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            folder = guard().make_folder("portal-benchmark-")
            stack.callback(guard().remove_folder, folder)
            env = self._environment(folder)
            self._server = stack.enter_context(self._serve(folder, env))
            routers = self._fleet.routers
            self._business = set_up(self.checkout, env, self._server.url, routers)
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *exc_info: object) -> None:
        self._stack.close()

    @property
    def port(self) -> int:
        return self._server.port

    @property
    def pid(self) -> int:
        """gunicorn's own process, which all others of it descend from."""
        return self._server.pid

    @property
    def processes(self) -> list[psutil.Process]:
        return family(self._server.pid)

    @property
    def database_processes(self) -> list[psutil.Process]:
        """PostgreSQL's; SQLite works in the application's own."""
        return family(self._postgres.pid) if self._postgres else []

    def sale(self, device: Device, *, auto: bool) -> str:
        """The request by which this device buys."""
        body = json.dumps(
            {
                "producto_id": self._business.plan_id,
                "token_tarjeta": "tok_test_visa_4242",
                "nombre_cliente": "María García",
                "email_cliente": "maria@example.com",
                "telefono_cliente": "5512345678",
                "mac_cliente": device.mac,
                "ip_cliente": device.ip,
                "conexion_automatica": auto,
            }
        )
        head = (
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
            "Connection: close\r\n"
        )
        return self._request("POST", "payments/pagar-conekta", device.router, head) + body

    def catalogue(self, router: int) -> str:
        """The request for the catalogue of one router."""
        return self._request("GET", "catalogo_perfiles_venta", router)

    def _request(self, method: str, path: str, router: int, head: str = "") -> str:
        key = f"X-API-Key: {self._business.keys[router]}\r\n"
        return f"{method} /api/v1/{path} HTTP/1.1\r\nHost: portal\r\n{key}{head}\r\n"

    def _environment(self, folder: Path) -> dict[str, str]:
        """What its processes find there, on a database that is migrated."""
        env = SECRETS | {
            "INSTANCE_PATH": str(folder),
            "CONEKTA_API_URL": self._fleet.gateway_url,
            "CONEKTA_CHARGE": self.charge,
        }
        return env | self._migrate(folder, env)

    def _migrate(self, folder: Path, env: dict[str, str]) -> dict[str, str]:
        """Make the database; for this checkout it is a copy of one that is migrated already."""
        if not self.checkout.is_this:
            made = {"DATABASE_URL": self._postgres.create_database()} if self._postgres else {}
            self.checkout.flask(env | made, "db", "upgrade")
            return made
        if self._postgres:
            return {"DATABASE_URL": copy_postgresql(self._postgres, SECRETS)}
        copy_sqlite(folder, SECRETS)
        return {}

    def _serve(self, folder: Path, env: dict[str, str]) -> Server:
        workers, threads = self._size
        log = ("--capture-output", "--error-logfile", str(folder / "log"))
        return Server(
            env=env,
            workers=workers,
            threads=threads,
            arguments=(*self.checkout.gunicorn, *log),
            cwd=self.checkout.folder,
            python=self.checkout.python,
        )
