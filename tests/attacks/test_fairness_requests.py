"""However slow a company's routers are, the server goes on answering the others' customers.

It has few threads here, and a command on those routers lasts until it is let go: what is answered
meanwhile was kept waiting by nobody, however busy the machine is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import cycle, islice
from pathlib import Path

import pytest
from requests import Response

from portal.core.database import writing
from portal.models import Plan
from portal.operators import api_keys
from portal.sales.purchase import MOST_WAITING
from portal.sandbox.routeros import RouterSandbox
from tests.support.patience import PATIENCE
from tests.support.servers.gunicorn import Server
from tests.support.servers.http import Api
from tests.support.shop import ROUTER_PASSWORD, SECRETS, Shop, add_router, open_shop

THREADS, CROWD = 16, 24
SHARE = THREADS * 3 // 4
LONG = "300"


@dataclass
class Scene:
    """A shop whose things all work, in one house with a company whose routers do not answer."""

    good: Shop
    slow: Shop
    slow_keys: list[str]
    server: Server

    def buy(self, shop: Shop, key: str, number: int, **headers: str) -> Response:
        """A purchase by the JSON API, of a device of its own."""
        order = shop.order(
            producto_id=shop.plan_id,
            mac_cliente=f"02:00:00:00:00:{number:02X}",
            ip_cliente=None,
            email_cliente=f"persona{number}@example.com",
        )
        with Api(self.server.url, key=key) as api:
            return api.post("/api/v1/payments/pagar-conekta", order, **headers)


def slow_router(stack: ExitStack) -> RouterSandbox:
    router = stack.enter_context(RouterSandbox(password=ROUTER_PASSWORD))
    router.faults.hang(times=None)
    return router


def another_router(shop: Shop, sandbox: RouterSandbox) -> str:
    """One more router of the shop's company; its key."""
    with shop.app.app_context(), writing() as session:
        router = add_router(session, shop.company_id, sandbox, f"Patio {sandbox.port}")
        return api_keys.mint_in(session, router).token


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    """No router ever counts as slow: each answers just before it would."""
    environ = SECRETS | {"INSTANCE_PATH": str(tmp_path), "WEB_THREADS": str(THREADS)}
    environ |= {"ROUTER_TIMEOUT": LONG, "ROUTER_CONNECT_TIMEOUT": LONG, "ROUTER_SLOW_AFTER": LONG}
    environ |= {"SALE_DEADLINE": LONG, "SALE_LEASE": "400"}
    with ExitStack() as stack:
        good = stack.enter_context(open_shop(tmp_path, None))
        routers = [slow_router(stack) for _ in range(3)]
        slow = Shop(good.app, routers[0], good.gateway)
        slow.change(Plan, router_id=None)
        keys = [slow.api_key, *(another_router(slow, router) for router in routers[1:])]
        environ["CONEKTA_API_URL"] = good.gateway.url
        server = stack.enter_context(Server(env=environ, threads=THREADS))
        yield Scene(good, slow, keys, server)


@contextmanager
def crowd(scene: Scene, purchase: Callable[[int], Response]) -> Iterator[list[Future[Response]]]:
    """As many customers of the slow company as the server has threads, and more."""
    with ThreadPoolExecutor(CROWD) as threads:
        yield [threads.submit(purchase, number) for number in range(CROWD)]
        scene.server.terminate()


def first(tasks: list[Future[Response]], count: int) -> set[int]:
    """What the first of them were answered. Raises TimeoutError."""
    done = islice(as_completed(tasks, timeout=PATIENCE), count)
    return {task.result().status_code for task in done}


def test_slow_routers_of_one_company_leave_room_for_others(scene: Scene) -> None:
    """Runs a company here, whose routers take their time over each command; sends it customers."""
    keys = cycle(scene.slow_keys)
    turns = [next(keys) for _ in range(CROWD)]
    with crowd(scene, lambda number: scene.buy(scene.slow, turns[number], number)) as tasks:
        assert first(tasks, CROWD - SHARE) == {500}
        assert scene.buy(scene.good, scene.good.api_key, 99).json()["estado_pago"] == "paid"
        assert sum(task.done() for task in tasks) == CROWD - SHARE


def test_one_purchase_asked_for_again_and_again_leaves_room_for_others(scene: Scene) -> None:
    """The same, with one purchase whose every repetition would wait until it is decided."""
    again = partial(scene.buy, scene.slow, scene.slow.api_key, 1, Idempotency_Key="again")
    with crowd(scene, lambda _: again()) as tasks:
        assert first(tasks, CROWD - MOST_WAITING - 1) == {202}
        assert scene.buy(scene.good, scene.good.api_key, 99).json()["estado_pago"] == "paid"
        assert sum(task.done() for task in tasks) == CROWD - MOST_WAITING - 1
