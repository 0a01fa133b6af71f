"""The cards that were refused of late: to a device, on a router, to an address."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BindParameter,
    Boolean,
    Integer,
    Subquery,
    and_,
    bindparam,
    case,
    func,
    or_,
    select,
)
from sqlalchemy.orm import aliased

from portal.core.clock import from_now
from portal.models import Sale
from portal.models.sale import CARD_REFUSED, CARD_TRIED
from portal.ports import settings
from portal.sales.request import PurchaseRequest

ANY = 2**31 - 1
# Sales of a router whose cards were refused a short while ago; `since` in seconds from now.
RECENT = (
    Sale.router_id == bindparam("router_id"),
    Sale.created_at > from_now(name="since"),
    CARD_REFUSED,
)
# The same of an address, whatever the router.
ASKED = aliased(Sale)
OF_ADDRESS = (
    ASKED.client_address == bindparam("client_address"),
    ASKED.created_at > from_now(name="since"),
)
# A MAC is only claimed: what others did in its name, from elsewhere, does not count for it.
OF_DEVICE = and_(
    Sale.device == bindparam("device"),
    or_(
        bindparam("known_anywhere", type_=Boolean),
        Sale.client_address.is_not_distinct_from(bindparam("client_address")),
    ),
)
# When each of them was, the last first; executed with `decline_values`.
REFUSED = select(Sale.created_at).where(*RECENT).order_by(Sale.created_at.desc())
REFUSED_TO_DEVICE = REFUSED.where(OF_DEVICE)
DECLINED_ON_ROUTER = REFUSED.where(Sale.cancel_reason == "declined")
REFUSED_TO_ADDRESS = (
    select(ASKED.created_at).where(*OF_ADDRESS, CARD_REFUSED).order_by(ASKED.created_at.desc())
)


def recent_declines() -> Subquery:
    """One row: cards refused of late to the order's device and to its address, tries of the
    address that are under way, and cards declined on the router.

    No address counts for the router with more than it takes to make that address wait, so
    that one alone cannot stop a whole router's sales. Nor can tokens that the gateway does not
    know: anybody can make them up, so they count for device and address only. Executed with
    `decline_values`.
    """
    of_address = (
        select(
            func.count(case((OF_DEVICE, 1))).label("by_device"),
            func.count(case((Sale.cancel_reason == "declined", 1))).label("declined"),
        )
        .where(*RECENT)
        .group_by(Sale.client_address)
        .subquery()
    )
    most: BindParameter[int] = bindparam("most_of_address", type_=Integer)
    counted = case((of_address.c.declined > most, most), else_=of_address.c.declined)
    refused = select(func.count(ASKED.id)).where(*OF_ADDRESS, CARD_REFUSED).scalar_subquery()
    under_way = select(func.count(ASKED.id)).where(*OF_ADDRESS, CARD_TRIED).scalar_subquery()
    return select(
        func.coalesce(func.sum(of_address.c.by_device), 0).label("by_device"),
        func.coalesce(func.sum(counted), 0).label("on_router"),
        refused.label("by_address"),
        under_way.label("under_way"),
    ).subquery()


def decline_values(order: PurchaseRequest) -> dict[str, Any]:
    """The parameters of `recent_declines`."""
    return {
        "device": order.device,
        "known_anywhere": order.known_as is not None,
        "client_address": order.client_address,
        "most_of_address": settings().address_declines or ANY,
    } | recently(order.router_id)


def recently(router_id: str) -> dict[str, Any]:
    """The parameters of `RECENT`."""
    return {"router_id": router_id, "since": -60.0 * settings().decline_minutes}
