"""Make a router known to RADIUS, and say which secret it shares with the server."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network

from sqlalchemy.orm import Session

from portal.access.radius.keys import RadiusKeys, radius_keys
from portal.core.database import reading
from portal.core.rows.inserting import insert_new
from portal.models import RadiusRouter, Router
from portal.ports import settings


def enrol(session: Session, keys: RadiusKeys, router: Router) -> None:
    """Let the RADIUS server know the router, in the transaction that gives it to RADIUS.

    May be repeated. A router that reaches the server through our tunnel gets a secret of its own;
    whether it has one is decided here, since the router is told its secret only once.
    """
    values = {
        "router_id": router.id,
        "company_id": router.company_id,
        "address": _own_address(router),
        "proof": keys.proof_of(router.id),
        "secret_generation": 1,
        "boots": 0,
    }
    insert_new(session, RadiusRouter, values)


def secret_of(keys: RadiusKeys, router: RadiusRouter) -> str:
    """Give the secret that the router and the server share."""
    if router.address is None:
        return keys.shared_secret
    return keys.secret_of(router.router_id, router.secret_generation)


def secret_for(router_id: str) -> str:
    """Give the secret of a router, which may not be enrolled yet. Not within a transaction."""
    keys = radius_keys()
    with reading() as session:
        router = session.get(RadiusRouter, router_id)
    return keys.shared_secret if router is None else secret_of(keys, router)


def has_own_secret(router_id: str) -> bool:
    """Tell whether the server's files have to name this router. Not within a transaction."""
    with reading() as session:
        router = session.get(RadiusRouter, router_id)
    return router is not None and router.address is not None


def readdress(session: Session, router: Router) -> None:
    """Follow a router that moves into the tunnel or out of it, whose kit is run again for that."""
    known = session.get(RadiusRouter, router.id)
    if known is not None:
        known.address = _own_address(router)


def _own_address(router: Router) -> str | None:
    """Give the address that none but this router's packets come from.

    Only the tunnel has such. Behind any other may stand several, and whoever writes another's
    into his own router's record would have that one's packets dropped for a wrong secret.
    """
    network = settings().tunnel
    if router.dial_in is None or network is None:
        return None
    servers = [each.strip() for each in settings().radius_servers.split(",")]
    return router.host if all(_is_in(network, each) for each in servers) else None


def _is_in(network: IPv4Network, address: str) -> bool:
    try:
        return IPv4Address(address) in network
    except ValueError:
        return False
