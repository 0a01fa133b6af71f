"""Carry one sale on from where a request left it. It never charges."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.access.desired_state import release_access
from portal.core.database import reading
from portal.core.leases import Claim
from portal.core.vault import VaultError
from portal.models import SaleMove
from portal.models.access import AccessState
from portal.models.sale_states import ASKED, UNCHARGED, ParkReason, SaleActor, SaleState
from portal.sales import decisions
from portal.sales.context import SaleContext, held, limits, now, refund_after_minutes
from portal.sales.steps.cancellation import finish_canceling, remove_user, settle_access
from portal.sales.steps.delivery import deliver
from portal.sales.steps.refund import finish_refund
from portal.sales.steps.resolution import resolve, resolve_again
from portal.sales.transitions import apply

MONEY_WENT = (SaleState.REFUNDING, SaleState.REFUNDED, SaleState.CHARGED_BACK)


def recover_sale(claim: Claim, actor: SaleActor = SaleActor.WORKER) -> None:
    """Carry one sale on from wherever it stands. Raises LostRace."""
    with held(claim.id, actor, claim) as context:
        if context is None:
            return
        try:
            _carry_on(context)
        except VaultError:
            apply(context, decisions.parked(ParkReason.KEY_LOST))


def _carry_on(context: SaleContext) -> None:
    state = context.sale.state
    if state in UNCHARGED:
        apply(context, decisions.request_died(context.facts))
    elif state in ASKED:
        resolve(context)
    elif state == SaleState.CANCELED:
        resolve_again(context)
    finish(context)


def finish(context: SaleContext) -> None:
    """Do the second half of a step, or the whole of it where the first was done before."""
    if context.sale.state == SaleState.CANCELING:
        finish_canceling(context)
    if context.sale.state == SaleState.PAID and not deliver(context):
        _refund_if_due(context)
    if context.sale.state == SaleState.REFUNDING:
        finish_refund(context)
    if context.sale.state in MONEY_WENT:
        shut(context)
    _park_if_stuck(context)
    release_access(context.access)


def _refund_if_due(context: SaleContext) -> None:
    with reading() as session:
        minutes = refund_after_minutes(session, context.sale.company_id)
    apply(context, decisions.refund_if_router_away(context.facts, now(), minutes))


def shut(context: SaleContext) -> None:
    """Take whose money went back off the router the first moment that it answers."""
    if context.access.wanted == AccessState.ABSENT and context.access.lease is not None:
        settle_access(context, remove_user(context))


def _park_if_stuck(context: SaleContext) -> None:
    decision = decisions.stuck(context.facts, context.sale.created_at, now(), limits())
    if decision.park is None:
        return
    with reading() as session:
        moved_at = _last_moved_at(session, context.sale.id)
    apply(context, decisions.stuck(context.facts, moved_at, now(), limits()))


def _last_moved_at(session: Session, sale_id: str) -> datetime:
    """Tell when the sale came into the state that it is in."""
    query = select(func.max(SaleMove.at)).where(SaleMove.sale_id == sale_id)
    return session.scalars(query).one()
