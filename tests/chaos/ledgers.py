"""The three ledgers, each read at its owner's: ours, the gateway's and the routers'."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Flask
from sqlalchemy import select

from portal.access.provisioning import mark_of
from portal.core.database import reading
from portal.models import Access, Alert, Sale
from portal.sandbox.conekta import ConektaSandbox
from portal.sandbox.routeros import RouterSandbox


@dataclass(frozen=True)
class OurSale:
    """A sale and its access as our database has them; `router` is the router's number."""

    id: str
    router: int
    email: str
    state: str
    amount: int
    order_id: str | None
    parked: str | None
    alerted: bool
    wanted: str
    actual: str
    name: str
    password: str
    mark: str


@dataclass(frozen=True)
class GatewayOrder:
    """An order; `charged` is what was ever taken from a card for it, all in centavos."""

    id: str
    email: str
    reference: str
    status: str | None
    charged: int
    refunded: int


@dataclass(frozen=True)
class RouterUser:
    """A hotspot user on the router of this number."""

    router: int
    name: str
    password: str
    mark: str
    enabled: bool


@dataclass(frozen=True)
class Ledgers:
    """All three as they stand at one moment. `sessions` are pairs of router and user name."""

    sales: tuple[OurSale, ...]
    orders: tuple[GatewayOrder, ...]
    users: tuple[RouterUser, ...]
    sessions: tuple[tuple[int, str], ...]


def our_sales(app: Flask, router_ids: list[str]) -> tuple[OurSale, ...]:
    """What our database says."""
    numbers = {router_id: number for number, router_id in enumerate(router_ids)}
    with app.app_context(), reading() as session:
        alerted = set(session.scalars(select(Alert.subject).where(Alert.resolved_at.is_(None))))
        rows = session.execute(select(Sale, Access).join(Access, Access.id == Sale.access_id))
        return tuple(_sale(sale, access, numbers, alerted) for sale, access in rows)


def _sale(sale: Sale, access: Access, numbers: dict[str, int], alerted: set[str]) -> OurSale:
    return OurSale(
        id=sale.id,
        router=numbers[sale.router_id],
        email=sale.customer_email,
        state=sale.state,
        amount=sale.amount,
        order_id=sale.order_id,
        parked=sale.parked_reason,
        alerted=sale.id in alerted,
        wanted=access.wanted,
        actual=access.actual,
        name=access.name,
        password=access.password or "",
        mark=mark_of(access.id),
    )


def gateway_orders(gateway: ConektaSandbox) -> tuple[GatewayOrder, ...]:
    """What the gateway says."""
    return tuple(_order(body) for body in gateway.orders())


def _order(body: dict[str, Any]) -> GatewayOrder:
    charges = (body.get("charges") or {}).get("data", [])
    return GatewayOrder(
        id=body["id"],
        email=body["customer_info"]["email"],
        reference=body["metadata"]["reference_id"],
        status=body.get("payment_status"),
        charged=sum(charge["amount"] for charge in charges if charge["paid_at"]),
        refunded=body["amount_refunded"],
    )


def router_users(number: int, router: RouterSandbox) -> tuple[RouterUser, ...]:
    """What a router says of its users."""
    return tuple(
        RouterUser(
            router=number,
            name=row["name"],
            password=row.get("password", ""),
            mark=row.get("comment", ""),
            enabled=row["disabled"] == "false",
        )
        for row in router.users.values()
    )


def router_sessions(number: int, router: RouterSandbox) -> tuple[tuple[int, str], ...]:
    """Who is online there."""
    return tuple((number, row["user"]) for row in router.active)
