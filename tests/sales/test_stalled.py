"""Prove that a request that stood still for longer than its lease does no harm when it goes on."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from flask import Flask

from portal.models import Sale, utc_now
from portal.worker.dispatcher import run_pass
from tests.support.shop import Shop, close_app, make_app

# By then the request pauses for long enough between two attempts to connect.
ATTEMPTS = 4


@pytest.fixture
def worker(shop: Shop, tmp_path: Path, database_url: str | None) -> Iterator[Flask]:
    """The application in another process, as far as the router can tell."""
    app = make_app(tmp_path, database_url, conekta_api_url=shop.gateway.url)
    yield app
    close_app(app)


def test_a_user_made_after_the_sale_was_given_up(shop: Shop, worker: Flask) -> None:
    shop.router.faults.too_many_sessions(times=None)
    with ThreadPoolExecutor() as pool:
        bought = pool.submit(shop.buy, "key-1")
        while shop.router.counters.refused_connections < ATTEMPTS:
            time.sleep(0.005)
        shop.router.faults.clear()
        shop.make_due()
        shop.change(Sale, next_attempt_at=utc_now())
        with worker.app_context():
            assert run_pass() == 1
        assert [sale.state for sale in shop.sales()] == ["canceled"]
        assert bought.result().status_code == 402
    assert shop.router.users
    shop.reconcile()
    assert not shop.router.users
    assert shop.charged() == 0
