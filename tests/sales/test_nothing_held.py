"""Prove that no database connection is held while router or gateway are asked, whatever is going
on.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from portal.core.extensions import db
from portal.models import Company, Sale, utc_now
from portal.ports import Ports
from tests.api.admin.caller import log_in
from tests.support.lost_answers import losing
from tests.support.shop import MAC, OpenShop, Shop
from tests.support.wrapped_ports import wrapped_ports

ADD, SET = "/ip/hotspot/user/add", "/ip/hotspot/user/set"
ONE_CONNECTION = {"db_pool_size": 1, "db_max_overflow": 0, "cache_seconds": 0.0}


@dataclass
class Watch:
    """Looks at the pool whenever something outside is called, and again once it has answered."""

    app: Flask
    calls: set[str] = field(default_factory=set)
    breaches: list[str] = field(default_factory=list)

    def ports(self, ports: Ports) -> Ports:
        """The same ports, watched."""
        return wrapped_ports(ports, self._watched)

    def _watched(self, end: Any) -> Any:
        return Watched(end, self.note)

    def note(self, call: str) -> None:
        """Someone calls, or has been answered: nobody holds a connection now."""
        with self.app.app_context():
            held = db.engine.pool.checkedout()
        self.calls.add(call)
        if held:
            self.breaches.append(f"{held} held at {call}")


class Watched:
    """A router or gateway whose every call is noted."""

    def __init__(self, end: Any, note: Callable[[str], None]) -> None:
        self._end, self._note = end, note

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._end, name)

        def call(*args: Any, **options: Any) -> Any:
            self._note(name)
            try:
                return method(*args, **options)
            finally:
                self._note(name)

        return call


@pytest.mark.each_database
def test_with_one_connection_the_catalogue_answers_during_a_sale(open_a_shop: OpenShop) -> None:
    """Asked at the moment of each call to router and gateway, it waits for none of them."""
    shop = open_a_shop(**ONE_CONNECTION)
    answers: dict[str, int] = {}

    def ask(call: str) -> None:
        client = shop.app.test_client()
        answer = client.get("/api/v1/catalogo_perfiles_venta", headers={"X-API-Key": shop.api_key})
        answers[call] = answer.status_code

    before = shop.app.extensions["ports"]
    shop.app.extensions["ports"] = wrapped_ports(before, lambda end: Watched(end, ask))
    assert shop.buy().status_code == 200
    assert answers.keys() >= {"open_order", "charge", "add_user", "enable_user"}
    assert set(answers.values()) == {200}


@pytest.fixture
def watched_shop(open_a_shop: OpenShop) -> tuple[Shop, Watch]:
    shop = open_a_shop(router_breaker_failures=1000)
    watch = Watch(shop.app)
    shop.app.extensions["ports"] = watch.ports(shop.app.extensions["ports"])
    return shop, watch


def sales_of_all_kinds(shop: Shop) -> None:
    """Paid, declined, refused, repeated, under another name; nothing left undone."""
    assert shop.buy("key-1", conexion_automatica=True).status_code == 200
    assert shop.buy("key-1", conexion_automatica=True).status_code == 200
    assert shop.buy(token_tarjeta="tok_test_card_declined").status_code == 402
    assert shop.buy(token_tarjeta="tok_nobody_knows").status_code == 402
    shop.router.faults.trap("failure: already have user with this name for this server", ADD)
    assert shop.buy().status_code == 200


def sales_that_the_worker_ends(shop: Shop) -> None:
    """Lost answers, 3DS, a router that is off before and after the charge."""
    shop.gateway.fail("cut", "charge", executed=True)
    with losing(shop, "hang", "look_up", times=2):
        assert shop.buy().status_code == 202
        shop.reconcile()
    shop.gateway.behave(force_three_ds=True)
    shop.gateway.challenge(shop.buy().json["id_transaccion"], passed=False)
    shop.gateway.behave(force_three_ds=False)
    shop.reconcile()
    shop.gateway.fail("cut", "open_order", executed=True, times=None)
    assert shop.buy().status_code == 503
    shop.gateway.heal()
    shop.reconcile()
    shop.router.faults.cut_before(ADD, times=None)
    assert shop.buy().status_code == 500
    shop.router.faults.clear()
    shop.reconcile()


def a_pass_to_pay_with(shop: Shop) -> None:
    """Let in for the bank, and moved over once that has confirmed."""
    shop.end_sessions()
    shop.gateway.behave(force_three_ds=True)
    sold = shop.buy(conexion_automatica=True).json
    assert shop.call(f"/api/v1/payments/{sold['referencia']}/pase", {}).json["success"]
    shop.gateway.challenge(sold["id_transaccion"], passed=True)
    shop.gateway.behave(force_three_ds=False)
    shop.reconcile()
    [online] = shop.router.active
    assert not online["user"].startswith("pase-")


def a_refund(shop: Shop) -> None:
    """Paid, and the router stays away for too long."""
    shop.router.faults.cut_before(SET, times=None)
    assert shop.buy().status_code == 202
    shop.change(Company, refund_after_minutes=1)
    shop.change(Sale, paid_at=utc_now() - timedelta(minutes=2))
    shop.reconcile()
    shop.router.faults.clear()
    shop.reconcile()


def a_phone_that_comes_back(shop: Shop) -> None:
    """With its code, with a wrong one, and while the router is away."""
    bought = shop.buy().json["usuario_hotspot"]
    code = {"username": bought["usuario"], "password": bought["contrasena"], "current_mac": MAC}
    for values in (code, code | {"password": "x"}):
        assert shop.call("/api/v1/hotspot/auto-reconnect", values).status_code == 200
    shop.router.faults.cut_before("/ip/hotspot/host/print", times=None)
    assert shop.call("/api/v1/hotspot/auto-reconnect", code).status_code == 200
    shop.router.faults.clear()


def what_an_operator_tries(shop: Shop) -> None:
    """The key, the connection and the profiles."""
    operator = log_in(shop.app, shop.company_id)
    assert operator.post("/api/v1/admin/mi-empresa/conekta/probar").status_code == 200
    for page in ("test-connection", "mikrotik-profiles"):
        path = f"/api/v1/admin/routers/{shop.router_id}/{page}"
        assert operator.get(path).status_code == 200


def test_nobody_holds_a_connection_while_anything_outside_is_asked(
    watched_shop: tuple[Shop, Watch],
) -> None:
    shop, watch = watched_shop
    sales_of_all_kinds(shop)
    sales_that_the_worker_ends(shop)
    a_phone_that_comes_back(shop)
    a_pass_to_pay_with(shop)
    a_refund(shop)
    what_an_operator_tries(shop)
    states = {sale.state for sale in shop.sales()}
    assert states == {"delivered", "canceled", "refunded"}
    assert not watch.breaches
    asked = {"add_user", "enable_user", "remove_user", "hosts", "log_in", "profiles", "info"}
    asked |= {"add_profile", "open_order", "charge", "look_up", "find", "cancel", "refund", "check"}
    assert watch.calls >= asked


def test_the_watch_sees_a_connection_that_is_held(watched_shop: tuple[Shop, Watch]) -> None:
    shop, watch = watched_shop
    with shop.app.app_context(), db.engine.connect() as connection:
        connection.execute(sa.text("SELECT 1"))
        shop.buy()
    assert watch.breaches
