"""A lost code, found again by who paid for it and with which card."""

from __future__ import annotations

import math
from datetime import timedelta

from sqlalchemy import ColumnElement, delete, func, or_, select

from portal import ports
from portal.database import insert_new, reading, writing
from portal.errors import NotFound, TooManyRequests, Unavailable
from portal.hotspot.router import RouterError
from portal.models import Access, Router, Sale, WrongCode, utc_now
from portal.models.clock import from_now
from portal.ports import settings

KIND = "lost_code"
TRIES = 3
WAIT = timedelta(hours=1)
WAIT_SENTENCE = "Ya hubo tres intentos. Espere una hora, o pida su código al encargado del lugar."


class NotInNetwork(NotFound):
    detail = "Este teléfono no está en el WiFi. Únase a la red e intente otra vez."


class RouterAway(Unavailable):
    detail = "El WiFi no responde en este momento. Intente otra vez en un minuto."


class NoSuchPurchase(NotFound):
    detail = (
        "No encontramos un código activo con ese correo y esa tarjeta. "
        "Revíselos, o pida su código al encargado del lugar."
    )


def find_lost_code(router_id: str, mac: str, email: str, last4: str) -> str:
    """The id of the latest sale whose access stands; `last4` ends the card that paid.

    Told only to a device that the router sees. Tries are counted for the device and for the
    address, so that no crowd of devices can guess one card. Raises NotInNetwork, RouterAway,
    NoSuchPurchase, TooManyRequests.
    """
    email = email.lower()
    _require_in_network(router_id, mac)
    for who in (mac, email):
        _count_try(router_id, who)
    sale_id = _find(router_id, email, last4)
    if sale_id is None:
        raise NoSuchPurchase
    _forget_tries(router_id, mac, email)
    return sale_id


def _require_in_network(router_id: str, mac: str) -> None:
    with reading() as session:
        router = session.get_one(Router, router_id)
    try:
        seen = ports.hotspot_of(router).hosts(settings().router_timeout, mac=mac)
    except RouterError:
        raise RouterAway from None
    if not seen:
        raise NotInNetwork


def _find(router_id: str, email: str, last4: str) -> str | None:
    query = (
        select(Sale.id)
        .join(Access, Access.id == Sale.access_id)
        .where(
            Sale.router_id == router_id,
            func.lower(Sale.customer_email) == email,
            Sale.card_last4 == last4,
            Sale.state == "delivered",
            Access.wanted == "enabled",
            or_(Access.expires_at.is_(None), Access.expires_at > utc_now()),
        )
        .order_by(Sale.created_at.desc())
        .limit(1)
    )
    with reading() as session:
        return session.scalar(query)


def _count_try(router_id: str, who: str) -> None:
    """Count before looking, so that tries sent side by side count like others."""
    with writing() as session:
        values = {"router_id": router_id, "device": who, "kind": KIND, "failures": 0}
        insert_new(session, WrongCode, values)
        query = select(WrongCode, WrongCode.locked_until > from_now())
        row, waiting = session.execute(query.where(_row(router_id, who)).with_for_update()).one()
        if waiting:
            raise TooManyRequests(_seconds_left(row), WAIT_SENTENCE)
        row.failures = 1 if row.last_at < utc_now() - WAIT else row.failures + 1
        row.last_at = utc_now()
        row.locked_until = from_now(WAIT.total_seconds()) if row.failures >= TRIES else None
        if row.failures >= TRIES:
            row.failures = 0


def _forget_tries(router_id: str, *whose: str) -> None:
    with writing() as session:
        for who in whose:
            session.execute(delete(WrongCode).where(_row(router_id, who)))


def _seconds_left(row: WrongCode) -> int:
    left = row.locked_until - utc_now() if row.locked_until else timedelta()
    return max(1, math.ceil(left.total_seconds()))


def _row(router_id: str, who: str) -> ColumnElement[bool]:
    return (WrongCode.router_id == router_id) & (WrongCode.device == who) & (WrongCode.kind == KIND)
