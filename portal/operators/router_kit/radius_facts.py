"""Gather what a router's kit says of the RADIUS servers that decide for it."""

from __future__ import annotations

from contextlib import suppress

from portal.access.radius.keys import radius_keys
from portal.access.radius.routers import ports_of, secret_for
from portal.core.errors import Invalid
from portal.hotspot.resolver import look_up_aside
from portal.hotspot.setup import RadiusFacts, RadiusServer
from portal.models import Router
from portal.models.router import Delivery
from portal.ports import settings

NO_SERVERS = (
    "Diga primero en RADIUS_SERVERS qué dirección tiene su servidor RADIUS, como la ven los "
    "routers; con una coma, la del segundo."
)
UNKNOWN = "El servidor RADIUS «{}» no tiene una dirección IP que se pueda encontrar."


def radius_facts(router: Router, radsec: str | None = None) -> RadiusFacts | None:
    """Give them for the router's kit; None where its own users are let in. Raises Invalid.

    `radsec` is the router's certificate where it asks by TLS. It takes addresses alone, so names
    are looked up here.
    """
    if router.delivery != Delivery.RADIUS:
        return None
    names = [name.strip() for name in settings().radius_servers.split(",") if name.strip()]
    if not names:
        raise Invalid(NO_SERVERS)
    key = radius_keys().first
    ports = ports_of(key.slot)
    return RadiusFacts(
        servers=tuple(RadiusServer(_address(name, ports[0]), *ports) for name in names),
        secret=secret_for(router.id),
        name=key.router_name(router.id),
        incoming_port=router.coa_port,
        radsec=radsec is not None,
        certificate=radsec,
    )


def radius_facts_if_known(router: Router) -> RadiusFacts | None:
    """Give the same for a check; None also where nobody has said yet which servers there are."""
    with suppress(Invalid):
        return radius_facts(router)
    return None


def _address(name: str, port: int) -> str:
    found = look_up_aside(name, port, settings().router_connect_timeout)
    if not found:
        raise Invalid(UNKNOWN.format(name))
    return str(found[0][1][0])
