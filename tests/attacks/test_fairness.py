"""What one company's routers, gateway and notices do keeps no other company's sale waiting."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from time import monotonic
from typing import Any

import pytest
from flask import Flask

from portal.core.database import reading
from portal.models import Sale
from portal.sandbox.conekta import ConektaSandbox
from portal.sandbox.routeros import RouterSandbox
from portal.worker.runner import Worker
from tests.support.bully import Bully
from tests.support.patience import slowness, wait_until
from tests.support.shop import ROUTER_PASSWORD, Shop, close_app, make_app

SALES, EVENTS = 40, 800
OTHERS = 8
# The aim is 2 s, and the benchmark measures it; five times that is given here, and as many times
# that as the machine is busy with other things, where a worker without fairness takes minutes.
PICKED_UP_WITHIN = 10.0
pytestmark = pytest.mark.each_database


@pytest.fixture
def app(tmp_path: Path, database_url: str | None, gateway: ConektaSandbox) -> Iterator[Flask]:
    app = make_app(
        tmp_path, database_url, conekta_api_url=gateway.url, retry_first=1.0, log_level="ERROR"
    )
    yield app
    close_app(app)


@pytest.fixture
def gateway() -> Iterator[ConektaSandbox]:
    with ConektaSandbox() as sandbox:
        yield sandbox


@pytest.fixture
def bully(app: Flask, gateway: ConektaSandbox) -> Iterator[Bully]:
    with Bully(app, gateway, SALES, EVENTS) as bully:
        yield bully


@pytest.fixture
def shop(app: Flask, gateway: ConektaSandbox, bully: Bully) -> Iterator[Shop]:
    """Another company, all of whose things work. It comes after the bully, who copies rows."""
    with RouterSandbox(password=ROUTER_PASSWORD, license_level=6) as router:
        router.add_profile("1hora")
        yield Shop(app, router, gateway)


@contextmanager
def working(app: Flask, bully: Bully, workers: int) -> Iterator[None]:
    """Workers as of as many processes, while the block lasts."""
    crew = [Worker(app, threads=4, pause=0.5) for _ in range(workers)]
    threads = [threading.Thread(target=worker.run) for worker in crew]
    with ExitStack() as stack:
        for thread in threads:
            thread.start()
            stack.callback(thread.join)
        for worker in crew:
            stack.callback(worker.stop)
        stack.callback(bully.end)
        yield


def pay_at_the_bank(shop: Shop, gateway: ConektaSandbox, order_id: str, number: int) -> None:
    """The customer confirms, and the gateway says so."""
    gateway.challenge(order_id, passed=True)
    order = {"object": "order", "id": order_id}
    event = {"id": f"evt_{number}", "type": "order.paid", "data": {"object": order}}
    raw = json.dumps(event)
    path = f"/api/v1/webhooks/conekta/{shop.company_id}"
    answer = shop.app.test_client().post(path, data=raw, content_type="application/json")
    assert answer.status_code == 200


def is_delivered(shop: Shop, bought: dict[str, Any]) -> bool:
    with shop.app.app_context(), reading() as session:
        return session.get_one(Sale, bought["referencia"]).state == "delivered"


@pytest.mark.timeout(240)
@pytest.mark.parametrize("workers", [1, 2])
def test_another_s_paid_sale_is_picked_up_at_once(
    app: Flask, gateway: ConektaSandbox, bully: Bully, shop: Shop, workers: int
) -> None:
    gateway.behave(force_three_ds=True)
    for number in range(OTHERS):
        shop.router.join(f"02:00:00:00:00:{number:02X}", f"192.168.88.{number + 2}")
    bought = [
        shop.buy(mac_cliente=f"02:00:00:00:00:{n:02X}", ip_cliente=f"192.168.88.{n + 2}").json
        for n in range(OTHERS)
    ]
    bully.begin()
    waited = []
    with working(app, bully, workers):
        wait_until(lambda: bully.held() > 2, "the load")
        for number, sale in enumerate(bought):
            began = monotonic()
            pay_at_the_bank(shop, gateway, sale["id_transaccion"], number)
            wait_until(partial(is_delivered, shop, sale), "a paid sale")
            waited.append(monotonic() - began)
            # Without any load, nothing would be proved.
            assert bully.held() > 0
    print(f"picked up after {[round(seconds, 2) for seconds in waited]} s")
    assert max(waited) < PICKED_UP_WITHIN or max(waited) < PICKED_UP_WITHIN * slowness()
