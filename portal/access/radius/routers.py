"""Make a router known to RADIUS, and say which secret it shares with the server."""

from __future__ import annotations

from ipaddress import ip_address

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.access.radius.keys import RadiusKeys, radius_keys
from portal.core.database import insert_new, reading
from portal.models import RadiusRouter, Router


def enrol(session: Session, keys: RadiusKeys, router: Router) -> None:
    """Let the RADIUS server know the router, in the transaction that gives it to RADIUS.

    May be repeated. A router with an address that no other has gets a secret of its own; whether
    it has one is decided here for good, since the router is told its secret only once.
    """
    values = {
        "router_id": router.id,
        "company_id": router.company_id,
        "address": _own_address(session, router),
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


def _own_address(session: Session, router: Router) -> str | None:
    try:
        address = ip_address(router.host or "")
    except ValueError:
        return None
    # Routers behind one NAT are told apart by their names, never by where packets come from.
    others = select(Router.id).where(Router.host == router.host, Router.id != router.id)
    return None if session.scalar(others.limit(1)) else str(address)
