"""Take back what was asked for at Conekta: cancel an order, or give its money back."""

from __future__ import annotations

from portal.payments.answers import canceled, gone_back, partly_refunded
from portal.payments.conekta.bodies import refund_body
from portal.payments.conekta.client import ApiRequest
from portal.payments.conekta.orders import Account, error_in, path, unknown
from portal.payments.gateway import (
    Canceled,
    Fault,
    Order,
    OrderStatus,
    Paid,
    Refunded,
    Refused,
    Unknown,
)
from portal.payments.methods import Method

# Conekta gives back what a card paid, and nothing else.
NOT_REFUNDABLE = Refused("not_refundable", Fault.OPERATOR)


def cancel(account: Account, order_id: str, deadline: float) -> Canceled | Paid | Unknown:
    """Cancel an order. A declined order that Conekta will not cancel counts as canceled.

    Of a paid one the mode alone is checked, since the purchase is not at hand: look it up.
    """
    answer = account.ask(ApiRequest("cancel", "POST", path(order_id, "/cancel")), deadline)
    order = account.read_unless(_is_canceled, answer, order_id, deadline)
    if isinstance(order, Unknown):
        return order
    return canceled(order, live=account.live)


def refund(
    account: Account, order_id: str, amount: int, deadline: float
) -> Refunded | Refused | Unknown:
    """Give money back. Counts once the order itself says that so much went back.

    Money that the bank took back meanwhile is neither ours to give nor refused to us.
    """
    call = ApiRequest("refund", "POST", path(order_id, "/refunds"), refund_body(amount))
    answer = account.ask(call, deadline)
    order = account.read_unless(
        lambda order: order.amount_refunded >= amount, answer, order_id, deadline
    )
    if isinstance(order, Unknown):
        return order
    if (gone := gone_back(order, amount)) is not None:
        return gone
    error = error_in(answer, 402, 422, 428)
    if error is not None and order.method in (Method.TRANSFER, Method.CASH):
        return NOT_REFUNDABLE
    if error is not None:
        return partly_refunded(order, amount) or Refused(error.code, Fault.OPERATOR, error.message)
    return unknown(answer, order)


def _is_canceled(order: Order) -> bool:
    return order.status is OrderStatus.CANCELED
