"""Decide what a look at a sale's order leads to, whatever state the sale is in."""

from __future__ import annotations

from datetime import datetime, timedelta

from portal.models.sale_states import (
    ASKED,
    FINAL,
    GIVEN_UP,
    ParkReason,
    SaleState,
)
from portal.payments.gateway import (
    Canceled,
    Opened,
    Pending,
)
from portal.sales.decision_values import (
    CloseOrder,
    Decision,
    Limits,
    Now,
    SaleFacts,
)
from portal.sales.decisions.charge import (
    NOTHING,
    WAIT,
    Look,
    parked,
    recorded,
    require,
)
from portal.sales.decisions.closing import expired, late
from portal.sales.decisions.refunds import after_return, outside, went_back_by_hand
from portal.sales.deferred import rules


def looked_up(sale: SaleFacts, look: Look, now: Now, limits: Limits) -> Decision | CloseOrder:
    """Follow a look at an undecided sale's order."""
    require(sale, ASKED)
    match look:
        case Canceled():
            return expired(sale, "canceled at the gateway")
        case Pending() if sale.is_deferred:
            return _awaited(sale, look, now)
        case Opened() if _is_over(sale, _opened_minutes(sale, limits), now):
            return CloseOrder("undecided for too long")
        case Pending() if _is_over(sale, limits.three_ds_minutes, now):
            return CloseOrder("undecided for too long")
        case Opened():
            return WAIT
        case _:
            return recorded(sale, look, now.at)


def _awaited(sale: SaleFacts, pending: Pending, now: Now) -> Decision | CloseOrder:
    """Wait for a deferred payment as long as the buyer was told that they have."""
    if rules.is_over(sale, now):
        return CloseOrder("not paid in time")
    return recorded(sale, pending, now.at)


def followed(sale: SaleFacts, look: Look, now: Now, limits: Limits) -> Decision | CloseOrder:
    """Follow a look at the order of any sale whose order may have changed."""
    if sale.state in ASKED:
        return looked_up(sale, look, now, limits)
    if sale.state in GIVEN_UP:
        return late(sale, look, now.at)
    if went_back_by_hand(sale):
        return after_return(sale, look)
    return outside(sale, look, now.at)


def stuck(sale: SaleFacts, since: datetime, now: Now, limits: Limits) -> Decision:
    """Leave to the operator what could not be solved in all that time."""
    is_open = sale.state not in FINAL and sale.parked_reason is None
    if sale.state == SaleState.PENDING and sale.is_deferred:
        since = rules.waits_since(sale, since)
    if is_open and now.has_passed(since + timedelta(hours=limits.park_after_hours)):
        return parked(ParkReason.STUCK)
    return NOTHING


def _is_over(sale: SaleFacts, minutes: float, now: Now) -> bool:
    """Tell whether the card token is dead, or 3DS was left."""
    return now.has_passed((sale.charging_at or sale.created_at) + timedelta(minutes=minutes))


def _opened_minutes(sale: SaleFacts, limits: Limits) -> float:
    return limits.three_ds_minutes if sale.in_frame else limits.card_token_minutes
