"""Charge an order at Mercado Pago: its payment is added, then it is processed.

No money moves before the order is processed, so whatever becomes of adding a payment is certain.
After that the order itself is definitive, and to process it is asked again under the same key.
"""

from __future__ import annotations

from dataclasses import dataclass

from portal.payments.answers import evaluate
from portal.payments.declines import DeclineReason
from portal.payments.gateway import (
    Canceled,
    Declined,
    Fault,
    Opened,
    Order,
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
from portal.payments.methods import Card, Means, Method

BAD_CARD = Refused("invalid_card_token", Fault.CUSTOMER, decline_reason=DeclineReason.FORM_EXPIRED)
NO_METHOD = Refused("method_refused", Fault.OPERATOR)
COMPLAINTS = (400, 402, 422)


def charge(
    account: SellerAccount, purchase: Purchase, order_id: str, means: Means, deadline: float
) -> Outcome:
    """Add the payment to the order that stands open, and process it."""
    body = _body(purchase, means)
    is_card = isinstance(means, Card)
    if body is None:
        return BAD_CARD if is_card else NO_METHOD
    return _Charge(account, purchase, order_id, is_card, deadline).add(body)


def _body(purchase: Purchase, means: Means) -> documents.Json | None:
    amount = amounts.written(purchase.amount, purchase.currency)
    if amount is None:
        return None
    if not isinstance(means, Card):
        return deferred.payment_body(amount, means)
    card = documents.card_choice(means.token)
    return documents.transaction_body(amount, card) if card else None


@dataclass(frozen=True)
class _Charge:
    """Hold what is charged for the calls that it takes."""

    account: SellerAccount
    purchase: Purchase
    order_id: str
    is_card: bool
    deadline: float

    def add(self, body: documents.Json) -> Outcome:
        """Add the payment, and process the order once it is there."""
        words = (self.purchase.reference, self.order_id)
        address = path(self.order_id, "/transactions")
        answer = self.account.write("transaction", address, words, body, self.deadline)
        if self._is_added(answer):
            return self._process()
        return self._not_added(answer)

    def _is_added(self, answer: HttpAnswer | LostAnswer) -> bool:
        if isinstance(answer, LostAnswer) or answer.status not in (200, 201):
            return False
        return documents.is_added(answer.body, self.purchase.amount)

    def _not_added(self, answer: HttpAnswer | LostAnswer) -> Outcome:
        refusal = not_sent(answer) or key_refused(answer)
        if refusal is not None:
            return refusal
        complaint = complaint_in(answer, *COMPLAINTS)
        if complaint is not None:
            return self._complained(complaint)
        if reason(answer) != "http_409":
            return Refused(reason(answer), Fault.US)
        # It does not stand open any more: what became of it is what counts.
        found = self._standing()
        return unknown(answer) if isinstance(found, (Opened, Canceled)) else found

    def _process(self) -> Outcome:
        answer = self._asked_to_process()
        if (refusal := not_sent(answer)) is not None:
            return refusal
        found = self._told(answer)
        if isinstance(found, Opened) and _is_doubtful(answer):
            # It may be under way still: under the same key it is done once, or told what was done.
            answer = after(answer, self._asked_to_process())
            found = self._told(answer)
        return self._concluded(found, answer)

    def _asked_to_process(self) -> HttpAnswer | LostAnswer:
        words = (self.purchase.reference, self.order_id)
        address = path(self.order_id, "/process")
        return self.account.write("charge", address, words, None, self.deadline)

    def _told(self, answer: HttpAnswer | LostAnswer) -> Outcome | Opened | Canceled:
        """Give what the answer itself says of the order, else what the order says."""
        complaint = complaint_in(answer, *COMPLAINTS)
        order = self.account.order_in(answer)
        if complaint is not None:
            order = documents.order(complaint.order, self.account.live)
        if order is not None and self._is_final(order):
            return evaluate(order, self.purchase, self.account.live)
        found = self._standing()
        return unknown(answer) if isinstance(found, Unknown) and found.order is None else found

    def _is_final(self, order: Order) -> bool:
        """Tell whether an answer's order needs no second look.

        Under a key that was used before, an order that waited then may be over by now.
        """
        is_deferred = order.method in (Method.TRANSFER, Method.CASH)
        return order.id == self.order_id and order.status in documents.DECIDED and not is_deferred

    def _standing(self) -> Outcome | Opened | Canceled:
        order = self.account.read(self.order_id, self.deadline)
        if isinstance(order, Unknown):
            return order
        return evaluate(order, self.purchase, self.account.live)

    def _concluded(
        self, found: Outcome | Opened | Canceled, answer: HttpAnswer | LostAnswer
    ) -> Outcome:
        """Read an order after it was processed; one still open proves nothing: it may be under way.

        Together with the word that the card or the request was refused, it does, unless that was
        said of a second one while the first may be under way.
        """
        complaint = None if proves_nothing(answer) else complaint_in(answer, *COMPLAINTS)
        if isinstance(found, Opened) and complaint is not None:
            return self._complained(complaint)
        if isinstance(found, (Opened, Canceled)):
            return unknown(answer)
        return found

    def _complained(self, complaint: Objection) -> Outcome:
        """Say whose doing it is. No bank is asked of a deferred payment, nor anything of a card."""
        if not self.is_card and complaint.about not in ("email", "name"):
            return Refused(complaint.code, Fault.OPERATOR, complaint.message)
        if complaint.about == "card":
            return Declined(None, reason=decline_reason(complaint.said))
        return complaint.refused()


def _is_doubtful(answer: HttpAnswer | LostAnswer) -> bool:
    """Tell whether the order may be processed yet, or may never have been asked to."""
    return isinstance(answer, LostAnswer) or answer.status in (423, 429) or answer.status >= 500
