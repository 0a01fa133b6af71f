"""Ask the router about a pass: whether the device needs one, its user, and its login."""

from __future__ import annotations

from portal.access.payment_pass.answers import PassAnswer
from portal.access.payment_pass.terms import pass_profile, pass_user, password_of
from portal.core.logs import log
from portal.hotspot.deadline import Deadline
from portal.hotspot.errors import ProfileMissing
from portal.hotspot.presence import LoggedIn, NotLoggedIn
from portal.hotspot.router import HotspotRouter
from portal.models import PaymentPass
from portal.ports import settings


def absence(hotspot: HotspotRouter, mac: str | None, deadline: Deadline) -> PassAnswer | None:
    """Say why the device need not be let in: it is not here, or online already.

    Raises RouterError.
    """
    timeout = deadline.remaining(settings().router_timeout)
    hosts = hotspot.presence.hosts(timeout, mac=mac)
    if not hosts:
        return PassAnswer.NOT_IN_NETWORK
    is_in = any(host.authorized or host.bypassed for host in hosts)
    return PassAnswer.ONLINE if is_in else None


def make_user(hotspot: HotspotRouter, given: PaymentPass, deadline: Deadline) -> None:
    """Make the user, and its profile where this router has had no pass yet. Raises RouterError."""
    user, timeout = pass_user(given), settings().router_timeout
    try:
        hotspot.provisioner.add_user(user, deadline.remaining(timeout), disabled=False)
    except ProfileMissing:
        hotspot.provisioner.add_profile(pass_profile(), deadline.remaining(timeout))
        hotspot.provisioner.add_user(user, deadline.remaining(timeout), disabled=False)


def log_in(
    hotspot: HotspotRouter, given: PaymentPass, deadline: Deadline
) -> LoggedIn | NotLoggedIn:
    """Log the pass' device in. Raises RouterError."""
    timeout = deadline.remaining(settings().router_timeout)
    return hotspot.presence.log_in(given.name, password_of(given), given.mac, timeout)


def let_back_in(hotspot: HotspotRouter, standing: PaymentPass, deadline: Deadline) -> None:
    """Log the device in for what is left of its pass: its user counts on from where it was.

    Raises RouterError.
    """
    if isinstance(log_in(hotspot, standing, deadline), LoggedIn):
        log().info("payment pass came back", sale=standing.sale_id, router=standing.router_id)
