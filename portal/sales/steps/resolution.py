"""Learning how an undecided sale stands, and ending what nothing can come of any more."""

from __future__ import annotations

from datetime import datetime, timedelta

from portal.core.clock_guard import clock_is_trusted
from portal.models import utc_now
from portal.payments.gateway import Canceled, Opened, Outcome, Paid, Pending, Unknown
from portal.ports import settings
from portal.sales.context import SaleContext
from portal.sales.steps.cancellation import begin_canceling, close_order
from portal.sales.steps.charge import ask, settle
from portal.sales.steps.reversal import record_reversal, reversal_in


def resolve(context: SaleContext) -> None:
    """Ask the gateway and record what it says. Raises LostRace."""
    answer = ask(context)
    if isinstance(answer, Canceled):
        expire(context, "canceled at the gateway")
    elif isinstance(answer, (Opened, Pending)) and _hopeless(context, answer):
        close(context, "undecided for too long")
    elif isinstance(answer, Opened):
        settle(context, Unknown("not charged yet"))
    else:
        record(context, answer)


def record(context: SaleContext, answer: Outcome) -> None:
    """Record an answer about a sale in any state that it can still change."""
    reversal = reversal_in(answer)
    if reversal:
        record_reversal(context, reversal)
    else:
        settle(context, answer)


def follow_late_money(context: SaleContext) -> bool:
    """Whether money came for a sale that was given up, and what follows; False: no answer."""
    answer = ask(context)
    if isinstance(answer, Paid) or (isinstance(answer, Unknown) and answer.park):
        record(context, answer)
    return not is_silence(answer)


def is_silence(answer: Outcome | Opened | Canceled) -> bool:
    """Whether the gateway has said nothing of the order."""
    return isinstance(answer, Unknown) and answer.order is None


def close(context: SaleContext, reason: str) -> bool:
    """Close the order at the gateway before the way is open again for another purchase.

    True when it is certain that nothing was or will be charged.
    """
    closing = close_order(context)
    if isinstance(closing, Canceled):
        expire(context, reason)
        return True
    settle(context, closing if isinstance(closing, Paid) else Unknown("cannot be closed yet"))
    return False


def expire(context: SaleContext, reason: str) -> None:
    """End a sale whose order cannot be charged any more."""
    context.order_is_closed = True
    begin_canceling(context, "expired", reason)


def _hopeless(context: SaleContext, answer: Opened | Pending) -> bool:
    """Whether nothing can come of it any more: the card token is dead, or 3DS was left."""
    limits = settings()
    minutes = limits.card_token_minutes if isinstance(answer, Opened) else limits.three_ds_minutes
    since = context.sale.charging_at or context.sale.created_at
    return is_past(since + timedelta(minutes=minutes))


def is_past(moment: datetime) -> bool:
    """Whether it lies behind us, by a clock that can be trusted."""
    return moment <= utc_now() and clock_is_trusted()
