"""Somebody trying cards out: told by the declines, made to wait, and shown to the operator."""

from __future__ import annotations

import math
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, Select, func, select

from portal.alerts.kinds import AlertKind
from portal.alerts.open_alerts import raise_alert
from portal.core.database import reading, writing
from portal.core.errors import TooManyRequests
from portal.models import Sale, utc_now
from portal.ports import settings
from portal.sales.declines import (
    DECLINED_ON_ROUTER,
    RECENT,
    REFUSED_TO_ADDRESS,
    REFUSED_TO_DEVICE,
    decline_values,
    recently,
)
from portal.sales.request import PurchaseRequest

# An address is suspect from a quarter of the declines that make it wait.
SUSPECT_FROM = 4
SECONDS_OF_A_TRY = 5
WAIT = (
    "Hubo varios pagos rechazados. Espere unos minutos antes de intentar con otra tarjeta. "
    "No se realizó ningún cargo."
)
ALERT = (
    "{} tarjetas rechazadas en {} minutos: alguien puede estar probando tarjetas. "
    "Revise las ventas del router y, si hace falta, cambie su API Key."
)


def refuse_card_testing(order: PurchaseRequest, counts: Row[Any]) -> None:
    """Raises TooManyRequests where too many cards were declined, as `recent_declines` counts.

    Asked before anything outside is touched.
    """
    limits = settings()
    bounds = (
        (limits.router_declines, counts.on_router, DECLINED_ON_ROUTER),
        (limits.address_declines, counts.by_address, REFUSED_TO_ADDRESS),
        (limits.device_declines, counts.by_device, REFUSED_TO_DEVICE),
    )
    reached = [(most, declines) for most, found, declines in bounds if 0 < most <= found]
    if reached:
        raise TooManyRequests(max(_seconds_left(order, *bound) for bound in reached), WAIT)
    if _is_rushing(limits.address_declines, counts):
        raise TooManyRequests(SECONDS_OF_A_TRY, WAIT)


def _is_rushing(most: int, counts: Row[Any]) -> bool:
    """Whether an address with many refused cards has as many tries under way as it may have.

    A crowd in a café has many under way too, but few of them were refused. Without this, what
    is sent at once would be let through before the first of it is answered.
    """
    is_suspect = 0 < most <= counts.by_address * SUSPECT_FROM
    return is_suspect and bool(most <= counts.by_address + counts.under_way)


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
        raise_alert(session, sale.company_id, AlertKind.CARD_TESTING, sale.router_id, message)


def _seconds_left(order: PurchaseRequest, nth: int, declines: Select[datetime]) -> int:
    """Until the decline that makes one wait, the n-th last, does not count any more."""
    with reading() as session:
        at = session.scalar(declines.offset(nth - 1).limit(1), decline_values(order)) or utc_now()
    left = at + timedelta(minutes=settings().decline_minutes) - utc_now()
    return max(1, math.ceil(left.total_seconds()))
