"""Prove that two deployments share a router and a gateway account, and leave each other's things
alone.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from portal.access.orphaned_users import remove_orphaned_users
from portal.access.provisioning import mark_prefix
from portal.access.router_restore import restore_router
from portal.access.usage_sync import sync_usage
from portal.core.database import reading, writing
from portal.models import GatewayAccount, Sale, utc_now
from portal.sales.gateway_comparison import Compared, compare
from portal.sales.operator_refund import refund_sale
from portal.sandbox.conekta import ConektaSandbox
from portal.sandbox.routeros import RouterSandbox
from portal.worker import orphan_orders
from portal.worker.orphan_orders import search_orphan_orders
from portal.worker.schedule import plan_jobs
from tests.support.fixtures import MakeDatabase
from tests.support.shop import PATIENT, PRIVATE_KEY, ROUTER_PASSWORD, Shop, close_app, make_app

# What stands in a database's copy depends on how it copies.
pytestmark = pytest.mark.each_database

RECORDS = ("sale", "sale_move", "access", "alert")
VISA, DECLINED = "tok_test_visa_4242", "tok_test_card_declined"
# What the router itself keeps counting.
COUNTED = ("uptime", "bytes-in", "bytes-out")


@dataclass(frozen=True)
class Belongings:
    """All that a deployment has: hotspot users, orders at the gateway, records."""

    users: list[dict[str, str]]
    orders: list[dict[str, Any]]
    records: dict[str, list[tuple[Any, ...]]]


class Tenant(Shop):
    """One deployment's shop, with customers of its own, and leftovers of all kinds."""

    def __init__(self, number: int, *parts: Any) -> None:
        super().__init__(*parts)
        self._number, self._devices = number, 0
        with self.app.app_context():
            self.mark = mark_prefix()

    def sell(self, token: str = VISA, *, secured: bool = False, **changes: Any) -> str:
        """A customer buys, `secured` by 3DS that is left undone; the order's id."""
        self.gateway.behave(force_three_ds=secured)
        self._devices += 1
        mac, ip = (
            f"02:00:00:00:0{self._number}:0{self._devices}",
            f"10.5.{self._number}.{self._devices}",
        )
        self.router.join(mac, ip)
        earlier = {order["id"] for order in self.gateway.orders()}
        self.buy(token_tarjeta=token, mac_cliente=mac, ip_cliente=ip, **changes)
        [made] = [o["id"] for o in self.gateway.orders() if o["id"] not in earlier]
        return str(made)

    def settle_in(self) -> None:
        """Sales of every kind, and things that no record knows of any more."""
        kinds: list[dict[str, Any]] = [
            {},
            {"tipo_usuario": "pin"},
            {"token": DECLINED},
            {"secured": True},
        ]
        self.orders = [self.sell(**kind) for kind in kinds]
        self.unpaid, self.paid = self.sell(secured=True), self.sell()
        self.forget(self.unpaid, self.paid)
        self.leftover = f"RESTO{self._number}"
        self.router.add_user(self.leftover, "1", comment=f"{self.mark}acc_gone")

    def forget(self, *orders: str) -> None:
        """Delete the sales behind these orders, as restoring an old backup does."""
        with self.app.app_context(), writing() as session:
            ids = session.scalars(sa.select(Sale.id).where(Sale.order_id.in_(orders))).all()
            for table, column in (("sale_move", "sale_id"), ("sale", "id")):
                delete = sa.text(f"DELETE FROM {table} WHERE {column} IN :ids")
                session.execute(delete.bindparams(sa.bindparam("ids", ids, expanding=True)))

    def belongings(self) -> Belongings:
        """Everything, as it stands."""
        marked = [
            u for u in self.router.users.values() if u.get("comment", "").startswith(self.mark)
        ]
        users = [{k: v for k, v in user.items() if k not in COUNTED} for user in marked]
        known = {*self.orders, self.unpaid, self.paid}
        orders = [order for order in self.gateway.orders() if order["id"] in known]
        with self.app.app_context(), reading() as session:
            rows = {
                table: [tuple(row) for row in session.execute(sa.text(f"SELECT * FROM {table}"))]
                for table in RECORDS
            }
        return Belongings(users, orders, rows)

    def notify_of(self, order_id: str) -> None:
        """The gateway tells this deployment of an order, whoever's it is."""
        [order] = [order for order in self.gateway.orders() if order["id"] == order_id]
        event = {"id": f"evt_{order_id}", "type": "order.paid", "data": {"object": order}}
        answer = self.app.test_client().post(
            f"/api/v1/webhooks/conekta/{self.company_id}",
            data=json.dumps(event),
            content_type="application/json",
        )
        assert answer.status_code == 200

    def account(self) -> str:
        with reading() as session:
            return session.scalars(sa.select(GatewayAccount.id)).one()


