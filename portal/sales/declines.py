"""The cards that were refused of late: to a device, on a router, to an address."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Subquery, bindparam, case, func, select
from sqlalchemy.orm import aliased

from portal.models import Sale
from portal.models.clock import from_now
from portal.models.sale import CARD_REFUSED
from portal.ports import settings
from portal.sales.order import Order

# Sales of a router whose cards were refused a short while ago; `since` in seconds from now.
RECENT = (
    Sale.router_id == bindparam("router_id"),
    Sale.created_at > from_now(name="since"),
    CARD_REFUSED,
)
# The same of an address, whatever the router.
ASKED = aliased(Sale)
RECENT_OF_ADDRESS = (
    ASKED.client_address == bindparam("client_address"),
    ASKED.created_at > from_now(name="since"),
    CARD_REFUSED,
    ASKED.cancel_reason == "declined",
)
# When each of them was, the last first; executed with `decline_values`.
REFUSED = select(Sale.created_at).where(*RECENT).order_by(Sale.created_at.desc())
REFUSED_TO_DEVICE = REFUSED.where(Sale.device == bindparam("device"))
DECLINED_ON_ROUTER = REFUSED.where(Sale.cancel_reason == "declined")
DECLINED_TO_ADDRESS = (
    select(ASKED.created_at).where(*RECENT_OF_ADDRESS).order_by(ASKED.created_at.desc())
)


def recent_declines() -> Subquery:
    """One row: cards refused of late to the order's device, and declined on its router and to
    its address.

    Tokens that the gateway does not know are the device's own fault, but anybody can make
    them up: they must not stop a whole router's or café's sales. Executed with
    `decline_values`.
    """
    by_device = func.count(case((Sale.device == bindparam("device"), 1)))
    on_router = func.count(case((Sale.cancel_reason == "declined", 1)))
    by_address = select(func.count(ASKED.id)).where(*RECENT_OF_ADDRESS).scalar_subquery()
    counts = (by_device.label("by_device"), on_router.label("on_router"))
    return select(*counts, by_address.label("by_address")).where(*RECENT).subquery()


def decline_values(order: Order) -> dict[str, Any]:
    """The parameters of `recent_declines`."""
    return {
        "device": order.device,
        "client_address": order.client_address,
    } | recently(order.router_id)


def recently(router_id: str) -> dict[str, Any]:
    """The parameters of `RECENT`."""
    return {"router_id": router_id, "since": -60.0 * settings().decline_minutes}
