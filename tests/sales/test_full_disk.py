"""The disk of an installation on SQLite is full: nobody pays twice, and what is said is so.

SQLite 3.40 answers a COMMIT that its WAL has no room for with `disk I/O error` or `database or disk
is full`; what was committed before stays, and reads go on.

Seen 2026-11 with four processes that sell at once on one file, on a disk that fills for six
seconds: none of 279 sales noticed it. The WAL, 4.4 MB by then, is written from its beginning again
after each checkpoint and never gets shorter, so that it has room of its own; what a checkpoint
cannot write stays in it. A reader that stays open had it grow by 0.2 MB a sale, to 30 MB after 112,
and so large it stayed; sales took 0.37 s with it and 0.31 without, on two busy cores, and nobody
was ever told that the database is locked.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.support.environment import Environment, open_environment
from tests.support.patience import wait_until
from tests.support.small_disk import filled, small_disk

DISK = "16m"


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of its own, of which little is left."""
    with small_disk(tmp_path, DISK) as made:
        yield made


def is_charged(environment: Environment) -> bool:
    return any(order.get("payment_status") == "paid" for order in environment.gateway.orders())


def test_a_disk_that_fills_while_money_is_asked_for(disk: Path) -> None:
    with open_environment(disk, None) as environment, ThreadPoolExecutor(1) as pool:
        request = environment.request(environment.visitor())
        environment.gateway.fail("hang", "charge", executed=True)
        buying = pool.submit(environment.send, request)
        wait_until(lambda: is_charged(environment), "the charge")
        with filled(disk):
            environment.gateway.heal()
            answer = buying.result()
            # Somebody who hears that it did not work pays again.
            assert (answer.status_code, answer.json["estado_pago"]) == (202, "pending")
            [sale] = environment.sales()
            assert (answer.json["referencia"], sale.state) == (sale.id, "charging")
            assert environment.send(environment.request(environment.visitor())).status_code == 503
        environment.settle()
        assert [sale.state for sale in environment.sales()] == ["delivered"]
        assert environment.ledgers().wrong() == []
        assert environment.send(request).json["success"]
        assert len(environment.gateway.orders()) == 1


def test_a_disk_that_is_full_before_money_is_asked_for(disk: Path) -> None:
    with open_environment(disk, None) as environment:
        with filled(disk):
            answer = environment.send(environment.request(environment.visitor()))
        assert answer.status_code == 503
        assert environment.gateway.orders() == environment.sales() == []
