"""Write the files that set a router up, and check whether it is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from ipaddress import ip_network
from typing import Any

from sqlalchemy import or_, select

from portal.core.database import reading
from portal.core.errors import Invalid, NotFound
from portal.core.records import sane
from portal.hotspot.errors import RouterError, TargetForbidden
from portal.hotspot.inspection import Inspection
from portal.hotspot.setup import Finding, KitError, KitFacts, PlanTerms, UserProfile
from portal.hotspot.setup.checks import check
from portal.hotspot.setup.folder_checks import shared
from portal.hotspot.setup.pages import pages
from portal.hotspot.setup.script import setup_script, undo_script
from portal.hotspot.setup.speeds import rate_limit
from portal.hotspot.way import Way, way_to
from portal.models import Company, Plan, Router
from portal.models.router import Delivery
from portal.operators.dial_in.facts import tunnel_facts
from portal.operators.dial_in.places import own_address
from portal.operators.dial_in.standing import (
    TunnelStanding,
    findings_of,
    problem_at,
    standing_of,
)
from portal.operators.gateway_lookup import hosts_to_pay_at
from portal.operators.lookup import ABSENT, owned_in
from portal.operators.router_kit.kit_passwords import check_password
from portal.operators.router_kit.radius_facts import radius_facts, radius_facts_if_known
from portal.operators.router_kit.radius_points import radius_points
from portal.operators.targets import problem_of
from portal.ports import inspector_of, settings, time_zone_of

ADDRESS_NEEDED = (
    "Este servidor llega al router a través de Internet: indique con qué dirección pública "
    "(o red) lo hace."
)
CREDENTIALS_MISSING = "Registre primero una contraseña en los datos del router."
BAD_ADDRESS = "La dirección «{}» no es una dirección ni una red IP."
# Longer than a sale may wait: some twenty menus are read, on a router that may be busy.
INSPECTION_SECONDS = 20.0


@dataclass(frozen=True)
class SetupFiles:
    """Hold the files by name. The script holds the API's password."""

    script_name: str
    script: str = field(repr=False)
    undo_name: str
    undo: str
    pages: dict[str, str]


@dataclass(frozen=True)
class RouterLook:
    """Hold what the set-up should be, and what was found."""

    facts: KitFacts
    found: Inspection
    tunnel: TunnelStanding | None = None

    def findings(self) -> list[Finding]:
        """Give what there is to say of each point."""
        dialled = findings_of(self.tunnel, self.found.addresses or ())
        return [*dialled, *check(self.facts, self.found)]

    def with_login_hosts(self, hosts: tuple[str, ...]) -> RouterLook:
        """Give the same where the login page is known to live there."""
        return replace(self, facts=replace(self.facts, login_hosts=hosts))


class AddressNeeded(Invalid):
    """Say that nobody knows from which address the router sees this server."""

    detail = ADDRESS_NEEDED


def company_of(router_id: str) -> str:
    """Find the company that the router belongs to. Raises NotFound."""
    with reading() as session:
        router = session.get(Router, router_id) if sane(router_id) else None
        if router is None:
            raise NotFound(ABSENT[Router])
        return router.company_id


def setup_files(
    company_id: str,
    router_id: str,
    *,
    allowed_from: Iterable[str] = (),
    server: str | None = None,
    certificate: str | None = None,
    replace_shared: bool = False,
    radsec: str | None = None,
    password: str | None = None,
) -> SetupFiles:
    """Write the files for one router. Raises NotFound, Invalid.

    `allowed_from` are the addresses that the API's user may enter from; by default this
    machine's own, as long as there is no Internet between it and the router. `replace_shared`:
    pages that another hotspot shows as well may be replaced. `radsec` is the router's certificate
    where it asks RADIUS by TLS. `password` is the API user's; by default the one that is stored.
    Raises AddressNeeded where nobody said from where.
    """
    router, profiles = _read(company_id, router_id)
    has_api = router.delivery == Delivery.API or router.host is not None
    password = _checked(password or router.password) if has_api else ""
    way = _way_to(router)
    allowed = tuple(map(_network, allowed_from)) or _seen_from(router)
    if has_api:
        allowed = allowed or _own_address(way)
    given: dict[str, Any] = {"certificate": certificate, "replace_shared": replace_shared}
    given |= {"tunnel": tunnel_facts(router), "has_api": has_api}
    given |= {"radius": radius_facts(router, radsec)}
    facts = _facts(router, profiles, way, allowed, server, api_password=password, **given)
    return _written(facts)


