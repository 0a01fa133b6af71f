"""Make who tries cards out wait, told by the declines, and show them to the operator."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    BindParameter,
    Boolean,
    Integer,
    Select,
    Subquery,
    and_,
    bindparam,
    case,
    func,
    or_,
    select,
)
from sqlalchemy.orm import aliased

from portal.alerts.kinds import AlertKind
from portal.alerts.open_alerts import raise_alert
from portal.core.database import reading, writing
from portal.core.errors import TooManyRequests
from portal.core.records import from_now
from portal.models import Sale, utc_now
from portal.models.sale import CARD_REFUSED, CARD_TRIED
from portal.models.sale_states import CancelReason
from portal.ports import settings

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
# When each of them was, the last first; executed with `decline_values` of `sales.request`.
REFUSED = select(Sale.created_at).where(*RECENT).order_by(Sale.created_at.desc())
# A MAC is only claimed: what others did in its name, from elsewhere, does not count for it.
OF_DEVICE = and_(
    Sale.device == bindparam("device"),
    or_(
        bindparam("known_anywhere", type_=Boolean),
        Sale.client_address.is_not_distinct_from(bindparam("client_address")),
    ),
)
REFUSED_TO_DEVICE = REFUSED.where(OF_DEVICE)
DECLINED_ON_ROUTER = REFUSED.where(Sale.cancel_reason == CancelReason.DECLINED)
REFUSED_TO_ADDRESS = (
    select(ASKED.created_at).where(*OF_ADDRESS, CARD_REFUSED).order_by(ASKED.created_at.desc())
)


def refuse_card_testing(values: Mapping[str, Any], counts: Any) -> None:
    """Raise TooManyRequests where too many cards were declined, as `recent_declines` counts.

    `values` are those that it was executed with. To be called before anything outside is touched.
    """
    limits = settings()
    bounds = (
        (limits.router_declines, counts.on_router, DECLINED_ON_ROUTER),
        (limits.address_declines, counts.by_address, REFUSED_TO_ADDRESS),
        (limits.device_declines, counts.by_device, REFUSED_TO_DEVICE),
    )
    reached = [(most, declines) for most, found, declines in bounds if 0 < most <= found]
    if reached:
        raise TooManyRequests(max(_seconds_left(values, *bound) for bound in reached), WAIT)
    if _is_rushing(limits.address_declines, counts):
        raise TooManyRequests(SECONDS_OF_A_TRY, WAIT)


def _is_rushing(most: int, counts: Any) -> bool:
    """Tell whether an address with many refused cards has as many tries under way as it may have.

    A crowd in a café has many under way too, but few of them were refused. Without this, what
    is sent at once would be let through before the first of it is answered.
    """
    is_suspect = 0 < most <= counts.by_address * SUSPECT_FROM
    return is_suspect and bool(most <= counts.by_address + counts.under_way)


def note_decline(sale: Sale) -> None:
    """Tell the operator where there are too many on a router."""
    limits = settings()
    query = select(func.count()).where(*RECENT, Sale.cancel_reason == CancelReason.DECLINED)
    with reading() as session:
        declined = session.scalar(query, recently(sale.router_id)) or 0
    if declined < limits.router_declines_alert:
        return
    message = ALERT.format(declined, limits.decline_minutes)
    with writing() as session:
        raise_alert(session, sale.company_id, AlertKind.CARD_TESTING, sale.router_id, message)


def _seconds_left(values: Mapping[str, Any], nth: int, declines: Select[datetime]) -> int:
    """Give the seconds until the n-th last decline, which makes one wait, counts no more."""
    with reading() as session:
        at = session.scalar(declines.offset(nth - 1).limit(1), values) or utc_now()
    left = at + timedelta(minutes=settings().decline_minutes) - utc_now()
    return max(1, math.ceil(left.total_seconds()))


def recent_declines() -> Subquery:
    """Select one row: cards refused of late to the order's device and to its address, tries of the
    address that are under way, and cards declined on the router.

    No address counts for the router with more than it takes to make that address wait, so
    that one alone cannot stop a whole router's sales. Nor can tokens that the gateway does not
    know: anybody can make them up, so they count for device and address only. Executed with
    `decline_values`.
    """
    of_address = (
        select(
            func.count(case((OF_DEVICE, 1))).label("by_device"),
            func.count(case((Sale.cancel_reason == CancelReason.DECLINED, 1))).label("declined"),
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


def recently(router_id: str) -> dict[str, Any]:
    """Give the parameters of `RECENT`."""
    return {"router_id": router_id, "since": -60.0 * settings().decline_minutes}
