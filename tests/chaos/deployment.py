"""Run the application in many processes on one database, with what it sells."""

from __future__ import annotations

import sys
from contextlib import ExitStack
from typing import Self

from flask import Flask

from portal.operators import (
    companies,
    gateway_accounts,
    plans,
    routers,
    webhook_registration,
)
from portal.operators.audit import Actor
from portal.operators.gateway_accounts import Keys
from portal.operators.routers import RouterValues
from portal.payments.methods import Method
from portal.sandbox.mercadopago import Outcome
from portal.sandbox.routeros import RouterSandbox
from tests.chaos.counters import Shops
from tests.chaos.environment import (
    COMPANIES,
    KEYS,
    PROFILE,
    SECOND_KEYS,
    WITH_BOTH,
    ChaosEnvironment,
    asks_radius,
    company_of,
)
from tests.chaos.radius.side import RadiusSide
from tests.chaos.scale import Scale
from tests.chaos.scenarios import Card
from tests.support.processes.guard import guard
from tests.support.processes.process import Process
from tests.support.servers.gunicorn import Server
from tests.support.shop import SECRETS, close_app, make_app
from tests.support.tills import MERCADO_PAGO

ACTOR = Actor("cli:chaos")
# What becomes of each card at the second gateway.
AT_SECOND = {
    Card.GOOD: Outcome.PAID,
    Card.FRICTIONLESS: Outcome.PAID,
    Card.DECLINED: Outcome.OTHER,
    Card.POOR: Outcome.INSUFFICIENT_FUNDS,
    Card.CHALLENGED: Outcome.CHALLENGE,
}
# None below what shops take in cash.
PRICES = (2000, 3505, 1099, 12000)
PASSES = 1000
REFUND_AFTER_MINUTES = 1
THREADS = 24
USAGE_SYNC_SECONDS = 4
SALE_LEASE = 5
# The others' gateway never tells anything by itself.
COMPANIES_TOLD = 2
# As in production, but nobody waits for as long.
SHORT = {
    "ROUTER_CONNECT_TIMEOUT": "0.7",
    "ROUTER_TIMEOUT": "1.5",
    "ROUTER_BREAKER_SECONDS": "1",
    "GATEWAY_CONNECT_TIMEOUT": "1",
    "GATEWAY_TIMEOUT": "2",
    "SALE_DEADLINE": "4",
    "SALE_LEASE": str(SALE_LEASE),
    "RETRY_FIRST": "0.3",
    "RETRY_LONGEST": "2",
    "CARD_TOKEN_MINUTES": "1",
    "THREE_DS_MINUTES": "1",
    "USAGE_SYNC_SECONDS": str(USAGE_SYNC_SECONDS),
    "HEARTBEAT_SECONDS": "1",
    "ORPHAN_ORDERS_MINUTES": "1",
    "LOG_LEVEL": "WARNING",
    # On our own pages; a custom portal's tokens are charged as ever.
    "CONEKTA_CHARGE": "component",
    # All customers come from one address here.
    "ADDRESS_SALES": "0",
    "ADDRESS_DECLINES": "0",
    "ROUTER_DECLINES": "0",
}


