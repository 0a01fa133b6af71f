"""Make a router known to RADIUS, and say which secret it shares with the server, and where."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network

from sqlalchemy.orm import Session

from portal.access.radius.keys import SLOTS, RadiusKeys, radius_keys
from portal.access.radius.secrets import RadiusSecrets
from portal.core.database import reading
from portal.core.rows.inserting import insert_new
from portal.models import RadiusRouter, Router
from portal.ports import settings

PORTS_APART = 10


def enrol(session: Session, keys: RadiusKeys, router: Router) -> None:
    """Let the RADIUS server know the router, in the transaction that gives it to RADIUS.

    May be repeated. A router that reaches the server through our tunnel gets a secret of its own;
    whether it has one is decided here, since the router is told its secret only once. It was not
    heard with any key yet, so it counts for one that was set up with the oldest.
    """
    values = {
        "router_id": router.id,
        "company_id": router.company_id,
        "address": _own_address(router),
        "proof": keys.oldest.proof_of(router.id),
        "secret_generation": 1,
        "boots": 0,
    }
    insert_new(session, RadiusRouter, values)


def secret_of(key: RadiusSecrets, router: RadiusRouter) -> str:
    """Give the secret that the router and the server share where it was set up with this key."""
    if router.address is None:
        return key.shared_secret
    return key.secret_of(router.router_id, router.secret_generation)


def secret_for(router_id: str) -> str:
    """Give the secret that a router is to be told, enrolled or not. Not within a transaction."""
    key = radius_keys().first
    with reading() as session:
        router = session.get(RadiusRouter, router_id)
    return key.shared_secret if router is None else secret_of(key, router)


def realm_of(router: RadiusRouter) -> str:
    """Give the realm that the router was last heard with."""
    return f"{router.router_id}-{router.proof.hex()}"


def ports_of(slot: int) -> tuple[int, int]:
    """Give the servers' ports for logins and accounting where they share a key's secrets.

    A server takes one secret from an address, so that a key and the one that replaces it have
    ports each.
    """
    said, higher = settings(), slot * PORTS_APART
    return said.radius_port + higher, said.radius_accounting_port + higher


def all_ports() -> tuple[int, ...]:
    """List the ports of either slot."""
    return tuple(port for slot in SLOTS for port in ports_of(slot))


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
