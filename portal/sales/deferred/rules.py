"""Say what is particular to deferred money, for `sales/decisions`."""

from __future__ import annotations

from datetime import datetime, timedelta

from portal.alerts.kinds import AlertKind
from portal.models.sale_states import CancelReason, ParkReason, SaleState
from portal.payments.gateway import Order, Pending
from portal.sales import alert_messages as messages
from portal.sales.decision_values import Due, Now, SaleColumns, SaleFacts, Tell
from portal.sales.deferred.instructions import written

# Money is told some time after it was paid: cash at a shop at once, or on the next working day.
GRACE = timedelta(hours=1)
LATE_FOR = timedelta(days=4)


def is_over(sale: SaleFacts, now: Now) -> bool:
    """Tell whether the buyer had all the time to pay that they were told of."""
    return sale.payable_until is not None and now.has_passed(sale.payable_until + GRACE)


def waits_since(sale: SaleFacts, since: datetime) -> datetime:
    """Tell since when it waits for anybody but its buyer."""
    return since if sale.payable_until is None else max(since, sale.payable_until + GRACE)


def is_looked_for(sale: SaleFacts, now: datetime) -> bool:
    """Tell whether a gateway that does not answer is asked again for what was given up.

    Twice as long as one that does: an account may have been closed.
    """
    return sale.payable_until is None or now < sale.payable_until + 2 * LATE_FOR


def due_when_canceled(sale: SaleFacts, now: datetime) -> Due:
    """Look again for some days where money may be on its way that nobody may tell us of."""
    if sale.payable_until is None:
        return Due.NEVER
    return Due.RARELY if now < sale.payable_until + LATE_FOR else Due.NEVER


def how_to_pay(sale: SaleFacts, pending: Pending) -> SaleColumns:
    """Keep how it is paid and until when, as the buyer is told it: once."""
    if sale.knows_how or pending.instructions is None:
        return {}
    columns = SaleColumns(instructions=written(pending.instructions))
    if pending.instructions.expires_at is None:
        return columns
    return columns | {"payable_until": pending.instructions.expires_at}


def received(sale: SaleFacts, order: Order) -> SaleColumns:
    """Keep what came, where it is not what was to be paid, and is not known to have come."""
    if order.amount_paid is None:
        return {}
    is_plain = order.amount_paid == order.amount and not sale.amount_returned
    came = None if is_plain else order.amount_paid
    return {} if came == sale.amount_received else {"amount_received": came}


def is_amiss(reason: str, order: Order) -> bool:
    """Tell whether another amount came; too little may stand on an order that is closed by now."""
    return reason == ParkReason.AMOUNT_MISMATCH or 0 < (order.amount_paid or 0) < order.amount


def is_short(sale: SaleFacts, order: Order) -> bool:
    """Tell whether a part of what came was given back, so that the rest is too little."""
    return sale.amount_returned > 0 and not is_enough(sale, order)


def is_enough(sale: SaleFacts, order: Order) -> bool:
    """Tell whether as much came as was to be paid, without what went back since."""
    return order.amount == sale.amount <= (order.amount_paid or 0) - sale.amount_returned


def went_back(sale: SaleFacts, order: Order) -> bool:
    """Tell whether the operator gave back by hand all that the order holds."""
    return 0 < (order.amount_paid or 0) <= sale.amount_returned


def of_surplus(sale: SaleFacts, order: Order) -> tuple[Tell, ...]:
    """Tell the operator of money that bought nothing, and has not gone back."""
    kept = (received(sale, order).get("amount_received") or 0) - sale.amount_returned
    if kept <= order.amount:
        return ()
    if sale.state == SaleState.REFUNDED:
        message = messages.of_money_after_return(kept - order.amount, order.currency)
    else:
        message = messages.of_surplus(kept, order.amount, order.currency)
    return (Tell(AlertKind.OVERPAID, sale.id, message),)


def of_payment(sale: SaleFacts, order: Order) -> tuple[Tell, ...]:
    """Tell the operator of that, and of money that was not to be paid any more."""
    twice = Tell(AlertKind.PAID_TWICE, sale.id, messages.PAID_TWICE)
    is_twice = sale.cancel_reason == CancelReason.REPLACED
    return (*of_surplus(sale, order), *([twice] if is_twice else []))
