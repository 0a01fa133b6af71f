"""Give a device a payment pass: noted first, then made on the router, then looked at once more."""

from __future__ import annotations

import secrets
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal import ports
from portal.access.payment_pass.answers import PassAnswer, PassStatus
from portal.access.payment_pass.removal import put_end, take_off
from portal.access.payment_pass.rights import NOT_WAITING, status_in, waits_for_buyer
from portal.access.payment_pass.terms import PASS_SECONDS, draw_name, pass_profile, pass_user
from portal.alerts.router_alerts import tell_of_login, tell_of_refusal
from portal.core.database import insert_new, reading, writing
from portal.core.logs import log
from portal.core.records import from_now, new_id
from portal.core.vault import VaultError
from portal.hotspot.deadline import Deadline
from portal.hotspot.errors import ProfileMissing, RouterError
from portal.hotspot.presence import LoggedIn, LoginRefusal, NotLoggedIn
from portal.hotspot.provisioning import NewHotspotUser
from portal.hotspot.router import HotspotRouter
from portal.models import Company, PaymentPass, Router, Sale, utc_now
from portal.ports import settings

WHY_NOT = {
    LoginRefusal.UNKNOWN_HOST: PassAnswer.NOT_IN_NETWORK,
    LoginRefusal.ALREADY_ONLINE: PassAnswer.ONLINE,
}
AWAY = PassStatus(PassAnswer.ROUTER_AWAY)


def pass_status(sale_id: str) -> PassStatus:
    """Tell whether the sale's device has a pass, may have one, or why not. Asks no router."""
    with reading() as session:
        return status_in(session, *_parties(session, sale_id))


def give_pass(sale_id: str) -> PassStatus:
    """Let the sale's device online to pay, once however often it is asked.

    Whoever asks, it is the device that the sale is kept for; one that the router does not see costs
    nobody a pass. Called while no transaction is open.
    """
    with reading() as session:
        company, router, sale = _parties(session, sale_id)
        status = status_in(session, company, router, sale)
    if not status.is_offered:
        return status
    deadline = Deadline(settings().sale_deadline)
    try:
        hotspot = ports.api_of(router)
        if (absent := _absence(hotspot, sale, deadline)) is not None:
            return PassStatus(absent)
        given = _note(sale_id)
        return given if isinstance(given, PassStatus) else _open(hotspot, router, given, deadline)
    except VaultError as error:
        log().error("payment pass failed", sale=sale_id, error=type(error).__name__)
        return AWAY
    except RouterError as error:
        tell_of_refusal(router, error)
        log().info("payment pass failed", sale=sale_id, error=type(error).__name__)
        return AWAY


def _parties(session: Session, sale_id: str) -> tuple[Company, Router, Sale]:
    query = (
        select(Company, Router, Sale)
        .select_from(Sale)
        .join(Company, Company.id == Sale.company_id)
        .join(Router, Router.id == Sale.router_id)
        .where(Sale.id == sale_id)
    )
    company, router, sale = session.execute(query).one()
    return company, router, sale


def _absence(hotspot: HotspotRouter, sale: Sale, deadline: Deadline) -> PassAnswer | None:
    """Say why the device need not be let in: it is not here, or online already."""
    timeout = deadline.remaining(settings().router_timeout)
    hosts = hotspot.presence.hosts(timeout, mac=sale.mac)
    if not hosts:
        return PassAnswer.NOT_IN_NETWORK
    is_in = any(host.authorized or host.bypassed for host in hosts)
    return PassAnswer.ONLINE if is_in else None


def _note(sale_id: str) -> PaymentPass | PassStatus:
    """Count and write in one transaction, which others of the company wait for.

    Whoever decides the sale waits too, and then finds the pass that is to go.
    """
    with writing() as session:
        company, router, sale = _locked(session, sale_id)
        status = status_in(session, company, router, sale)
        if not status.is_offered or sale.mac is None:
            return status
        values = _values(sale, sale.mac)
        if not insert_new(session, PaymentPass, values):
            return AWAY
        return session.get_one(PaymentPass, values["id"])


def _locked(session: Session, sale_id: str) -> tuple[Company, Router, Sale]:
    found = session.get_one(Sale, sale_id)
    of_company = select(Company).where(Company.id == found.company_id)
    company = session.scalars(of_company.with_for_update(key_share=True)).one()
    of_sale = select(Sale).where(Sale.id == sale_id).with_for_update(read=True)
    sale = session.scalars(of_sale.execution_options(populate_existing=True)).one()
    return company, session.get_one(Router, sale.router_id), sale


def _values(sale: Sale, mac: str) -> dict[str, object]:
    own = {"company_id": sale.company_id, "router_id": sale.router_id, "sale_id": sale.id}
    return own | {
        "id": new_id("pas_", 20, upper=False),
        "mac": mac,
        "name": draw_name(),
        "created_at": from_now(),
        "expires_at": utc_now() + timedelta(seconds=PASS_SECONDS),
        # Whoever dies over giving it leaves nothing behind for longer.
        "next_attempt_at": from_now(settings().sale_lease),
        "lease": secrets.token_hex(8),
        "lease_until": from_now(settings().sale_lease),
    }


def _open(
    hotspot: HotspotRouter, router: Router, given: PaymentPass, deadline: Deadline
) -> PassStatus:
    user = pass_user(given)
    try:
        _make(hotspot, user, deadline)
        said = _log_in(hotspot, given, user, deadline)
    except RouterError:
        _take_back(router, given)
        raise
    if isinstance(said, NotLoggedIn):
        tell_of_login(router, said)
        _take_back(router, given)
        return PassStatus(WHY_NOT.get(said.reason, PassAnswer.ROUTER_AWAY))
    if not _keep(given):
        take_off(given, router)
        return NOT_WAITING
    log().info("payment pass given", sale=given.sale_id, router=router.id)
    return PassStatus(PassAnswer.STANDS, given.expires_at)


def _make(hotspot: HotspotRouter, user: NewHotspotUser, deadline: Deadline) -> None:
    """Make the user, and its profile where this router has had no pass yet."""
    timeout = settings().router_timeout
    try:
        hotspot.provisioner.add_user(user, deadline.remaining(timeout), disabled=False)
    except ProfileMissing:
        hotspot.provisioner.add_profile(pass_profile(), deadline.remaining(timeout))
        hotspot.provisioner.add_user(user, deadline.remaining(timeout), disabled=False)


def _log_in(
    hotspot: HotspotRouter, given: PaymentPass, user: NewHotspotUser, deadline: Deadline
) -> LoggedIn | NotLoggedIn:
    timeout = deadline.remaining(settings().router_timeout)
    return hotspot.presence.log_in(user.name, user.password, given.mac, timeout)


def _keep(given: PaymentPass) -> bool:
    """Let go of it until its end, unless its sale was decided meanwhile, or it was taken away."""
    with writing() as session:
        sale = session.get_one(Sale, given.sale_id, with_for_update={"read": True})
        # Held as well: an operator may end it at this very moment.
        stored = session.get_one(PaymentPass, given.id, with_for_update=True)
        if stored.lease != given.lease or stored.ended_at or not waits_for_buyer(sale):
            return False
        left = (stored.expires_at - utc_now()).total_seconds()
        stored.lease, stored.next_attempt_at = None, from_now(left)
        return True


def _take_back(router: Router, given: PaymentPass) -> None:
    """Take off what came of it; a pass by which nobody was let in is not counted."""
    with writing() as session:
        put_end(session, PaymentPass.id == given.id)
    take_off(given, router, was_used=False)
