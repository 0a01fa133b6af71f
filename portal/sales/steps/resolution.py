"""Learning how an undecided sale stands, and ending what nothing can come of any more."""

from __future__ import annotations

from datetime import datetime, timedelta

from portal.core.clock_guard import clock_is_trusted
from portal.models import utc_now
from portal.payments.gateway import Canceled, Opened, Outcome, Paid, Pending, Unknown
from portal.ports import settings
from portal.sales.context import Work
from portal.sales.steps.cancellation import begin_canceling, close_order
from portal.sales.steps.charge import ask, settle
from portal.sales.steps.reversal import reversal_in, reverse


def decide(work: Work) -> None:
    """Ask the gateway and record what it says. Raises LostRace."""
    answer = ask(work)
    if isinstance(answer, Canceled):
        expire(work, "canceled at the gateway")
    elif isinstance(answer, (Opened, Pending)) and _hopeless(work, answer):
        close(work, "undecided for too long")
    elif isinstance(answer, Opened):
        settle(work, Unknown("not charged yet"))
    else:
        record(work, answer)


def record(work: Work, answer: Outcome) -> None:
    """Record an answer about a sale in any state that it can still change."""
    reversal = reversal_in(answer)
    if reversal:
        reverse(work, reversal)
    else:
        settle(work, answer)


def follow_late_money(work: Work) -> bool:
    """Whether money came for a sale that was given up, and what follows; False: no answer."""
    answer = ask(work)
    if isinstance(answer, Paid) or (isinstance(answer, Unknown) and answer.park):
        record(work, answer)
    return not is_silence(answer)


def is_silence(answer: Outcome | Opened | Canceled) -> bool:
    """Whether the gateway has said nothing of the order."""
    return isinstance(answer, Unknown) and answer.order is None


def close(work: Work, reason: str) -> bool:
    """Close the order at the gateway before the way is open again for another purchase.

    True when it is certain that nothing was or will be charged.
    """
    closing = close_order(work)
    if isinstance(closing, Canceled):
        expire(work, reason)
        return True
    settle(work, closing if isinstance(closing, Paid) else Unknown("cannot be closed yet"))
    return False


def expire(work: Work, reason: str) -> None:
    """End a sale whose order cannot be charged any more."""
    work.order_is_closed = True
    begin_canceling(work, "expired", reason)


def _hopeless(work: Work, answer: Opened | Pending) -> bool:
    """Whether nothing can come of it any more: the card token is dead, or 3DS was left."""
    limits = settings()
    minutes = limits.card_token_minutes if isinstance(answer, Opened) else limits.three_ds_minutes
    since = work.sale.charging_at or work.sale.created_at
    return is_past(since + timedelta(minutes=minutes))


def is_past(moment: datetime) -> bool:
    """Whether it lies behind us, by a clock that can be trusted."""
    return moment <= utc_now() and clock_is_trusted()
