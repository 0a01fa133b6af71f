"""A router's kit: the files that set it up, and whether it is set up."""

from __future__ import annotations

import socket
from collections.abc import Iterable
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import TypeVar

from sqlalchemy import or_, select

from portal.database import reading
from portal.errors import Invalid, NotFound, Unavailable
from portal.hotspot.kit import Finding, KitError, KitFacts, UserProfile
from portal.hotspot.kit.checks import check
from portal.hotspot.kit.pages import pages
from portal.hotspot.kit.script import setup_script, undo_script
from portal.hotspot.kit.speeds import rate_limit
from portal.hotspot.router import RouterError
from portal.models import Plan, Router
from portal.operators.lookup import ABSENT, owned_in, sane
from portal.payments.checkout_hosts import CHECKOUT_HOSTS
from portal.ports import hotspot_of, settings

ADDRESS_NEEDED = (
    "Este servidor llega al router a través de Internet: indique con qué dirección pública "
    "(o red) lo hace."
)
CREDENTIALS_MISSING = "Registre primero una contraseña en los datos del router."
BAD_ADDRESS = "La dirección «{}» no es una dirección ni una red IPv4."
INSPECTION_SECONDS = 20.0
T = TypeVar("T")
Address = IPv4Address | IPv6Address


@dataclass(frozen=True)
class Kit:
    """The kit's files by name. The script holds the API's password."""

    script_name: str
    script: str = field(repr=False)
    undo_name: str
    undo: str
    pages: dict[str, str]


def company_of(router_id: str) -> str:
    """The company that the router belongs to. Raises NotFound."""
    with reading() as session:
        router = session.get(Router, router_id) if sane(router_id) else None
        if router is None:
            raise NotFound(ABSENT[Router])
        return router.company_id


def kit(
    company_id: str,
    router_id: str,
    *,
    allowed_from: Iterable[str] = (),
    server: str | None = None,
    certificate: str | None = None,
) -> Kit:
    """The files for one router. Raises NotFound, Invalid.

    `allowed_from` are the addresses that the API's user may enter from; by default this
    machine's own, as long as there is no Internet between it and the router.
    """
    router, profiles = _read(company_id, router_id)
    if not router.password:
        raise Invalid(CREDENTIALS_MISSING)
    allowed = tuple(map(_network, allowed_from)) or _own_address(router)
    facts = _facts(router, profiles, allowed, server, certificate)
    name = f"portal-{router_id}"
    return Kit(
        script_name=f"{name}.rsc",
        script=setup_script(facts),
        undo_name=f"{name}-deshacer.rsc",
        undo=undo_script(facts),
        pages=pages(facts),
    )


def check_router(company_id: str, router_id: str, server: str | None = None) -> list[Finding]:
    """Each point of the set-up, as it stands on the router.

    Raises NotFound, Invalid, and Unavailable with advice in Spanish.
    """
    router, profiles = _read(company_id, router_id)
    facts = _facts(router, profiles, _known_address(router), server, None)
    try:
        return check(facts, hotspot_of(router).inspect(INSPECTION_SECONDS))
    except RouterError as error:
        raise Unavailable(error.advice) from error


def _read(company_id: str, router_id: str) -> tuple[Router, tuple[UserProfile, ...]]:
    with reading() as session:
        router = owned_in(session, Router, router_id, company_id)
        sold = select(Plan).where(
            Plan.company_id == company_id,
            Plan.active,
            or_(Plan.router_id == router_id, Plan.router_id.is_(None)),
        )
        return router, _profiles(session.scalars(sold.order_by(Plan.position, Plan.id)))


def _profiles(plans: Iterable[Plan]) -> tuple[UserProfile, ...]:
    """The plans' user profiles. Where plans of one profile disagree, nothing is said."""
    sellers: dict[str, list[Plan]] = {}
    for plan in plans:
        sellers.setdefault(plan.profile_name, []).append(plan)
    return tuple(
        UserProfile(
            name,
            _agreed(rate_limit(plan.speed) for plan in group),
            _agreed(plan.max_devices for plan in group),
        )
        for name, group in sellers.items()
    )


def _agreed(values: Iterable[T | None]) -> T | None:
    said = {value for value in values if value is not None}
    return said.pop() if len(said) == 1 else None


def _facts(
    router: Router,
    profiles: tuple[UserProfile, ...],
    allowed_from: tuple[str, ...],
    server: str | None,
    certificate: str | None,
) -> KitFacts:
    try:
        return KitFacts(
            portal_url=settings().public_url,
            router_id=router.id,
            router_name=router.name,
            router_host=router.host,
            api_user=router.username,
            api_password=router.password or "",
            api_ssl=router.tls != "none",
            identified=router.tls in ("verified", "pinned"),
            over_internet=_lies_beyond_internet(router),
            allowed_from=allowed_from,
            login_hosts=tuple(router.login_hosts),
            hosts=CHECKOUT_HOSTS,
            profiles=profiles,
            server=server,
            certificate=certificate,
        )
    except KitError as error:
        raise Invalid(str(error)) from None


def _network(text: str) -> str:
    try:
        network = ip_network(text, strict=False)
    except ValueError:
        raise Invalid(BAD_ADDRESS.format(text)) from None
    if network.version != 4:
        raise Invalid(BAD_ADDRESS.format(text))
    return str(network)


def _own_address(router: Router) -> tuple[str, ...]:
    found = _known_address(router)
    if not found:
        raise Invalid(ADDRESS_NEEDED)
    return found


def _known_address(router: Router) -> tuple[str, ...]:
    """The address that the router sees us by; none where something between may change it."""
    way = _way_to(router)
    if way is None:
        return ()
    ours, theirs = way
    return (f"{ours}/32",) if ours.is_global or not theirs.is_global else ()


def _lies_beyond_internet(router: Router) -> bool:
    way = _way_to(router)
    return way is not None and way[1].is_global


def _way_to(router: Router) -> tuple[Address, Address] | None:
    """This machine's address towards the router, and the router's; None where there is no way."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        try:
            # Chooses a way and sends nothing.
            sock.connect((router.host, router.port))
        except OSError:
            return None
        return ip_address(sock.getsockname()[0]), ip_address(sock.getpeername()[0])
