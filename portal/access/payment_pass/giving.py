"""Give a device a payment pass: noted first, then made on the router, then looked at once more."""

from __future__ import annotations

import secrets
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal import ports
from portal.access.payment_pass.answers import PassAnswer, PassStatus
from portal.access.payment_pass.at_router import absence, let_back_in, log_in, make_user
from portal.access.payment_pass.removal import put_end, take_off
from portal.access.payment_pass.rights import (
    NOT_WAITING,
    standing_pass,
    status_in,
    waits_for_buyer,
)
from portal.access.payment_pass.terms import PASS_SECONDS, draw_name
from portal.alerts.router_alerts import tell_of_login, tell_of_refusal
from portal.core.database import reading, writing
from portal.core.logs import log
from portal.core.records import from_now, new_id
from portal.core.rows.inserting import insert_new
from portal.core.vault import VaultError
from portal.hotspot.deadline import Deadline
from portal.hotspot.errors import RouterError
from portal.hotspot.presence import LoginRefusal, NotLoggedIn
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
    """Let the sale's device online to pay, by one pass however often it is asked.

    Whoever asks, it is the device that the sale is kept for; one that the router does not see costs
    nobody a pass, and one that lost its session while it slept comes in by the pass that stands.
    Called while no transaction is open.
    """
    with reading() as session:
        company, router, sale = _parties(session, sale_id)
        status = status_in(session, company, router, sale)
        standing = standing_pass(session, sale) if status.stands else None
    # One that is leased is being made, or taken off, by somebody else.
    if not status.is_offered and (standing is None or standing.lease is not None):
        return status
    try:
        return _let_in(router, sale, standing, status)
    except VaultError as error:
        log().error("payment pass failed", sale=sale_id, error=type(error).__name__)
        return AWAY
    except RouterError as error:
        tell_of_refusal(router, error)
        log().info("payment pass failed", sale=sale_id, error=type(error).__name__)
        return AWAY


def _let_in(
    router: Router, sale: Sale, standing: PaymentPass | None, status: PassStatus
) -> PassStatus:
    hotspot, deadline = ports.api_of(router), Deadline(settings().sale_deadline)
    absent = absence(hotspot, sale.mac, deadline)
    if standing is not None and absent is not PassAnswer.NOT_IN_NETWORK:
        if absent is None:
            let_back_in(hotspot, standing, deadline)
        return status
    if absent is not None:
        return PassStatus(absent)
    given = _note(sale.id)
    return given if isinstance(given, PassStatus) else _open(hotspot, router, given, deadline)


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
    try:
        make_user(hotspot, given, deadline)
        said = log_in(hotspot, given, deadline)
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
