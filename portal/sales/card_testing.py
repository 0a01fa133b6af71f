"""Somebody trying cards out: told by the declines, made to wait, and shown to the operator."""

from __future__ import annotations

import math
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, Select, func, select

from portal.database import reading, writing
from portal.errors import TooManyRequests
from portal.models import Sale, utc_now
from portal.ports import settings
from portal.sales.alerts import raise_alert
from portal.sales.declines import (
    DECLINED_ON_ROUTER,
    DECLINED_TO_ADDRESS,
    RECENT,
    REFUSED_TO_DEVICE,
    decline_values,
    recently,
)
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


def refuse_card_testing(order: Order, counts: Row[Any]) -> None:
    """Raises TooManyRequests where too many cards were declined, as `recent_declines` counts."""
    limits = settings()
    bounds = (
        (limits.router_declines, counts.on_router, DECLINED_ON_ROUTER),
        (limits.address_declines, counts.by_address, DECLINED_TO_ADDRESS),
        (limits.device_declines, counts.by_device, REFUSED_TO_DEVICE),
    )
    reached = [(most, declines) for most, found, declines in bounds if 0 < most <= found]
    if reached:
        raise TooManyRequests(max(_seconds_left(order, *bound) for bound in reached), WAIT)


def note_decline(sale: Sale) -> None:
    """Tell the operator where there are too many on a router."""
    limits = settings()
    query = select(func.count()).where(*RECENT, Sale.cancel_reason == "declined")
    with reading() as session:
        declined = session.scalar(query, recently(sale.router_id)) or 0
    if declined < limits.router_declines_alert:
        return
    message = ALERT.format(declined, limits.decline_minutes)
    with writing() as session:
        raise_alert(session, sale.company_id, KIND, sale.router_id, message)


def _seconds_left(order: Order, nth: int, declines: Select[datetime]) -> int:
    """Until the decline that makes one wait, the n-th last, does not count any more."""
    with reading() as session:
        at = session.scalar(declines.offset(nth - 1).limit(1), decline_values(order)) or utc_now()
    left = at + timedelta(minutes=settings().decline_minutes) - utc_now()
    return max(1, math.ceil(left.total_seconds()))
