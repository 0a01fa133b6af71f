"""Do in a child process the very steps of a request, a webhook, a worker, an operator."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from flask import Flask

from config import load_settings
from portal import create_app
from portal.access.orphaned_users import remove_orphaned_users
from portal.access.payment_pass.giving import give_pass
from portal.access.usage_sync import sync_usage
from portal.core.concurrency import HELPER, dismiss_idle_threads
from portal.providers import open_ports
from portal.sales.customer_cancel import cancel_for_customer
from portal.sales.operator_refund import refund_sale
from portal.sales.purchase import buy
from portal.sales.request import PurchaseRequest
from portal.worker.dispatcher import run_pass
from portal.worker.orphan_orders import search_orphan_orders
from portal.worker.webhook_inbox import receive
from tests.crash.checkpoints import (
    Checkpoints,
    Point,
    noted_commits,
    noted_ports,
    noted_wire,
)
from tests.support.shop import close_app

Json = dict[str, Any]


def post_purchase(app: Flask, subject: Json) -> Json:
    """A custom portal's request, or the form of our own page."""
    if "form" in subject:
        page = app.test_client().post(subject["path"], data=subject["form"])
        return {"status": page.status_code}
    answer = app.test_client().post(
        subject["path"], json=subject["body"], headers=subject["headers"]
    )
    return {"status": answer.status_code, "body": answer.json}


def extend(_app: Flask, subject: Json) -> str:
    """A purchase that adds to a standing access."""
    return buy(PurchaseRequest(**subject["order"])).sale.id


def work(_app: Flask, _subject: Json) -> int:
    """One pass of the worker."""
    return run_pass()


def hear(_app: Flask, subject: Json) -> int:
    """The gateway's webhook arrives, and the worker follows it."""
    raw = subject["notice"].encode()
    receive(subject["provider"], subject["company_id"], raw, lambda _header: None)
    return run_pass()


def refund(_app: Flask, subject: Json) -> str:
    """An operator gives the money back."""
    return refund_sale(subject["sale_id"], "customer asked").sale.state


def let_in_to_pay(_app: Flask, subject: Json) -> str:
    """A customer whose bank wants to be asked presses the button that leads there."""
    return give_pass(subject["sale_id"]).answer


def abandon(_app: Flask, subject: Json) -> bool:
    """The customer wants out of a payment that is not decided."""
    return cancel_for_customer(subject["sale_id"])


def look_round(_app: Flask, subject: Json) -> int:
    """The router's round and its sweep, and the worker that follows them."""
    sync_usage(subject["router_id"])
    remove_orphaned_users(subject["router_id"])
    return run_pass()


def search(_app: Flask, subject: Json) -> int | None:
    """The search for orders at the gateway that no sale knows."""
    return search_orphan_orders(subject["account_id"])


ACTIONS: dict[str, Callable[[Flask, Json], Any]] = {
    action.__name__: action
    for action in (
        *(post_purchase, extend, work, hear, refund, abandon, look_round, search),
        let_in_to_pay,
    )
}


class ActionRunner:
    """The application, made once in the forking process."""

    def __init__(self, settings: Json) -> None:
        self._app = create_app(load_settings(**settings))
        self._settings = self._app.extensions["settings"]

    def do(self, order: Json) -> tuple[Sequence[Point], Any]:
        """Do what is ordered, noted on checkpoints; the points passed, and what it came to."""
        app, checkpoints = self._app, Checkpoints(**order["checkpoints"])
        settings = replace(self._settings, **order["settings"])
        app.extensions["settings"] = settings
        app.extensions["ports"] = noted_ports(open_ports(settings), checkpoints.note)
        with app.app_context(), noted_commits(checkpoints), noted_wire(checkpoints):
            result = ACTIONS[order["action"]](app, order["subject"])
        return checkpoints.points, result

    def rehearse(self, order: Json) -> tuple[Sequence[Point], Any]:
        """Do it in this process, and leave neither connection nor thread behind.

        What is done in a child afterwards finds its statements compiled.
        """
        done = self.do(order)
        close_app(self._app)
        end_threads()
        return done


def end_threads() -> None:
    """End timers, and threads that wait for work; there must be no other thread."""
    dismiss_idle_threads()
    for thread in threading.enumerate():
        if thread.name == HELPER:
            thread.join()
        if isinstance(thread, threading.Timer):
            thread.cancel()
            thread.join()
    if threading.active_count() > 1:
        raise RuntimeError(f"these would not outlive a fork: {threading.enumerate()}")
