"""List a seller's orders between two dates, newest first, by pages: `GET /v1/orders`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from portal.sandbox.gateway.http import Json
from portal.sandbox.mercadopago.errors import invalid
from portal.sandbox.mercadopago.records import Order, Seller
from portal.sandbox.mercadopago.world import World, order_body

KNOWN = {"begin_date", "end_date", "external_reference", "type", "status", "limit", "offset"}
DEFAULT_LIMIT, MAX_LIMIT = 30, 100


def search(world: World, seller: Seller, query: Mapping[str, str]) -> Json:
    """Give the page that the query asks for. Raises ApiError."""
    if not query.keys() <= KNOWN:
        raise invalid("unknown parameter in the query")
    begin, end = _date(query, "begin_date"), _date(query, "end_date")
    found = [
        order
        for order in reversed(world.orders.values())
        if order.account == seller.account
        and begin <= datetime.fromisoformat(order.created_date) <= end
        and _fits(order, query)
    ]
    limit, offset = _number(query, "limit", DEFAULT_LIMIT), _number(query, "offset", 0)
    if not 1 <= limit <= MAX_LIMIT:
        raise invalid("limit is 1 to 100")
    page = found[offset : offset + limit]
    return {
        "data": [order_body(world, order) for order in page],
        "paging": {"total": len(found), "limit": limit, "offset": offset},
    }


def _fits(order: Order, query: Mapping[str, str]) -> bool:
    reference, status = query.get("external_reference"), query.get("status")
    named = order.parts.get("external_reference")
    return reference in (None, named) and status in (None, order.status)


def _date(query: Mapping[str, str], name: str) -> datetime:
    try:
        date = datetime.fromisoformat(query[name])
    except (KeyError, ValueError):
        raise invalid(f"{name} is required, as ISO 8601") from None
    if date.tzinfo is None:
        raise invalid(f"{name} needs an offset")
    return date


def _number(query: Mapping[str, str], name: str, default: int) -> int:
    text = query.get(name, str(default))
    if not text.isdecimal():
        raise invalid(f"{name} is a number")
    return int(text)