@pytest.fixture
def tenants(
    make_database: MakeDatabase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[Tenant, Tenant]]:
    monkeypatch.setattr(orphan_orders, "GRACE", timedelta(0))
    with ExitStack() as stack:
        router = stack.enter_context(RouterSandbox(password=ROUTER_PASSWORD))
        router.add_profile("1hora")
        gateway = stack.enter_context(ConektaSandbox(keys=[PRIVATE_KEY]))
        options = PATIENT | {"conekta_api_url": gateway.url, "device_declines": 0}
        tenants = []
        for number in (1, 2):
            app = make_app(tmp_path / str(number), make_database(), **options)
            stack.callback(close_app, app)
            tenants.append(Tenant(number, app, router, gateway))
        for tenant in tenants:
            tenant.settle_in()
        yield tenants[0], tenants[1]


def compare_own(tenant: Tenant, other: Tenant) -> None:
    found = list(compare(tenant.company_id, utc_now() - timedelta(days=1)))
    named = {one.order.id for one in found if isinstance(one, Compared) and one.order}
    assert named == {*tenant.orders, tenant.unpaid, tenant.paid}
    assert not named & {*other.orders, other.unpaid, other.paid}


def hear_of_the_other_s(tenant: Tenant, other: Tenant) -> None:
    for order_id in (*other.orders, other.unpaid, other.paid):
        tenant.notify_of(order_id)
    before = tenant.belongings()
    tenant.reconcile()
    assert tenant.belongings().orders == before.orders


ACTIONS: dict[str, Callable[[Tenant, Tenant], object]] = {
    "a round": lambda tenant, _: sync_usage(tenant.router_id),
    "a sweep": lambda tenant, _: remove_orphaned_users(tenant.router_id),
    "compare": compare_own,
    "search the gateway": lambda tenant, _: search_orphan_orders(tenant.account()),
    "restore the router": lambda tenant, _: restore_router(tenant.router_id),
    "plan jobs": lambda *_: plan_jobs(),
    "a pass": lambda tenant, _: tenant.reconcile(),
    "notices": hear_of_the_other_s,
    "a refund": lambda tenant, _: refund_sale(
        next(sale.id for sale in tenant.sales() if sale.state == "delivered"), "prueba"
    ),
    "a pass after it all": lambda tenant, _: tenant.reconcile(),
}


def test_each_leaves_alone_what_is_the_other_s(tenants: tuple[Tenant, Tenant]) -> None:
    for tenant, other in (tenants, tenants[::-1]):
        before = other.belongings()
        for name, action in ACTIONS.items():
            with tenant.app.app_context():
                action(tenant, other)
            assert other.belongings() == before, name
        look_after(tenant)


def look_after(tenant: Tenant) -> None:
    """The actions were done: what was left over of its own is seen to."""
    assert tenant.leftover not in tenant.router.users
    states = {o["id"]: o["payment_status"] for o in tenant.gateway.orders()}
    assert states[tenant.paid] == "paid"
    assert states[tenant.unpaid] == "canceled"
    assert [a.subject for a in tenant.alerts() if a.kind == "orphan_payment"] == [tenant.paid]
    ends = [sale.state for sale in tenant.sales()]
    assert ends == ["refunded", "delivered", "canceled", "pending"]
