"""Take back what was asked for at Mercado Pago: cancel an order, or give its money back.

A refusal may be kept under its key, as any first answer is; so the day is one of the words, and
what an order's state forbids today is asked anew when that state has changed.
"""

from __future__ import annotations

from datetime import UTC, datetime

from portal.payments.answers import TAKES_NO_MONEY, canceled, gone_back, partly_refunded
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
from portal.payments.mercadopago.client import HttpAnswer, LostAnswer
from portal.payments.mercadopago.orders import SellerAccount, path, unknown
from portal.payments.mercadopago.refusals import complaint_in, proves_nothing
from portal.payments.methods import Method

# Nobody says where what came from outside would go back to.
NOT_REFUNDABLE = Refused("not_refundable", Fault.OPERATOR)


def cancel(
    account: SellerAccount, order_id: str, deadline: float
) -> Canceled | Paid | Refused | Unknown:
    """Cancel an order. A declined one takes no money any more, and counts as canceled.

    Of a paid one the mode alone is checked, since the purchase is not at hand: look it up.
    """
    order = account.read(order_id, deadline)
    if isinstance(order, Unknown):
        return order
    if order.status in (OrderStatus.OPEN, OrderStatus.PENDING):
        words = (order_id, order.status.value, _today())
        answer = account.write("cancel", path(order_id, "/cancel"), words, None, deadline)
        order = _after(account, answer, order_id, deadline)
    return order if isinstance(order, Unknown) else canceled(order, live=account.live)


def refund(
    account: SellerAccount, order_id: str, amount: int, deadline: float
) -> Refunded | Refused | Unknown:
    """Give all of an order's money back. Counts once the order itself says that it went back.

    Refused, which is for good, is only what Mercado Pago will not do: to be out of its reach, or to
    have a key that it refuses, passes.
    """
    order = account.read(order_id, deadline)
    if isinstance(order, Unknown):
        return order
    gone = gone_back(order, amount)
    if gone is not None:
        return gone
    if order.method in (Method.TRANSFER, Method.CASH):
        return NOT_REFUNDABLE
    part = partly_refunded(order, amount)
    if part is not None:
        return part
    if order.amount != amount:
        return Unknown("amount_mismatch", park=True, order=order)
    words = (order_id, str(amount), _today())
    answer = account.write("refund", path(order_id, "/refund"), words, None, deadline)
    after = account.read(order_id, deadline)
    return _refunded(after, answer, amount)


def _refunded(
    after: Order | Unknown, answer: HttpAnswer | LostAnswer, amount: int
) -> Refunded | Refused | Unknown:
    if isinstance(after, Unknown):
        return unknown(answer)
    gone = gone_back(after, amount) or partly_refunded(after, amount)
    if gone is not None:
        return gone
    if proves_nothing(answer):
        return unknown(answer, after)
    complaint = complaint_in(answer, 400, 402, 422)
    if complaint is not None:
        return Refused(complaint.code, Fault.OPERATOR, complaint.message)
    return unknown(answer, after)


def _after(
    account: SellerAccount, answer: HttpAnswer | LostAnswer, order_id: str, deadline: float
) -> Order | Unknown:
    """Give the order that came with an answer where it is over, else as it stands now."""
    order = account.order_in(answer)
    if order is not None and order.id == order_id and order.status in TAKES_NO_MONEY:
        return order
    found = account.read(order_id, deadline)
    return unknown(answer) if isinstance(found, Unknown) else found


def _today() -> str:
    return datetime.now(UTC).date().isoformat()
