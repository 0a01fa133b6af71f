"""Run the application as it is measured: gunicorn on a database, with a shop that sells."""

from __future__ import annotations

import json
from contextlib import ExitStack
from typing import Any, Self

import psutil

from portal.operators import companies, plans, routers
from portal.operators.audit import Actor
from portal.operators.gateway_accounts import Keys
from tests.benchmarks.fleet import PROFILE, Device, Fleet
from tests.support.databases.postgres import Postgres
from tests.support.processes.family import family
from tests.support.processes.guard import guard
from tests.support.servers.gunicorn import Server
from tests.support.shop import PRIVATE_KEY, SECRETS, close_app, make_app

WORKERS = 2
THREADS = 48
SQLITE, POSTGRESQL = "sqlite", "postgresql"
ACTOR = Actor("cli:benchmark")


class Deployment:
    """The application on one database and with one form of charge, as a context manager.

    `database` is sqlite or postgresql, both durable; `charge` a value of CONEKTA_CHARGE.
    """

    def __init__(self, database: str, charge: str, fleet: Fleet, postgres: Postgres | None) -> None:
        self.database, self.charge = database, charge
        self._fleet = fleet
        self._postgres = postgres if database == POSTGRESQL else None
        self._stack = ExitStack()
        self._keys: list[str] = []
        self._plan_id = 0

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            folder = guard().make_folder("portal-benchmark-")
            stack.callback(guard().remove_folder, folder)
            url = self._postgres.create_database() if self._postgres else None
            self._furnish(make_app(folder, url, log_level="ERROR"))
            env = SECRETS | {
                "INSTANCE_PATH": str(folder),
                "CONEKTA_API_URL": self._fleet.gateway_url,
                "CONEKTA_CHARGE": self.charge,
            }
            log = ("--capture-output", "--error-logfile", str(folder / "log"))
            self._server = stack.enter_context(
                Server(
                    env=env | ({"DATABASE_URL": url} if url else {}),
                    workers=WORKERS,
                    threads=THREADS,
                    arguments=log,
                )
            )
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *exc_info: object) -> None:
        self._stack.close()

    @property
    def port(self) -> int:
        return self._server.port

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
                "producto_id": self._plan_id,
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
        key = f"X-API-Key: {self._keys[router]}\r\n"
        return f"{method} /api/v1/{path} HTTP/1.1\r\nHost: portal\r\n{key}{head}\r\n"

    def _furnish(self, app: Any) -> None:
        keys = Keys(private_key=PRIVATE_KEY, public_key="key_public", mode="test")
        with app.app_context():
            company = companies.create(ACTOR, keys, name="Café Ñandú")
            for number, router in enumerate(self._fleet.routers):
                values = {name: router[name] for name in ("host", "port", "password")}
                values |= {"name": f"Patio {number}", "username": router["user"]}
                self._keys.append(routers.create(ACTOR, company.id, **values)[1].token)
            plan = plans.create(
                ACTOR,
                company.id,
                router_id=None,
                name="1 Hora de Internet",
                amount=2000,
                profile_name=PROFILE,
                duration_seconds=3600,
                duration_from="purchase",
            )
            self._plan_id = plan.id
        close_app(app)
