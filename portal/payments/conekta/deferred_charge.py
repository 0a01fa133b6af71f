"""Ask Conekta for a charge that waits for money from outside, and give how it is paid.

No bank is asked, so nothing is declined: what Conekta refuses here is the operator's to mend.
"""

from __future__ import annotations

from portal.payments.answers import evaluate, expected_order
from portal.payments.conekta import bodies, deferred, orders
from portal.payments.conekta.client import ApiRequest, ApiResponse, NoAnswer
from portal.payments.conekta.errors import ApiError
from portal.payments.conekta.meanings import Meaning
from portal.payments.conekta.orders import Account, path
from portal.payments.gateway import (
    Canceled,
    Fault,
    Opened,
    Order,
    OrderStatus,
    Outcome,
    Pending,
    Purchase,
    Refused,
    Unknown,
)
from portal.payments.methods import Deferred

# Whatever is said of a method's terms; that a charge is there already, or a strange code, is not.
REFUSED = orders.CERTAIN | {Meaning.CARD}


def charge_on_order(
    account: Account, purchase: Purchase, order_id: str, means: Deferred, deadline: float
) -> Outcome:
    """Add the charge to an order that stands open; the order tells the references of all networks.

    Asked again, Conekta refuses a second charge, and the order gives the first one's.
    """
    body = bodies.charge_body(purchase, means)
    answer = account.ask(ApiRequest("charge", "POST", path(order_id, "/charges"), body), deadline)
    refusal = orders.not_sent(answer)
    if refusal is not None:
        return refusal
    order = account.read(order_id, deadline)
    if isinstance(order, Unknown):
        return _told_by_charge(account, purchase, order_id, answer) or orders.unknown(answer)
    return _after_charge(account, purchase, answer, order)


def charge_in_order(
    account: Account, purchase: Purchase, means: Deferred, deadline: float
) -> Outcome:
    """Open an order with the charge inside."""
    body = bodies.order_with_charge_body(purchase, means)
    answer = account.ask(ApiRequest("charge", "POST", "/orders", body), deadline)
    order = orders.order_in(answer)
    if order is not None:
        return _after_charge(account, purchase, answer, order)
    return (
        orders.not_sent(answer)
        or _refused(orders.error_in(answer, 402, 422))
        or orders.refused_opening(answer)
        or orders.unknown(answer)
    )


def _after_charge(
    account: Account, purchase: Purchase, answer: ApiResponse | NoAnswer, order: Order
) -> Outcome:
    found = evaluate(order, purchase, account.live)
    refusal = _refused(orders.error_in(answer, 402, 422))
    if isinstance(found, Opened) and refusal is not None:
        return refusal
    if isinstance(found, (Opened, Canceled)):
        return orders.unknown(answer, order)
    return found


def _refused(error: ApiError | None) -> Refused | None:
    if error is None or error.meaning not in REFUSED:
        return None
    # There is no card to try another of: what is not about a field of the form is not the buyer's.
    fault = error.fault if error.field is not None else Fault.OPERATOR
    return Refused(error.code, fault, error.message, error.field)


def _told_by_charge(
    account: Account, purchase: Purchase, order_id: str, answer: ApiResponse | NoAnswer
) -> Pending | None:
    """Give what the charge's own answer says, where the order cannot be read after it."""
    expected = expected_order(purchase, order_id, OrderStatus.PENDING, live=account.live)
    body = answer.body if isinstance(answer, ApiResponse) and answer.status == 200 else None
    order = deferred.waiting_charge(body, expected)
    return None if order is None else Pending(order, None, order.instructions)
