"""Give each router that dials in an address of the tunnel, and take it back."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from ipaddress import IPv4Address, IPv4Network

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.access.dial_in.peers import publish
from portal.core.database import after_commit
from portal.core.errors import Invalid, Unavailable
from portal.core.records import from_now
from portal.core.rows.inserting import insert_new
from portal.models import DialIn, Router, Tunnel
from portal.ports import settings

SECRET_BYTES = 18
# A peer that is gone stays on our side until the list of peers is read again; what is sent to
# another's old address before would reach the wrong router.
RESTS_SECONDS = 7 * 24 * 3600
NO_TUNNEL = {
    DialIn.WIREGUARD: (
        "En esta instalación los routers no pueden marcar al servidor: indique la dirección del "
        "router, o pida a quien administra el servidor que ponga WIREGUARD_ENDPOINT y "
        "WIREGUARD_PUBLIC_KEY."
    ),
    DialIn.L2TP: (
        "En esta instalación los routers con versión 6 no pueden marcar al servidor: actualice el "
        "router a la 7, o pida a quien administra el servidor que ponga WIREGUARD_ENDPOINT y "
        "L2TP_IPSEC_SECRET."
    ),
}
MOST = (
    "Su empresa ya tiene {} lugares en el túnel, contando los que dejó en la última semana: "
    "elimine routers que ya no use y espere unos días, o pida a quien administra el servidor que "
    "suba WIREGUARD_PLACES."
)
FULL = "No quedan direcciones en el túnel: quien administra el servidor amplía WIREGUARD_SUBNET."


def network() -> IPv4Network:
    """Give the tunnel's network."""
    return IPv4Network(settings().wireguard_subnet)


def own_address() -> IPv4Address:
    """Give our own address in the tunnel."""
    return network()[1]


def is_offered(kind: DialIn) -> bool:
    """Tell whether routers may dial in here by this."""
    return settings().has_tunnel if kind is DialIn.WIREGUARD else settings().has_l2tp


def check_offered(kind: DialIn) -> None:
    """Refuse what this deployment is not set up for. Raises Invalid with what to do."""
    if not is_offered(kind):
        raise Invalid(NO_TUNNEL[kind], errores={"host": [NO_TUNNEL[kind]]})


def take(session: Session, company_id: str, kind: DialIn) -> Tunnel:
    """Take an address that is nobody's, for a router that is about to be written.

    Of two processes that want the same one, the constraint gives it to one, and the other goes on
    to the next. Raises Invalid, Unavailable.
    """
    check_offered(kind)
    _check_share(session, company_id)
    for address in _free(session):
        values = {"address": str(address), "company_id": company_id, "kind": kind}
        if insert_new(session, Tunnel, values):
            return session.scalars(select(Tunnel).where(Tunnel.address == str(address))).one()
    return _oldest_released(session, company_id, kind)


def settle(session: Session, tunnel: Tunnel, router: Router) -> None:
    """Give the place to the router, once that is written."""
    tunnel.router_id = router.id
    if tunnel.kind == DialIn.L2TP:
        tunnel.secret = secrets.token_urlsafe(SECRET_BYTES)


def release(session: Session, router_id: str) -> None:
    """Take the router's place back, and its key off the list of peers."""
    tunnel = place_of(session, router_id, lock=True)
    if tunnel is None:
        return
    tunnel.router_id = tunnel.public_key = tunnel.secret = tunnel.token_digest = None
    tunnel.key_at = tunnel.key_from = tunnel.token_expires_at = tunnel.token_used_at = None
    tunnel.released_at = session.execute(select(from_now())).scalar_one()
    session.flush()
    after_commit(session, publish)


def place_of(session: Session, router_id: str, *, lock: bool = False) -> Tunnel | None:
    """Find the place of a router that the caller has found by its company."""
    query = select(Tunnel).where(Tunnel.router_id == router_id)
    return session.scalar(query.with_for_update() if lock else query)


def _check_share(session: Session, company_id: str) -> None:
    """Leave room for other companies. What one has given back rests, and counts until then.

    Two of its routers made at the same moment may pass together, which costs nobody anything.
    """
    most = settings().wireguard_places
    held = Tunnel.router_id.is_not(None) | (Tunnel.released_at > from_now(-RESTS_SECONDS))
    mine = select(func.count()).select_from(Tunnel).where(Tunnel.company_id == company_id, held)
    if most and (session.scalar(mine) or 0) >= most:
        raise Unavailable(MOST.format(most))


def _free(session: Session) -> Iterator[IPv4Address]:
    """Yield the addresses above all that were ever given."""
    whole = network()
    given = (IPv4Address(text) for text in session.scalars(select(Tunnel.address)))
    last = max((one for one in given if one in whole), default=whole[1])
    for number in range(int(last) + 1, int(whole.broadcast_address)):
        yield IPv4Address(number)


def _oldest_released(session: Session, company_id: str, kind: DialIn) -> Tunnel:
    """Give one of WireGuard's again; L2TP's files are a person's to write, so its never rest."""
    rested = (Tunnel.released_at < from_now(-RESTS_SECONDS), Tunnel.kind == DialIn.WIREGUARD)
    query = select(Tunnel).where(Tunnel.router_id.is_(None), *rested).order_by(Tunnel.released_at)
    found = session.scalars(query.with_for_update(skip_locked=True))
    tunnel = next((one for one in found if IPv4Address(one.address) in network()), None)
    if tunnel is None:
        raise Unavailable(FULL)
    tunnel.company_id, tunnel.kind, tunnel.released_at = company_id, kind, None
    return tunnel