class Deployment:
    """Web servers and workers on one database, as a context manager. None: SQLite."""

    def __init__(
        self,
        scale: Scale,
        environment: ChaosEnvironment,
        database_url: str | None,
        seed: int,
    ) -> None:
        self._folder = guard().make_folder("portal-chaos-")
        self._database_url = database_url
        self._environment, self.scale = environment, scale
        self.radius = RadiusSide(environment, seed, scale.interim) if scale.by_radius else None
        env = SECRETS | SHORT | {"INSTANCE_PATH": str(self._folder)}
        env |= {"RADIUS_INTERIM": str(scale.interim)}
        env |= {"CONEKTA_API_URL": environment.gateway.url}
        env |= {"MERCADOPAGO_API_URL": environment.second.url}
        env |= {"DATABASE_URL": database_url} if database_url else {}
        self.servers = [_server(env, scale.processes) for _ in range(scale.servers)]
        self.workers = [_worker(env) for _ in range(scale.workers)]
        self.router_ids: list[str] = []
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            stack.callback(guard().remove_folder, self._folder)
            if self.radius is not None:
                stack.callback(self.radius.close)
            self.shops = self._furnish(self._make_app())
            self.app = self._make_app(
                gateway_timeout=1.0,
                sale_deadline=2.0,
                sale_lease=float(SALE_LEASE),
                radius_interim=self.scale.interim,
            )
            stack.callback(close_app, self.app)
            if self.radius is not None:
                self.radius.begin(self.app, self.asking)
            for process in (*self.servers, *self.workers):
                stack.enter_context(process)
                # What may be killed at any moment need not be asked to end.
                stack.callback(process.kill)
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *exc_info: object) -> None:
        self._stack.close()

    @property
    def asking(self) -> dict[str, RouterSandbox]:
        """The routers that RADIUS serves, by their ids."""
        every = zip(self.router_ids, self._environment.routers, strict=True)
        return {router_id: each for n, (router_id, each) in enumerate(every) if self.is_asking(n)}

    def is_asking(self, router: int) -> bool:
        """Whether RADIUS serves the router of this number."""
        return self.radius is not None and asks_radius(router)

    def output(self) -> str:
        """What the processes complained of."""
        return "".join(process.output for process in (*self.servers, *self.workers))

    def _make_app(self, **settings: float) -> Flask:
        return make_app(
            self._folder,
            self._database_url,
            log_level="ERROR",
            conekta_api_url=self._environment.gateway.url,
            mercadopago_api_url=self._environment.second.url,
            public_url=self.servers[0].url,
            **settings,
        )

    def _furnish(self, app: Flask) -> Shops:
        """With all the time that a busy machine takes, which is not what is tried here."""
        api_keys, plan_ids = [], []
        with app.app_context():
            company_ids = [_company(number) for number in range(COMPANIES)]
            for company_id in company_ids[:COMPANIES_TOLD]:
                webhook_registration.register(ACTOR, company_id)
            for number in WITH_BOTH:
                self._prefer_second(company_ids[number], number)
            products = [_plan(company_id, n) for n, company_id in enumerate(company_ids)]
            short = [
                _plan(company_id, n, self.scale.short_seconds)
                for n, company_id in enumerate(company_ids)
            ]
            for number, sandbox in enumerate(self._environment.routers):
                company = company_of(number)
                router, key = routers.create(
                    ACTOR,
                    company_ids[company],
                    **self._described(number, sandbox),
                )
                self.router_ids.append(router.id)
                api_keys.append(key.token)
                is_short = self.is_asking(number) and number // 2 % 2 == 1
                plan_ids.append((short if is_short else products)[company])
        close_app(app)
        ports = tuple(server.port for server in self.servers)
        at_routers = (tuple(api_keys), tuple(plan_ids), tuple(self.router_ids))
        return Shops(ports, *at_routers, self._mint, self._environment)

    def _prefer_second(self, company_id: str, number: int) -> None:
        """Beside the first, and tell of its orders those who are told anything."""
        key, secret = SECOND_KEYS[number], f"chaos-{number}-signs-notices"
        keys = Keys(
            private_key=key,
            public_key=f"APP_USR-public{number}",
            mode="test",
            webhook_secret=secret,
        )
        gateway_accounts.set_keys(ACTOR, company_id, keys, MERCADO_PAGO)
        gateway_accounts.prefer(ACTOR, company_id, MERCADO_PAGO)
        if number < COMPANIES_TOLD:
            url = f"{self.servers[0].url}/api/v1/webhooks/{MERCADO_PAGO}/{company_id}"
            self._environment.second.tell(key, url, secret)

    def _described(self, number: int, sandbox: RouterSandbox) -> RouterValues:
        if self.radius is not None and self.is_asking(number):
            coa_port = self.radius.give(sandbox)
            return {"name": f"Patio {number}", "delivery": "radius", "coa_port": coa_port}
        return {
            "name": f"Patio {number}",
            "host": sandbox.host,
            "port": sandbox.port,
            "username": sandbox.user,
            "password": sandbox.password,
        }

    def _mint(self, card: Card, router: int, gateway: str) -> str:
        if gateway == MERCADO_PAGO:
            return f"{self._environment.second.mint('visa', AT_SECOND[card])}.visa"
        return self._environment.gateway.mint(card.value, KEYS[company_of(router)])


def _server(env: dict[str, str], processes: int) -> Server:
    # Loaded before it forks, so that a killed process is replaced at once.
    return Server(env=env, workers=processes, threads=THREADS, arguments=("--preload",))


def _worker(env: dict[str, str]) -> Process:
    command = ("flask", "--app", "wsgi", "worker", "--threads", "3", "--pause", "0.5")
    return Process([sys.executable, "-m", *command], env)


def _company(number: int) -> str:
    keys = Keys(private_key=KEYS[number], public_key=f"key_public{number}", mode="test")
    company = companies.create(
        ACTOR,
        keys,
        name=f"Café {number}",
        refund_after_minutes=REFUND_AFTER_MINUTES,
        payment_methods=[method.value for method in Method],
        passes_per_device=PASSES,
        passes_per_router=PASSES,
    )
    return company.id


def _plan(company_id: str, number: int, seconds: int = 3600) -> int:
    return plans.create(
        ACTOR,
        company_id,
        router_id=None,
        name=f"{seconds} segundos de Internet",
        amount=PRICES[number],
        profile_name=PROFILE,
        duration_seconds=seconds,
        duration_from="purchase",
    ).id