def _checked(password: str | None) -> str:
    if not password:
        raise Invalid(CREDENTIALS_MISSING)
    check_password(password)
    return password


def _written(facts: KitFacts) -> SetupFiles:
    name = f"portal-{facts.router_id}"
    return SetupFiles(
        script_name=f"{name}.rsc",
        script=setup_script(facts),
        undo_name=f"{name}-deshacer.rsc",
        undo=undo_script(facts),
        pages=pages(facts),
    )


def check_router(company_id: str, router_id: str, server: str | None = None) -> list[Finding]:
    """Check each point of the set-up, as it stands on the router.

    Raises NotFound, Invalid, and Unavailable with advice in Spanish.
    """
    router, _ = _read(company_id, router_id)
    points = radius_points(router) if router.delivery == Delivery.RADIUS else []
    return points + (look(company_id, router_id, server).findings() if router.has_api else [])


def look(company_id: str, router_id: str, server: str | None = None) -> RouterLook:
    """Read how the router is set up. Raises as `check_router` does."""
    router, profiles = _read(company_id, router_id)
    way = _way_to(router)
    seen_from = _seen_from(router) or (way.seen_from if way else ())
    given = {"radius": radius_facts_if_known(router)}
    facts = _facts(router, profiles, way, seen_from, server, **given)
    try:
        found = inspector_of(router).inspect(INSPECTION_SECONDS)
    except RouterError as error:
        raise problem_at(router, error) from error
    return RouterLook(facts, found, standing_of(router))


def shared_folders(company_id: str, router_id: str, server: str | None = None) -> list[Finding]:
    """Name whose pages the files would replace, besides those of the hotspots that it is for.

    Raises as `check_router` does.
    """
    seen = look(company_id, router_id, server)
    return list(shared(seen.facts, seen.found))


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
    """Collect the plans' user profiles, each with the plans that are sold with it."""
    sellers: dict[str, list[Plan]] = {}
    for plan in plans:
        sellers.setdefault(plan.profile_name, []).append(plan)
    return tuple(
        UserProfile(name, tuple(map(plan_terms, group))) for name, group in sellers.items()
    )


def plan_terms(plan: Plan) -> PlanTerms:
    """Give what the plan promises of its user profile."""
    return PlanTerms(plan.name, plan.duration_seconds, plan.max_devices, rate_limit(plan.speed))


def _facts(
    router: Router,
    profiles: tuple[UserProfile, ...],
    way: Way | None,
    allowed_from: tuple[str, ...],
    server: str | None,
    **given: Any,
) -> KitFacts:
    """Gather the facts; for a check the password is none of them."""
    try:
        return KitFacts(
            portal_url=settings().public_url,
            router_id=router.id,
            router_name=router.name,
            router_host=router.host or router.id,
            api_user=router.username,
            api_ssl=router.tls != "none",
            identified=router.tls in ("verified", "pinned"),
            over_internet=way is not None and way.is_over_internet,
            allowed_from=allowed_from,
            login_hosts=tuple(router.login_hosts),
            hosts=hosts_to_pay_at(router.company_id),
            profiles=profiles,
            server=server,
            time_zone=_time_zone(router),
            **{"api_password": "", **given},
        )
    except KitError as error:
        raise Invalid(str(error)) from None


def _time_zone(router: Router) -> str:
    with reading() as session:
        company = session.get_one(Company, router.company_id)
        return time_zone_of(company).key


def _seen_from(router: Router) -> tuple[str, ...]:
    """Give what a router that dials in sees us by: our end of the tunnel."""
    return () if router.dial_in is None else (str(ip_network(own_address())),)


def _network(text: str) -> str:
    try:
        return str(ip_network(text, strict=False))
    except ValueError:
        raise Invalid(BAD_ADDRESS.format(text)) from None


def _own_address(way: Way | None) -> tuple[str, ...]:
    if way is None or not way.seen_from:
        raise AddressNeeded
    return way.seen_from


def _way_to(router: Router) -> Way | None:
    """Find the way from this machine to the router; None where there is none."""
    if router.host is None:
        return None
    seconds = settings().router_connect_timeout
    to_own = settings().allow_private_targets or router.dial_in is not None
    try:
        return way_to(router.host, router.port, seconds, to_own=to_own)
    except TargetForbidden as error:
        raise problem_of(error) from error
