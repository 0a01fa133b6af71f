"""Carries one sale on from where a request left it. It never charges."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.access.desired_state import hold_access, let_go
from portal.core.database import reading, writing
from portal.models import Access, SaleMove
from portal.models.sale_states import UNCHARGED
from portal.ports import settings
from portal.sales.claims import FINAL, Claim
from portal.sales.context import Work, load_work, refund_after_minutes
from portal.sales.deadline import Deadline
from portal.sales.steps.cancellation import (
    begin_canceling,
    finish_canceling,
    remove_user,
    settle_access,
)
from portal.sales.steps.delivery import deliver
from portal.sales.steps.refund import begin_refund, finish_refund
from portal.sales.steps.resolution import decide, follow_late_money, is_past
from portal.sales.transitions import LostRace, park, reschedule, rest


def reconcile_sale(claim: Claim) -> None:
    """Carry one sale on from wherever it stands. Raises LostRace."""
    with reading() as session:
        work = load_work(session, claim.id, Deadline(settings().sale_deadline), "worker")
    if not holds_both(work, claim):
        return
    try:
        if work.sale.state in UNCHARGED:
            begin_canceling(work, "abandoned", "request died", release_key=True)
        elif work.sale.state in ("charging", "pending"):
            decide(work)
        elif work.sale.state == "canceled":
            _look_once_more(work)
        finish(work)
    finally:
        let_go(work.access)


def holds_both(work: Work, claim: Claim) -> bool:
    """Take the access' lease along with the sale's; False puts the sale off for a moment."""
    if work.sale.lease != claim.lease:
        raise LostRace
    with writing() as session:
        if hold_access(session, work.access):
            # What was read before the lease was ours may have been changed since.
            work.access = session.get_one(Access, work.access.id)
            return True
        reschedule(session, work.sale, due_in=settings().retry_first)
    return False


def finish(work: Work) -> None:
    """The second half of a step, which is the whole of it where the first was done before."""
    if work.sale.state == "cancelling":
        finish_canceling(work)
    if work.sale.state == "paid":
        _deliver_or_refund(work)
    if work.sale.state == "refunding":
        finish_refund(work)
    if work.sale.state in ("refunding", "refunded", "charged_back"):
        shut(work)
    _park_if_stuck(work)
    let_go(work.access)


def _look_once_more(work: Work) -> None:
    """An operator wants to know of a canceled sale whether money came for it after all."""
    answered = follow_late_money(work)
    if work.sale.state != "canceled" or work.sale.parked_reason is not None:
        return
    with writing() as session:
        if answered:
            rest(session, work.sale)
        else:
            reschedule(session, work.sale)


def shut(work: Work) -> None:
    """Whose money went back is off the router the first moment that it answers."""
    if work.access.wanted == "absent" and work.access.lease is not None:
        settle_access(work, remove_user(work))


def _park_if_stuck(work: Work) -> None:
    """What could not be solved in all that time is the operator's."""
    sale, patience = work.sale, timedelta(hours=settings().park_after_hours)
    if sale.state in FINAL or sale.parked_reason or not is_past(sale.created_at + patience):
        return
    with writing() as session:
        if is_past(_last_moved_at(session, sale.id) + patience):
            park(session, sale, "stuck")


def _last_moved_at(session: Session, sale_id: str) -> datetime:
    """When the sale came into the state that it is in."""
    query = select(func.max(SaleMove.at)).where(SaleMove.sale_id == sale_id)
    return session.scalars(query).one()


def _deliver_or_refund(work: Work) -> None:
    if deliver(work):
        return
    with reading() as session:
        patience = refund_after_minutes(session, work.sale.company_id)
    since = work.sale.paid_at or work.sale.created_at
    if is_past(since + timedelta(minutes=patience)):
        begin_refund(work, "router away")
        finish_refund(work)
