"""`python -m tests.benchmarks.fairness`: how long a paid sale waits for another's trouble.

Beside a company whose things work stands one with sixteen routers that dribble, a slow gateway
key and thousands of notices, all due. A worker is started as a process of its own; then, one a
second, customers of the first company confirm at their bank, the gateway tells of it, and it is
measured how long until each is delivered. With `--against` another checkout's worker is measured
in the same run, on a database filled in the same way.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import select

from portal.core.database import reading
from portal.models import Sale, utc_now
from portal.sandbox.conekta import ConektaSandbox
from portal.sandbox.routeros import RouterSandbox
from tests.benchmarks.machine import machine
from tests.benchmarks.nation.customers import paid_event
from tests.benchmarks.tables import share, table
from tests.support.bully import ROUTERS, SLOW_GATEWAY_SECONDS, Bully
from tests.support.databases.postgres import Postgres
from tests.support.processes.commands import CHECKOUT
from tests.support.processes.guard import guard
from tests.support.processes.process import Process
from tests.support.shop import ROUTER_PASSWORD, SECRETS, Shop, close_app, make_app

THREADS = 4
PACE_SECONDS = 1.0
HEAD = ("worker", "beside", "sales", "delivered", "median s", "p99 s", "worst s")


@dataclass(frozen=True)
class Figures:
    """What came of one measurement; `waited` in seconds, of those that were delivered in time."""

    worker: str
    load: str
    sales: int
    waited: tuple[float, ...]
    limit: float

    def row(self) -> tuple[str, ...]:
        """As the table shows it. Who was not served in time counts as the limit."""
        late = self.sales - len(self.waited)
        seconds = sorted((*self.waited, *[self.limit] * late))
        told = [share(seconds, 0.5), share(seconds, 0.99), seconds[-1]]
        texts = [f"> {s:.0f}" if s >= self.limit else f"{s:.2f}" for s in told]
        return (self.worker, self.load, str(self.sales), str(len(self.waited)), *texts)


class Street:
    """Both companies on one database, with a worker of some checkout, as a context manager."""

    def __init__(self, url: str, options: argparse.Namespace, *, loaded: bool) -> None:
        self._url, self._options, self._loaded = url, options, loaded

    def __enter__(self) -> Street:
        with ExitStack() as stack:
            self._folder = guard().make_folder("portal-fairness-")
            stack.callback(guard().remove_folder, self._folder)
            self._gateway = stack.enter_context(ConektaSandbox())
            self._app: Flask = make_app(
                self._folder, self._url, log_level="ERROR", conekta_api_url=self._gateway.url
            )
            stack.callback(close_app, self._app)
            sales, events = self._options.bully_sales, self._options.events
            self._bully = Bully(self._app, self._gateway, sales, events)
            stack.enter_context(self._bully)
            router = RouterSandbox(password=ROUTER_PASSWORD, license_level=6)
            stack.enter_context(router).add_profile("1hora")
            self._shop = Shop(self._app, router, self._gateway)
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *exc_info: object) -> None:
        self._stack.close()

    def measure(self, checkout: Path) -> tuple[float, ...]:
        """How many seconds each customer waited."""
        bought = [self._buy(number) for number in range(self._options.sales)]
        if self._loaded:
            self._bully.begin()
        env = SECRETS | {"DATABASE_URL": self._url, "INSTANCE_PATH": str(self._folder)}
        env |= {"CONEKTA_API_URL": self._gateway.url, "LOG_LEVEL": "ERROR"}
        command = [sys.executable, "-m", "flask", "worker", "--threads", str(THREADS)]
        with ExitStack() as stack:
            for _ in range(self._options.workers):
                worker = stack.enter_context(Process(command, env, cwd=checkout))
                # It would wait for routers that dribble.
                stack.callback(worker.kill)
            time.sleep(self._options.lead)
            return self._waits(bought)

    def _buy(self, number: int) -> dict[str, Any]:
        mac, ip = f"02:00:5E:20:00:{number:02X}", f"10.6.0.{number + 2}"
        self._shop.router.join(mac, ip)
        self._gateway.behave(force_three_ds=True)
        bought: dict[str, Any] = self._shop.buy(mac_cliente=mac, ip_cliente=ip).json
        return bought

    def _waits(self, bought: Sequence[dict[str, Any]]) -> tuple[float, ...]:
        paid_at = {}
        for number, sale in enumerate(bought):
            # Before the gateway is told: a worker may be quicker than the answer to us.
            paid_at[sale["referencia"]] = utc_now()
            self._pay(sale["id_transaccion"], number)
            time.sleep(PACE_SECONDS)
        until = time.monotonic() + self._options.limit
        while len(delivered := self._delivered(paid_at)) < len(paid_at):
            if time.monotonic() > until:
                break
            time.sleep(0.1)
        return tuple((at - paid_at[sale]).total_seconds() for sale, at in delivered.items())

    def _pay(self, order_id: str, number: int) -> None:
        self._gateway.challenge(order_id, passed=True)
        path = f"/api/v1/webhooks/conekta/{self._shop.company_id}"
        event = paid_event(order_id, f"evt_{number}")
        answer = self._app.test_client().post(path, json=event)
        if answer.status_code != 200:
            raise RuntimeError(f"a notice was answered {answer.status_code}")

    def _delivered(self, sales: dict[str, Any]) -> dict[str, Any]:
        query = select(Sale.id, Sale.delivered_at).where(Sale.id.in_(sales))
        with self._app.app_context(), reading() as session:
            rows = session.execute(query.where(Sale.delivered_at.is_not(None))).all()
        return {row.id: row.delivered_at for row in rows}


def main() -> None:
    """Measure, and print the table."""
    options = _parser().parse_args()
    with Postgres(durable=True) as postgres:
        rows = [figures.row() for figures in _figures(options, postgres)]
    print(
        f"{machine()}; PostgreSQL, durable; {options.workers} worker of {THREADS} threads. The "
        f"other company: {ROUTERS} routers that dribble, {options.events} notices about "
        f"{options.bully_sales} sales, its gateway key at {SLOW_GATEWAY_SECONDS:.0f} s a call. "
        "Sandboxes and customers share the cores.\n"
    )
    print(table(HEAD, rows, markdown=options.markdown))


def _figures(options: argparse.Namespace, postgres: Postgres) -> Iterator[Figures]:
    """What is compared is measured one right after the other."""
    checkouts = {"this": CHECKOUT}
    if options.against:
        checkouts = {"before": options.against.resolve()} | checkouts
    for load in ("nobody", "the other"):
        for name, checkout in checkouts.items():
            print(f"{name}, beside {load}", file=sys.stderr, flush=True)
            loaded = load != "nobody"
            with Street(postgres.create_database(), options, loaded=loaded) as street:
                waited = street.measure(checkout)
            yield Figures(name, load, options.sales, waited, options.limit)


def _parser() -> argparse.ArgumentParser:
    name = "python -m tests.benchmarks.fairness"
    parser = argparse.ArgumentParser(prog=name, description=__doc__)
    parser.add_argument("--against", type=Path, help="a checkout to compare with")
    parser.add_argument("--sales", type=int, default=30, help="customers that pay, one a second")
    parser.add_argument("--events", type=int, default=4000, help="notices of the other company")
    parser.add_argument("--bully-sales", type=int, default=400, help="that these are about")
    parser.add_argument("--workers", type=int, default=1, help="worker processes")
    parser.add_argument("--lead", type=float, default=10.0, help="seconds of load before them")
    parser.add_argument("--limit", type=float, default=300.0, help="seconds to wait at most")
    parser.add_argument("--markdown", action="store_true", help="a table for RESULTS.md")
    return parser


if __name__ == "__main__":
    main()
