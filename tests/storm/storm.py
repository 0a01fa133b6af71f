"""One storm, from its first customer to the comparison of the ledgers."""

from __future__ import annotations

import sys
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain

from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from portal.database import reading
from portal.models import Sale
from portal.sandbox.routeros.paths import USER
from tests.storm.audit import Finding, compare
from tests.storm.customer import Customer
from tests.storm.deployment import Deployment
from tests.storm.killing import Killer, Outages
from tests.storm.ledgers import Ledgers, gateway_orders, our_sales, router_sessions, router_users
from tests.storm.lies import find_lies
from tests.storm.place import Place
from tests.storm.purchases import Purchases
from tests.storm.scale import Scale
from tests.storm.settling import let_time_pass, wait_for_calm
from tests.storm.stories import tell
from tests.storm.weather import Weather
from tests.support.postgres import Postgres

LOOK_SECONDS = 0.25


@dataclass(frozen=True)
class Aftermath:
    """What a storm came to; `seconds` from its first process to the last comparison.

    `settled`: everything came to its end in time. `restarts` are the database's. `stories`
    tell of the sales about which something was found.
    """

    seed: int
    database: str
    purchases: int
    ledgers: Ledgers
    findings: tuple[Finding, ...]
    faults: Counter[str]
    kills: Counter[str]
    halted: int
    restarts: int
    settled: bool
    seconds: float
    stories: str
    complaints: str


def rage(scale: Scale, seed: int, postgres: Postgres | None) -> Aftermath:
    """Let a storm rage on this server, or on SQLite without one, and compare the ledgers."""
    began = time.monotonic()
    url = postgres.create_database() if postgres else None
    with (
        Place(scale.routers, scale.customers) as place,
        Deployment(scale, place, url) as deployment,
    ):
        storm = Storm(scale, seed, place, deployment, postgres)
        _say(began, "open")
        storm.rage()
        _say(began, "over")
        settled = storm.settle()
        _say(began, "calm" if settled else "not calm")
        ledgers = storm.read_ledgers()
        lies = find_lies(storm.purchases.all, ledgers, storm.weather.undone)
        findings = [*compare(ledgers, scale.routers), *lies]
        stories = tell(deployment.app, findings, storm.purchases.all)
        complaints = deployment.output()
    return Aftermath(
        seed=seed,
        database="PostgreSQL" if postgres else "SQLite",
        purchases=storm.purchases.begun,
        ledgers=ledgers,
        findings=tuple(findings),
        faults=storm.weather.counts,
        kills=storm.killer.counts,
        halted=storm.killer.halted,
        restarts=storm.outages.restarts,
        settled=settled,
        seconds=time.monotonic() - began,
        stories=stories,
        complaints=complaints,
    )


class Storm:
    """Customers, bad weather and a killer, all at once."""

    def __init__(
        self,
        scale: Scale,
        seed: int,
        place: Place,
        deployment: Deployment,
        postgres: Postgres | None,
    ) -> None:
        self._scale, self._place, self._deployment = scale, place, deployment
        self._seed = seed
        self._closing_time = time.monotonic() + scale.seconds
        self._over = threading.Event()
        self._sales = 0
        self._deaf = place.routers[-scale.deaf_routers :]
        self.purchases = Purchases()
        self.weather = Weather(deployment.app, place, seed, scale.fault_pause)
        self.killer = Killer(deployment, seed, scale)
        self.outages = Outages(postgres, seed, scale)

    def rage(self) -> None:
        """Until enough was bought and broken, or the time is over."""
        self._deafen()
        with ThreadPoolExecutor(max_workers=self._scale.customers + 3) as pool:
            deeds = [
                pool.submit(self.weather.rage, self._over),
                pool.submit(self.killer.rage, self._over),
                pool.submit(self.outages.rage, self._over, self._count_sales),
            ]
            deeds += [pool.submit(self._customer(n).run) for n in range(self._scale.customers)]
            while not (self._is_enough() or any(deed.done() for deed in deeds[:2])):
                time.sleep(LOOK_SECONDS)
            self._over.set()
            for deed in deeds:
                deed.result()

    def settle(self) -> bool:
        """Clear all faults and wait until nothing is due; False when that takes too long."""
        end = time.monotonic() + self._scale.settle_seconds
        self.weather.clear()
        self._deafen()
        let_time_pass(self._deployment.app, end - time.monotonic())
        self.weather.clear()
        return wait_for_calm(self._deployment.app, self._place, end - time.monotonic())

    def read_ledgers(self) -> Ledgers:
        """All three, at their owners'."""
        routers = list(enumerate(self._place.routers))
        return Ledgers(
            sales=our_sales(self._deployment.app, self._deployment.router_ids),
            orders=gateway_orders(self._place.gateway),
            users=tuple(chain.from_iterable(router_users(*item) for item in routers)),
            sessions=tuple(chain.from_iterable(router_sessions(*item) for item in routers)),
        )

    def _deafen(self) -> None:
        """Some routers take users but never enable them, so that what they sell is refunded."""
        for router in self._deaf:
            router.faults.cut_before(f"{USER}/set", times=None)

    def _customer(self, number: int) -> Customer:
        return Customer(number, self._deployment.shops, self.purchases, self._seed, self._over)

    def _count_sales(self) -> int:
        """As many as our database knows; while it is away, as many as it knew."""
        with self._deployment.app.app_context(), suppress(OperationalError), reading() as session:
            self._sales = session.scalar(select(func.count()).select_from(Sale)) or 0
        return self._sales

    def _is_enough(self) -> bool:
        reached = (
            self._count_sales() >= self._scale.sales
            and self.killer.kills >= self._scale.kills
            and self.outages.restarts >= self._scale.database_restarts
        )
        return reached or time.monotonic() > self._closing_time


def _say(began: float, what: str) -> None:
    print(f"{time.monotonic() - began:5.1f} s  {what}", file=sys.stderr, flush=True)
