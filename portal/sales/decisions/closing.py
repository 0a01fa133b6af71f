"""Decide what ends a sale that is given up, and what money that came for it all the same does."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from portal.models.sale_states import (
    ASKED,
    GIVEN_UP,
    CancelReason,
    SaleState,
)
from portal.payments.gateway import (
    Canceled,
    Declined,
    Order,
    OrderStatus,
    Paid,
    Refused,
    Unknown,
)
from portal.sales.decision_values import (
    CloseOrder,
    Decision,
    Due,
    Outcome,
    SaleFacts,
)
from portal.sales.decisions.charge import (
    NOTHING,
    REVERSALS,
    SILENCE,
    WAIT,
    Closing,
    Look,
    canceling,
    has_paid,
    is_amiss,
    of_another_amount,
    paid,
    parked,
    recorded,
    require,
    reversed_whole,
    wait,
)
from portal.sales.deferred import rules

HAD_MONEY = frozenset(
    {
        OrderStatus.PAID,
        OrderStatus.PARTIALLY_REFUNDED,
        OrderStatus.REFUNDED,
        OrderStatus.CHARGED_BACK,
    }
)
SETTLED = Decision(Outcome.NOTHING, due=Due.NEVER)


def replaced(sale: SaleFacts, look: Look, now: datetime) -> Decision:
    """Follow a look at the order of who chose to pay in another way, which closes it.

    What came by then is honoured; else the buyer is not kept waiting for the gateway.
    """
    require(sale, ASKED)
    if has_paid(sale, look):
        return recorded(sale, look, now)
    decision = canceling(sale, Outcome.REPLACED, CancelReason.REPLACED, "another way to pay")
    return replace(decision, is_closed=isinstance(look, Canceled))


def given_up(sale: SaleFacts, look: Look, now: datetime) -> Decision | CloseOrder:
    """Follow a look at the order of an undecided sale that its customer wants out of."""
    require(sale, ASKED)
    if isinstance(look, Declined) or has_paid(sale, look):
        return recorded(sale, look, now)
    return CloseOrder("given up by the customer")


def closed_undecided(sale: SaleFacts, closing: Closing, reason: str, now: datetime) -> Decision:
    """End an undecided sale that nothing can come of, where its order could be closed."""
    require(sale, ASKED)
    if isinstance(closing, Canceled):
        return expired(sale, reason)
    return recorded(sale, closing, now) if has_paid(sale, closing) else WAIT


def expired(sale: SaleFacts, reason: str) -> Decision:
    """End a sale whose order cannot be charged any more, for certain."""
    decision = canceling(sale, Outcome.EXPIRED, CancelReason.EXPIRED, reason)
    return replace(decision, is_closed=True)


def needs_look(closing: Closing) -> bool:
    """Tell whether the order had money: only the purchase in hand tells if it was the right one."""
    order = None if isinstance(closing, Refused) else closing.order
    return order is not None and order.status in HAD_MONEY


def closing_of(look: Look) -> Closing:
    """Take a look at an order that had money for the answer to closing it."""
    return look if isinstance(look, (Paid, Unknown)) else Unknown("cannot be closed yet")


def is_closed(closing: Closing) -> bool:
    """Tell whether nothing more can be charged on the order."""
    return isinstance(closing, Canceled)


def closed(sale: SaleFacts, closing: Closing, now: datetime) -> Decision:
    """Follow what came of closing the order of a sale that is being canceled."""
    require(sale, {SaleState.CANCELING})
    match closing:
        case Canceled():
            return _canceled(sale, now)
        case Unknown(reason, order=Order() as order) if reason in REVERSALS:
            return reversed_whole(sale, order, REVERSALS[reason], now)
        case Paid(order) | Unknown(order=Order() as order) if is_amiss(sale, closing):
            decision = of_another_amount(sale, order, now)
            return _canceled(sale, now) if decision is NOTHING else decision
        case Paid(order):
            return paid(sale, order, now)
        case Unknown(reason, park=True):
            return parked(reason)
        case _:
            return wait(sale, closing)


def _canceled(sale: SaleFacts, now: datetime) -> Decision:
    due = rules.due_when_canceled(sale, now) if sale.is_deferred else Due.NEVER
    return Decision(Outcome.CANCELED, (SaleState.CANCELED,), due)


def late(sale: SaleFacts, look: Look, now: datetime) -> Decision:
    """Follow a look for money that came for a sale that was given up."""
    require(sale, GIVEN_UP)
    match look:
        case Paid() | Unknown(park=True):
            return recorded(sale, look, now)
        case Unknown() if is_amiss(sale, look):
            return recorded(sale, look, now)
        case Unknown(order=None):
            return SILENCE
        case _:
            return NOTHING


def late_again(sale: SaleFacts, look: Look, now: datetime) -> Decision:
    """Do as `late` for who wants it looked at, until the gateway has answered."""
    decision = late(sale, look, now)
    settled = replace(SETTLED, due=_canceled(sale, now).due)
    silent = WAIT if rules.is_looked_for(sale, now) else SETTLED
    return {Outcome.NOTHING: settled, Outcome.SILENCE: silent}.get(decision.outcome, decision)
