"""Behind pgbouncer in transaction mode everything goes on; notifications alone are not heard there.

pgbouncer 1.18 takes a LISTEN for whichever connection it lends at that moment, and says nothing of
it: whoever waits to be told waits for ever.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.support.patience import wait_until
from tests.support.servers.pgbouncer import pooled
from tests.support.shop import Shop, open_shop
from tests.worker.test_due_listener import (
    at_work,
    on_postgresql,
    waiting_events,
    write_event,
)

PLACES = 3
CUSTOMERS = 8


@pytest.fixture
def pooled_shop(database_url: str, tmp_path: Path) -> Iterator[Shop]:
    with pooled(database_url, tmp_path, PLACES) as url, open_shop(tmp_path, url) as shop:
        yield shop


@on_postgresql
def test_sales_side_by_side_share_fewer_connections_than_they_are(pooled_shop: Shop) -> None:
    with ThreadPoolExecutor(CUSTOMERS) as pool:
        sold = pool.map(
            lambda number: pooled_shop.buy(mac_cliente=f"AA:BB:CC:00:00:0{number}"),
            range(CUSTOMERS),
        )
        assert [answer.status_code for answer in sold] == [200] * CUSTOMERS
    assert {sale.state for sale in pooled_shop.sales()} == {"delivered"}


@on_postgresql
def test_a_worker_that_cannot_be_told_looks_by_itself(pooled_shop: Shop) -> None:
    with at_work(pooled_shop.app, pause=0.1) as worker:
        for number in range(3):
            write_event(pooled_shop, number)
            wait_until(lambda: not waiting_events(pooled_shop), "what it looked for")
        assert not worker.hears
