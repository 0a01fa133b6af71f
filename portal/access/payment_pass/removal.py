"""Take payment passes away: when their sale is decided, when their time is over, to make room.

The router ends each by itself after its time online; what is here takes its user off as well.
"""

from __future__ import annotations

import time
from typing import Any

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.orm import Session

from portal import ports
from portal.access.provisioning import mark_of
from portal.core.database import reading, writing
from portal.core.leases import Claim, DueRows, LostRace, claim_one, put_off
from portal.core.logs import log
from portal.core.records import from_now
from portal.hotspot.deadline import Deadline, pauses
from portal.hotspot.errors import RouterError
from portal.hotspot.presence import LoginRefusal, NotLoggedIn
from portal.models import PaymentPass, Router, utc_now
from portal.models.passes.payment_pass import PASS_STANDS
from portal.ports import retry_in, settings

DUE_PASSES = DueRows(PaymentPass, PASS_STANDS)
FIRST_PAUSE, LONGEST_PAUSE = 0.05, 0.4


def put_end(session: Session, which: ColumnElement[bool]) -> None:
    """Have passes end now, in the transaction that decides it; a worker takes them off."""
    values = {"ended_at": utc_now(), "next_attempt_at": from_now()}
    running = PASS_STANDS & PaymentPass.ended_at.is_(None)
    statement = update(PaymentPass).where(which, running).values(values)
    session.execute(statement, execution_options={"synchronize_session": False})


def end_passes_of(session: Session, sale_id: str) -> None:
    """Have the sale's pass end, since the sale waits for its buyer no more.

    After what decides the sale: whoever gives a pass holds that row until the pass is written.
    """
    put_end(session, PaymentPass.sale_id == sale_id)


def remove_pass(claim: Claim) -> None:
    """Take off a pass that is due, under its lease. Raises LostRace."""
    with reading() as session:
        query = select(PaymentPass, Router).join(Router, Router.id == PaymentPass.router_id)
        payment_pass, router = session.execute(query.where(PaymentPass.id == claim.id)).one()
    if payment_pass.lease != claim.lease:
        raise LostRace
    take_off(payment_pass, router)


def take_off(payment_pass: PaymentPass, router: Router, *, was_used: bool = True) -> bool:
    """Remove the pass' user and its session, and note that they are gone; False where unknown.

    By the router's API, however else it is served by now. What was not `was_used` is forgotten.
    """
    try:
        provisioner = ports.api_of(router).provisioner
        mark, timeout = mark_of(payment_pass.id), settings().router_timeout
        provisioner.remove_user(payment_pass.name, mark, timeout)
    except RouterError as error:
        put_off(PaymentPass, payment_pass, retry_in(payment_pass.attempts))
        log().info("payment pass stays", id=payment_pass.id, error=type(error).__name__)
        return False
    _note_removed(payment_pass, was_used=was_used)
    return True


def _note_removed(payment_pass: PaymentPass, *, was_used: bool) -> None:
    mine = PaymentPass.id == payment_pass.id
    values = {"removed_at": utc_now(), "next_attempt_at": None, "lease": None}
    gone: Any = update(PaymentPass).where(mine, PASS_STANDS).values(values)
    with writing() as session:
        statement = gone if was_used else delete(PaymentPass).where(mine)
        session.execute(statement, execution_options={"synchronize_session": False})
    log().info("payment pass removed", id=payment_pass.id, sale=payment_pass.sale_id)


def is_in_to_pay(router: Router, mac: str, said: NotLoggedIn) -> bool:
    """Tell of a device that was refused whether its pass stood in its way, which is gone now."""
    return said.reason is LoginRefusal.ALREADY_ONLINE and make_way(router, mac)


def make_way(router: Router, mac: str) -> bool:
    """Take away the pass by which this device is online, so that it comes in with what it bought.

    False where it has none, or it could not be taken off in time.
    """
    deadline, was_met = Deadline(settings().router_timeout), False
    for pause in pauses(FIRST_PAUSE, LONGEST_PAUSE):
        if (standing := _of_device(router, mac)) is None:
            return was_met
        was_met = True
        if (done := end_now(standing, router)) is not None:
            return done
        if deadline.passed:
            break
        time.sleep(deadline.remaining(pause))
    return False


def end_now(standing: PaymentPass, router: Router) -> bool | None:
    """End this pass and take it off; None while somebody else works on it."""
    with writing() as session:
        put_end(session, PaymentPass.id == standing.id)
    claim = claim_one(PaymentPass, standing.id, settings().sale_lease)
    if claim is None:
        return None
    with reading() as session:
        held = session.get(PaymentPass, standing.id)
    # Whoever has forgotten it meanwhile had taken it off before.
    return held is None or take_off(held, router)


def _of_device(router: Router, mac: str) -> PaymentPass | None:
    mine = (PaymentPass.router_id == router.id) & (PaymentPass.mac == mac)
    with reading() as session:
        return session.scalars(select(PaymentPass).where(mine, PASS_STANDS)).first()
