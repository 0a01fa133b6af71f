"""Somebody trying cards out: told by the declines, made to wait, and shown to the operator."""

from __future__ import annotations

import math
from datetime import timedelta
from typing import Any

from sqlalchemy import Subquery, bindparam, case, func, select

from portal.database import reading, writing
from portal.errors import TooManyRequests
from portal.models import Sale, utc_now
from portal.models.clock import from_now
from portal.models.sale import CARD_REFUSED
from portal.ports import settings
from portal.sales.alerts import raise_alert
from portal.sales.order import Order

KIND = "card_testing"
WAIT = (
    "Hubo varios pagos rechazados. Espere unos minutos antes de intentar con otra tarjeta. "
    "No se realizó ningún cargo."
)
ALERT = (
    "{} tarjetas rechazadas en {} minutos: alguien puede estar probando tarjetas. "
    "Revise las ventas del router y, si hace falta, cambie su API Key."
)

# Sales of a router whose cards were refused a short while ago; `since` in seconds from now.
RECENT = (
    Sale.router_id == bindparam("router_id"),
    Sale.created_at > from_now(name="since"),
    CARD_REFUSED,
)


def recent_declines() -> Subquery:
    """One row: cards refused to the order's device, and declined on its router, of late.

    Tokens that the gateway does not know are the device's own fault, but anybody can make
    them up: they must not stop a whole router's sales. Executed with `decline_values`.
    """
    by_device = func.count(case((Sale.device == bindparam("device"), 1)))
    on_router = func.count(case((Sale.cancel_reason == "declined", 1)))
    return (
        select(by_device.label("by_device"), on_router.label("on_router")).where(*RECENT).subquery()
    )


def decline_values(order: Order) -> dict[str, Any]:
    """The parameters of `recent_declines`."""
    return {"device": order.device} | _recently(order.router_id)


def refuse_card_testing(order: Order, key: str | None, by_device: int, on_router: int) -> None:
    """Raises TooManyRequests where too many cards were declined.

    Not for a purchase that was asked for before: it is answered how it stands.
    """
    limits = settings()
    stopped = 0 < limits.router_declines <= on_router
    if not stopped and not 0 < limits.device_declines <= by_device:
        return
    if key is not None and was_asked_before(order, key):
        return
    nth = limits.router_declines if stopped else limits.device_declines
    raise TooManyRequests(_seconds_left(order, None if stopped else order.device, nth), WAIT)


def note_decline(sale: Sale) -> None:
    """Tell the operator where there are too many on a router."""
    limits = settings()
    query = select(func.count()).where(*RECENT, Sale.cancel_reason == "declined")
    with reading() as session:
        declined = session.scalar(query, _recently(sale.router_id)) or 0
    if declined < limits.router_declines_alert:
        return
    message = ALERT.format(declined, limits.decline_minutes)
    with writing() as session:
        raise_alert(session, sale.company_id, KIND, sale.router_id, message)


def _recently(router_id: str) -> dict[str, Any]:
    return {"router_id": router_id, "since": -60.0 * settings().decline_minutes}


def was_asked_before(order: Order, key: str) -> bool:
    """Whether this very purchase has led to a sale: then it is told how that stands."""
    query = select(Sale.id).where(Sale.router_id == order.router_id, Sale.idempotency_key == key)
    with reading() as session:
        return session.scalar(query) is not None


def _seconds_left(order: Order, device: str | None, nth: int) -> int:
    """Until the decline that makes one wait, the n-th last, does not count any more."""
    query = select(Sale.created_at).where(*RECENT)
    counted = Sale.cancel_reason == "declined" if device is None else Sale.device == device
    query = query.where(counted).order_by(Sale.created_at.desc()).offset(nth - 1).limit(1)
    with reading() as session:
        at = session.scalar(query, _recently(order.router_id)) or utc_now()
    left = at + timedelta(minutes=settings().decline_minutes) - utc_now()
    return max(1, math.ceil(left.total_seconds()))
