"""Prove that one company's router hangs; another company's customers notice nothing, first burst
included.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Barrier
from time import monotonic

import pytest

from portal.sandbox.conekta import ConektaSandbox
from portal.sandbox.routeros import RouterSandbox
from tests.support.databases.admin import Databases
from tests.support.databases.migrated import copy_postgresql
from tests.support.servers.gunicorn import Server
from tests.support.servers.http import Api
from tests.support.shop import PRIVATE_KEY, SECRETS, Shop, close_app, make_app

PAY = "/api/v1/payments/pagar-conekta"
NO_CHARGE = "No se pudo crear el acceso a Internet. No se realizó ningún cargo."
CROWD = 24
WORKERS = 2
KEPT = WORKERS * 4
WARM_UP = 10
CALM = 20
SLOW_AFTER = 1
# Whoever waits for the hanging router waits for longer than all of the others' business takes.
HELD_SECONDS = 60


@dataclass(frozen=True)
class Answer:
    """What a customer got."""

    status: int
    detail: str | None


def buy(api: Api, shop: Shop, number: int) -> Answer:
    """One customer's purchase, on a device of its own."""
    device = {"mac_cliente": f"02:00:00:00:00:{number:02X}", "ip_cliente": f"10.5.50.{number}"}
    answer = api.post(PAY, shop.order(**device))
    return Answer(answer.status_code, answer.json().get("detail"))


class Scene:
    """Two companies in one deployment, each with a router; the second one's is about to hang."""

    def __init__(self, url: str, good: Shop, bad: Shop, bad_router: RouterSandbox) -> None:
        self.url, self.good, self.bad, self.bad_router = url, good, bad, bad_router

    def sell(self, go_on: Callable[[int], bool]) -> list[Answer]:
        """Sell on the good router, one after the other, while `go_on(sold)`.

        Nobody waits as long as one who waits for the other router does.
        """
        answers: list[Answer] = []
        with Api(self.url, key=self.good.api_key) as api:
            began = monotonic()
            while go_on(len(answers)):
                answers.append(buy(api, self.good, 1))
                assert monotonic() - began < HELD_SECONDS, f"{len(answers)} sold in all that time"
        return answers

    def hang(self, command: str | None) -> None:
        """From now on the bad router leaves this command unanswered; None is all of them.

        So that all means more than the login, there are connections to it already.
        """
        if command is None:
            with Api(self.url, key=self.bad.api_key) as api:
                assert {buy(api, self.bad, number).status for number in range(WARM_UP)} == {200}
        self.bad_router.faults.hang(command, times=None)

    def let_go(self) -> None:
        """End the wait of all who wait for the bad router."""
        self.bad_router.faults.clear()
        self.bad_router.drop_connections()

    def charges(self) -> int:
        """How often a charge was asked for so far."""
        return self.good.gateway.calls()["charge"]

    def crowd(self, threads: ThreadPoolExecutor) -> list[Future[Answer]]:
        """Customers who all buy at the bad router at the same moment."""
        start = Barrier(CROWD)

        def customer(number: int) -> Answer:
            with Api(self.url, key=self.bad.api_key) as api:
                start.wait()
                return buy(api, self.bad, number)

        return [threads.submit(customer, number) for number in range(CROWD)]


@contextmanager
def two_companies(instance: Path, database_url: str) -> Iterator[Scene]:
    with ExitStack() as stack:
        routers = [stack.enter_context(RouterSandbox()) for _ in range(2)]
        for router in routers:
            router.add_profile("1hora")
        gateway = stack.enter_context(ConektaSandbox(keys=[PRIVATE_KEY]))
        app = make_app(instance, database_url)
        stack.callback(close_app, app)
        good, bad = (Shop(app, router, gateway) for router in routers)
        environment = SECRETS | {
            "DATABASE_URL": database_url,
            "CONEKTA_API_URL": gateway.url,
            "INSTANCE_PATH": str(instance),
            "LOG_LEVEL": "WARNING",
            "ROUTER_SLOW_AFTER": str(SLOW_AFTER),
            "ROUTER_TIMEOUT": str(HELD_SECONDS),
            "ROUTER_CONNECT_TIMEOUT": str(HELD_SECONDS),
            "SALE_DEADLINE": str(HELD_SECONDS + 10),
            "SALE_LEASE": str(HELD_SECONDS + 20),
        }
        server = Server(env=environment, workers=WORKERS, threads=CROWD + 8)
        stack.enter_context(server)
        yield Scene(server.url, good, bad, routers[1])


def ended(crowd: list[Future[Answer]]) -> int:
    return sum(customer.done() for customer in crowd)


@pytest.mark.parametrize("command", ["/login", None], ids=["login", "any command"])
def test_a_hanging_router_slows_nobody_else(
    tmp_path: Path, postgres: Databases, command: str | None
) -> None:
    with two_companies(tmp_path, copy_postgresql(postgres, SECRETS)) as scene:
        scene.sell(lambda sold: sold < WARM_UP)
        scene.hang(command)
        charges = scene.charges()
        with ThreadPoolExecutor(CROWD) as threads:
            crowd = scene.crowd(threads)
            try:
                during = scene.sell(lambda _: ended(crowd) < CROWD - KEPT)
                during += scene.sell(lambda sold: sold < CALM)
                charges = scene.charges() - charges
                sent_away = [customer.result() for customer in crowd if customer.done()]
            finally:
                scene.let_go()
    assert len(sent_away) < CROWD, "nobody waited for the router: it did not hang"
    assert {(answer.status, answer.detail) for answer in sent_away} == {(500, NO_CHARGE)}
    assert {answer.status for answer in during} == {200}
    assert charges == len(during)
