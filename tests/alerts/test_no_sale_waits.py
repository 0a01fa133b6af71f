"""Prove that alerts cost a sale nothing, and that the worker sends them in a lane of their own."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from typing import Any

from portal.alerts.kinds import AlertKind
from portal.models import Sale, utc_now
from portal.sandbox.telegram import TelegramSandbox
from portal.worker.runner import Worker
from tests.alerts.desk import Desk
from tests.alerts.receiver import Receiver
from tests.support.databases.queries import recorded_queries
from tests.support.patience import PATIENCE, wait_until
from tests.support.structure.call_trace import traced


@contextmanager
def working(desk: Desk) -> Iterator[None]:
    """A worker with all of its lanes, while the block lasts."""
    worker = Worker(desk.app, threads=2, pause=0.1)
    thread = threading.Thread(target=worker.run)
    with ExitStack() as stack:
        thread.start()
        stack.callback(thread.join)
        stack.callback(worker.stop)
        yield


def test_a_sale_is_the_same_whatever_is_told_of_it(desk: Desk, webhook: Receiver) -> None:
    walked = []
    # However slow the machine, what the first sale read of the shop is not read again.
    with desk_settings(desk, cache_seconds=PATIENCE):
        desk.shop.buy("warm")
        for number in range(2):
            device = {"mac_cliente": f"AA:BB:CC:DD:EE:0{number}"}
            with recorded_queries(desk.app) as statements, traced() as trace:
                assert desk.shop.buy(f"key-{number}", **device).status_code == 200
            walked.append((len(statements), trace.files))
            desk.use_telegram("sale", "refund", "parked")
            desk.use_webhook(webhook.url, "sale")
    assert walked[0] == walked[1]


def test_the_worker_sends_what_is_due(desk: Desk, telegram: TelegramSandbox) -> None:
    desk.use_telegram("parked", "no_worker")
    with working(desk):
        desk.alert(AlertKind.PARKED, "sal_1")
        wait_until(lambda: bool(telegram.sent))
    assert len(telegram.sent) == 1


def test_a_webhook_that_hangs_keeps_no_sale_and_no_other_way_waiting(
    desk: Desk, telegram: TelegramSandbox
) -> None:
    desk.use_telegram("parked")
    with socket.create_server(("127.0.0.1", 0)) as silent:
        desk.use_webhook(f"http://127.0.0.1:{silent.getsockname()[1]}/", "parked")
        with desk_settings(desk, alert_timeout=PATIENCE), working(desk):
            desk.alert(AlertKind.PARKED, "sal_1")
            line, _ = silent.accept()
            with line:
                wait_until(lambda: bool(telegram.sent))
                desk.shop.buy("key-1")
                desk.shop.change(Sale, state="paid", lease=None, next_attempt_at=utc_now())
                wait_until(lambda: desk.shop.sales()[0].state == "delivered")


@contextmanager
def desk_settings(desk: Desk, **changes: Any) -> Iterator[None]:
    """Other settings for as long as the block lasts."""
    before = desk.app.extensions["settings"]
    desk.app.extensions["settings"] = replace(before, **changes)
    try:
        yield
    finally:
        desk.app.extensions["settings"] = before
