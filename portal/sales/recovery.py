"""Carry one sale on from where a request left it. It never charges."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.access.desired_state import release_access
from portal.core.database import reading, writing
from portal.core.leases import Claim
from portal.core.vault import VaultError
from portal.models import SaleMove
from portal.models.sale_states import FINAL, UNCHARGED, Actor
from portal.ports import settings
from portal.sales.context import SaleContext, held, refund_after_minutes
from portal.sales.missing_keys import KEY_LOST
from portal.sales.steps.cancellation import (
    begin_canceling,
    finish_canceling,
    remove_user,
    settle_access,
)
from portal.sales.steps.delivery import deliver
from portal.sales.steps.refund import begin_refund, finish_refund
from portal.sales.steps.resolution import follow_late_money, is_past, resolve
from portal.sales.transitions import park, reschedule, rest


def recover_sale(claim: Claim) -> None:
    """Carry one sale on from wherever it stands. Raises LostRace."""
    with held(claim.id, Actor.WORKER, claim) as context:
        if context is None:
            return
        try:
            _carry_on(context)
        except VaultError:
            with writing() as session:
                park(session, context.sale, KEY_LOST)


def _carry_on(context: SaleContext) -> None:
    if context.sale.state in UNCHARGED:
        begin_canceling(context, "abandoned", "request died", release_key=True)
    elif context.sale.state in ("charging", "pending"):
        resolve(context)
    elif context.sale.state == "canceled":
        _look_once_more(context)
    finish(context)


def finish(context: SaleContext) -> None:
    """The second half of a step, which is the whole of it where the first was done before."""
    if context.sale.state == "canceling":
        finish_canceling(context)
    if context.sale.state == "paid":
        _deliver_or_refund(context)
    if context.sale.state == "refunding":
        finish_refund(context)
    if context.sale.state in ("refunding", "refunded", "charged_back"):
        shut(context)
    _park_if_stuck(context)
    release_access(context.access)


def _look_once_more(context: SaleContext) -> None:
    """An operator wants to know of a canceled sale whether money came for it after all."""
    answered = follow_late_money(context)
    if context.sale.state != "canceled" or context.sale.parked_reason is not None:
        return
    with writing() as session:
        if answered:
            rest(session, context.sale)
        else:
            reschedule(session, context.sale)


def shut(context: SaleContext) -> None:
    """Whose money went back is off the router the first moment that it answers."""
    if context.access.wanted == "absent" and context.access.lease is not None:
        settle_access(context, remove_user(context))


def _park_if_stuck(context: SaleContext) -> None:
    """What could not be solved in all that time is the operator's."""
    sale, patience = context.sale, timedelta(hours=settings().park_after_hours)
    if sale.state in FINAL or sale.parked_reason or not is_past(sale.created_at + patience):
        return
    with writing() as session:
        if is_past(_last_moved_at(session, sale.id) + patience):
            park(session, sale, "stuck")


def _last_moved_at(session: Session, sale_id: str) -> datetime:
    """When the sale came into the state that it is in."""
    query = select(func.max(SaleMove.at)).where(SaleMove.sale_id == sale_id)
    return session.scalars(query).one()


def _deliver_or_refund(context: SaleContext) -> None:
    if deliver(context):
        return
    with reading() as session:
        patience = refund_after_minutes(session, context.sale.company_id)
    since = context.sale.paid_at or context.sale.created_at
    if is_past(since + timedelta(minutes=patience)):
        begin_refund(context, "router away")
        finish_refund(context)
