"""Say what an order's state at the gateway means for the purchase that it was opened for."""

from __future__ import annotations

from portal.payments.gateway import (
    Canceled,
    Declined,
    Opened,
    Order,
    OrderStatus,
    Outcome,
    Paid,
    Pending,
    Purchase,
    Unknown,
)


def evaluate(order: Order, purchase: Purchase, live: bool) -> Outcome | Opened | Canceled:
    """Say what the order means; `live` is the mode that the key should act in.

    Money that came in another amount, currency or mode than agreed is no payment, yet it is
    somebody's money: a person must look, as with money that went back.
    """
    if order.reference not in (None, purchase.reference):
        return Unknown("other_purchase", park=True, order=order)
    match order.status:
        case OrderStatus.PAID:
            return _paid(order, purchase, live)
        case OrderStatus.PENDING:
            return Pending(order, order.action_url)
        case OrderStatus.DECLINED:
            return Declined(order.message, order)
        case OrderStatus.CANCELED:
            return Canceled(order)
        case OrderStatus.OPEN:
            return Opened(order.id)
        case OrderStatus.UNCLEAR:
            return Unknown("unclear", order=order)
    return Unknown(order.status.value, park=True, order=order)


def _paid(order: Order, purchase: Purchase, live: bool) -> Paid | Unknown:
    problem = mismatch(order, purchase, live)
    return Unknown(problem, park=True, order=order) if problem else Paid(order)


def mismatch(order: Order, purchase: Purchase, live: bool) -> str | None:
    """Name what of an order is not as agreed: `mode`, `currency` or `amount`, each `_mismatch`."""
    if order.live is not live:
        return "mode_mismatch"
    if order.currency != purchase.currency:
        return "currency_mismatch"
    if order.amount != purchase.amount:
        return "amount_mismatch"
    return None
