"""Charge an order at Mercado Pago: its payment is added, then it is processed.

No money moves before the order is processed, so whatever becomes of adding a payment is certain.
After that the order itself is definitive, and to process it is asked again under the same key.
"""

from __future__ import annotations

from dataclasses import replace

from portal.payments.answers import evaluate
from portal.payments.declines import DeclineReason
from portal.payments.gateway import (
    Canceled,
    Declined,
    Fault,
    Opened,
    Outcome,
    Purchase,
    Refused,
    Unknown,
)
from portal.payments.mercadopago import amounts, deferred, documents
from portal.payments.mercadopago.client import HttpAnswer, LostAnswer, after
from portal.payments.mercadopago.declines import decline_reason
from portal.payments.mercadopago.orders import SellerAccount, path, unknown
from portal.payments.mercadopago.refusals import (
    Objection,
    complaint_in,
    key_refused,
    not_sent,
    proves_nothing,
    reason,
)
from portal.payments.methods import Card, Means

BAD_CARD = Refused("invalid_card_token", Fault.CUSTOMER, decline_reason=DeclineReason.FORM_EXPIRED)
NO_METHOD = Refused("method_refused", Fault.OPERATOR)
COMPLAINTS = (400, 402, 422)


def charge(
    account: SellerAccount, purchase: Purchase, order_id: str, means: Means, deadline: float
) -> Outcome:
    """Add the payment to the order that stands open, and process it."""
    body = _body(purchase, means)
    if body is None:
        return BAD_CARD if isinstance(means, Card) else NO_METHOD
    found = _added(account, purchase, order_id, body, deadline)
    return found if isinstance(means, Card) else _of_method(found)


def _body(purchase: Purchase, means: Means) -> documents.Json | None:
    amount = amounts.written(purchase.amount, purchase.currency)
    if amount is None:
        return None
    if not isinstance(means, Card):
        return deferred.payment_body(amount, means)
    card = documents.card_choice(means.token)
    return documents.transaction_body(amount, card) if card else None


def _of_method(found: Outcome) -> Outcome:
    """Leave what is refused of a method that has no card to the operator."""
    if isinstance(found, Declined):
        return NO_METHOD
    if isinstance(found, Refused) and found.fault is Fault.CUSTOMER and found.field is None:
        return replace(found, fault=Fault.OPERATOR, decline_reason=None)
    return found


def _added(
    account: SellerAccount,
    purchase: Purchase,
    order_id: str,
    body: documents.Json,
    deadline: float,
) -> Outcome:
    answer = account.write(
        "transaction",
        path(order_id, "/transactions"),
        (purchase.reference, order_id),
        body,
        deadline,
    )
    if _is_added(answer, purchase.amount):
        return _process(account, purchase, order_id, deadline)
    return _not_added(account, purchase, order_id, answer, deadline)


def _is_added(answer: HttpAnswer | LostAnswer, amount: int) -> bool:
    if isinstance(answer, LostAnswer) or answer.status not in (200, 201):
        return False
    return documents.is_added(answer.body, amount)


def _not_added(
    account: SellerAccount,
    purchase: Purchase,
    order_id: str,
    answer: HttpAnswer | LostAnswer,
    deadline: float,
) -> Outcome:
    refusal = not_sent(answer) or key_refused(answer)
    if refusal is not None:
        return refusal
    complaint = complaint_in(answer, *COMPLAINTS)
    if complaint is not None:
        return _complained(complaint)
    if reason(answer) != "http_409":
        return Refused(reason(answer), Fault.US)
    # It does not stand open any more: what became of it is what counts.
    found = _standing(account, purchase, order_id, deadline)
    return unknown(answer) if isinstance(found, (Opened, Canceled)) else found


def _process(account: SellerAccount, purchase: Purchase, order_id: str, deadline: float) -> Outcome:
    words = (purchase.reference, order_id)
    address = path(order_id, "/process")
    answer = account.write("charge", address, words, None, deadline)
    if (refusal := not_sent(answer)) is not None:
        return refusal
    found = _told(account, purchase, order_id, answer, deadline)
    if isinstance(found, Opened) and _is_doubtful(answer):
        # It may be under way still: under the same key it is done once, or told what was done.
        answer = after(answer, account.write("charge", address, words, None, deadline))
        found = _told(account, purchase, order_id, answer, deadline)
    return _concluded(found, answer)


def _told(
    account: SellerAccount,
    purchase: Purchase,
    order_id: str,
    answer: HttpAnswer | LostAnswer,
    deadline: float,
) -> Outcome | Opened | Canceled:
    """Give what the answer itself says of the order, else what the order says."""
    complaint = complaint_in(answer, *COMPLAINTS)
    order = account.order_in(answer)
    if complaint is not None:
        order = documents.order(complaint.order, account.live)
    if order is not None and order.id == order_id and order.status in documents.DECIDED:
        return evaluate(order, purchase, account.live)
    found = _standing(account, purchase, order_id, deadline)
    return unknown(answer) if isinstance(found, Unknown) and found.order is None else found


def _standing(
    account: SellerAccount, purchase: Purchase, order_id: str, deadline: float
) -> Outcome | Opened | Canceled:
    order = account.read(order_id, deadline)
    return order if isinstance(order, Unknown) else evaluate(order, purchase, account.live)


def _is_doubtful(answer: HttpAnswer | LostAnswer) -> bool:
    """Tell whether the order may be processed yet, or may never have been asked to."""
    return isinstance(answer, LostAnswer) or answer.status in (423, 429) or answer.status >= 500


def _concluded(found: Outcome | Opened | Canceled, answer: HttpAnswer | LostAnswer) -> Outcome:
    """Read an order after it was processed; one still open proves nothing, as it may be under way.

    Together with the word that the card or the request was refused, it does, unless that was said
    of a second one while the first may be under way.
    """
    complaint = None if proves_nothing(answer) else complaint_in(answer, *COMPLAINTS)
    if isinstance(found, Opened) and complaint is not None:
        return _complained(complaint)
    if isinstance(found, (Opened, Canceled)):
        return unknown(answer)
    return found


def _complained(complaint: Objection) -> Outcome:
    if complaint.about == "card":
        return Declined(None, reason=decline_reason(complaint.said))
    return complaint.refused()
