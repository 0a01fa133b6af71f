"""Find a lost code again by who paid for it and with which card."""

from __future__ import annotations

from contextlib import nullcontext, suppress

from sqlalchemy import func, or_, select

from portal import ports
from portal.access.guess_guard import LOST_CODE_GUESSES
from portal.access.live_codes import STANDING
from portal.access.recovery_limits import LOST_CODES
from portal.core.database import reading, writing
from portal.core.errors import NotFound, TooManyRequests, Unavailable
from portal.hotspot.errors import RouterError
from portal.models import Access, Router, Sale, utc_now
from portal.models.access import AccessState
from portal.models.sale_states import SaleState
from portal.ports import settings


class NotInNetwork(NotFound):
    detail = "Este teléfono no está en el WiFi. Únase a la red e intente otra vez."


class RouterAway(Unavailable):
    detail = "El WiFi no responde en este momento. Intente otra vez en un minuto."


class NoSuchPurchase(NotFound):
    detail = (
        "No encontramos un código activo con ese correo y esa tarjeta. Revísalos y escríbelos "
        "otra vez."
    )


def find_lost_code(router_id: str, mac: str, ip: str, email: str, last4: str) -> str:
    """Give the id of the latest sale whose access stands; `last4` ends the card that paid.

    Only of a sale that made its access: who added to somebody else's knows no code of it. Told
    only to a device that the router sees at this address. Tries are counted for the device, for
    the e-mail, so that no crowd of devices can guess one card, and for the router. The device
    that bought with an e-mail is not kept waiting by others' tries at it. Raises NotInNetwork,
    RouterAway, NoSuchPurchase, TooManyRequests.
    """
    email = email.lower()
    is_own = _has_bought(router_id, mac, email)
    _require_in_network(router_id, mac, ip)
    LOST_CODE_GUESSES.begin(router_id, mac, is_own=is_own)
    with suppress(TooManyRequests) if is_own else nullcontext():
        LOST_CODES.count(router_id, email, is_own=True)
    sale_id = _find(router_id, email, last4)
    if sale_id is None:
        LOST_CODE_GUESSES.note_wrong(router_id)
        raise NoSuchPurchase
    with writing() as session:
        # A device is only claimed: a purchase of one's own must not buy tries at another's.
        LOST_CODES.take_back(session, router_id, mac)
        LOST_CODES.forget(session, router_id, email)
    return sale_id


def _has_bought(router_id: str, mac: str, email: str) -> bool:
    """Tell whether the device bought with this e-mail. Raises TooManyRequests: it has to wait."""
    # Only what was paid counts: anybody can ask to buy in another's name.
    of_device = (Sale.router_id == router_id, Sale.mac == mac, Sale.state == SaleState.DELIVERED)
    # By its company, since that is what the index of MACs begins with.
    company_id = select(Router.company_id).where(Router.id == router_id).scalar_subquery()
    query = select(Sale.id).where(
        Sale.company_id == company_id, *of_device, func.lower(Sale.customer_email) == email
    )
    with reading() as session:
        LOST_CODES.refuse_while_waiting(session, router_id, mac)
        return session.scalar(query.limit(1)) is not None


def _require_in_network(router_id: str, mac: str, ip: str) -> None:
    with reading() as session:
        router = session.get_one(Router, router_id)
    try:
        seen = ports.presence_of(router).hosts(settings().router_timeout, mac=mac)
    except RouterError:
        raise RouterAway from None
    if all(host.address != ip for host in seen):
        raise NotInNetwork


def _find(router_id: str, email: str, last4: str) -> str | None:
    # From the router's codes of today: all that was ever sold there are many times as many.
    query = (
        select(Sale.id)
        .join(Access, Access.id == Sale.access_id)
        .where(
            Access.router_id == router_id,
            STANDING,
            Sale.router_id == router_id,
            func.lower(Sale.customer_email) == email,
            Sale.card_last4 == last4,
            Sale.state == SaleState.DELIVERED,
            Sale.extends.is_(False),
            Access.wanted == AccessState.ENABLED,
            or_(Access.expires_at.is_(None), Access.expires_at > utc_now()),
        )
        .order_by(Sale.created_at.desc())
        .limit(1)
    )
    with reading() as session:
        return session.scalar(query)
