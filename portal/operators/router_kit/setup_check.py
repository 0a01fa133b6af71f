"""Check a router's set-up on an operator's behalf, and keep how it stands."""

from __future__ import annotations

from portal.core.database import writing
from portal.hotspot.setup import Finding, State
from portal.hotspot.setup.login_hosts import hosts_to_learn
from portal.models import Router, utc_now
from portal.models.router import Delivery
from portal.operators import router_setup, routers
from portal.operators.lookup import owned_in
from portal.operators.router_kit.kit_passwords import adopt
from portal.operators.router_kit.radius_points import radius_points


def check_setup(company_id: str, router_id: str, server: str | None = None) -> list[Finding]:
    """Check each point, and keep when that was and how many are missing.

    The kit's password becomes the router's where it lets us in; a router of which nobody has said
    where its login page lives is believed. Raises NotFound, Invalid, and Unavailable with advice.
    """
    adopt(company_id, router_id)
    router = routers.get(company_id, router_id)
    points = radius_points(router) if router.delivery == Delivery.RADIUS else []
    if router.has_api:
        points = points + _look(company_id, router_id, server)
    _note(company_id, router_id, points)
    return points


def missing(findings: list[Finding]) -> int:
    """Count the points that keep the router from selling."""
    return sum(finding.state is State.MISSING for finding in findings)


def _look(company_id: str, router_id: str, server: str | None) -> list[Finding]:
    seen = router_setup.look(company_id, router_id, server)
    if not seen.facts.login_hosts and (hosts := hosts_to_learn(seen.facts, seen.found)):
        _learn(company_id, router_id, hosts)
        seen = seen.with_login_hosts(hosts)
    return seen.findings()


def _learn(company_id: str, router_id: str, hosts: tuple[str, ...]) -> None:
    with writing() as session:
        router = owned_in(session, Router, router_id, company_id, lock=True)
        router.login_hosts = router.login_hosts or list(hosts)


def _note(company_id: str, router_id: str, findings: list[Finding]) -> None:
    with writing() as session:
        router = owned_in(session, Router, router_id, company_id, lock=True)
        router.setup_checked_at, router.setup_missing = utc_now(), missing(findings)
