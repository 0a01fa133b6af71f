"""Conekta behind the gateway port, after Conekta's OpenAPI 2.3.0.

The money's road is order first: an order without a charge is opened, its id stored, and only
that order is charged. Conekta knows no idempotency key, so after any doubt the order itself
is read: it is definitive, and a second charge on it is refused.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from time import monotonic

from portal.payments.conekta import answers, charges, payloads, webhooks
from portal.payments.conekta.client import ApiResponse, Call, ConektaClient, Lost
from portal.payments.conekta.meanings import Meaning
from portal.payments.conekta.orders import Account, path
from portal.payments.evaluation import evaluate, mismatch
from portal.payments.gateway import (
    Canceled,
    Credentials,
    Fault,
    Gateway,
    Opened,
    Order,
    OrderStatus,
    Outcome,
    Paid,
    Purchase,
    Refunded,
    Refused,
    SigningKey,
    Subscribed,
    Unknown,
)
from portal.payments.plain_spelling import plainer

# Our clock and the gateway's may differ; a wider search costs little, a missed order a charge.
CLOCK_SKEW = timedelta(minutes=15)


class Conekta(Gateway):
    """One company's account at Conekta, over the line that all companies share.

    Cheap to make, and safe to use from any thread. `Refused` is only ever said of what was to
    be opened, charged or refunded: that an order cannot be looked at is `Unknown`, whatever
    the reason. A charge goes along with its order where it is given no `order_id`, whatever
    the setting, so a sale begun before the setting changed is finished as it began.
    """

    def __init__(self, credentials: Credentials, client: ConektaClient) -> None:
        self._account = Account(credentials, client)

    def open_order(self, purchase: Purchase, timeout: float) -> Opened | Refused | Unknown:
        """See the port. A key that acts in the other mode is found out here, before a charge."""
        if self._account.settings.charge_form == "in_order":
            return Opened(None)
        answer = self._open(purchase, monotonic() + timeout)
        order = answers.order_in(answer)
        found = evaluate(order, purchase, self._account.live) if order else None
        if order is None or not isinstance(found, Opened):
            return _not_opened(answer)
        problem = mismatch(order, purchase, self._account.live)
        if problem is None:
            return found
        return Refused(problem, Fault.OPERATOR if problem == "mode_mismatch" else Fault.US)

    def _open(self, purchase: Purchase, deadline: float) -> ApiResponse | Lost:
        """Ask for an order; once more in plainer letters where the buyer's are not taken.

        That costs nothing, since no charge is in it.
        """
        call = Call("open_order", "POST", "/orders", payloads.order(purchase), repeatable=True)
        answer = self._account.ask(call, deadline)
        error = answers.error_in(answer, 402, 422)
        if error is None or error.meaning is not Meaning.BUYER:
            return answer
        plain = plainer(purchase.customer, error.field)
        if plain == purchase.customer:
            return answer
        body = payloads.order(replace(purchase, customer=plain))
        return self._account.ask(replace(call, body=body), deadline)

    def charge(
        self, purchase: Purchase, order_id: str | None, card_token: str, timeout: float
    ) -> Outcome:
        """See the port."""
        deadline = monotonic() + timeout
        if order_id is None:
            return charges.in_order(self._account, purchase, card_token, deadline)
        return charges.on_order(self._account, purchase, order_id, card_token, deadline)

    def look_up(
        self, purchase: Purchase, order_id: str, timeout: float
    ) -> Outcome | Opened | Canceled:
        """See the port."""
        order = self._account.read(order_id, monotonic() + timeout)
        if isinstance(order, Unknown):
            return order
        return evaluate(order, purchase, self._account.live)

    def find(self, reference: str, since: datetime, timeout: float) -> tuple[Order, ...] | Unknown:
        """See the port. Conekta has no filter for metadata: all orders since then are read."""
        deadline = monotonic() + timeout
        found = []
        for order in self._account.orders(since - CLOCK_SKEW, lambda: deadline):
            if isinstance(order, Unknown):
                return order
            if order.reference == reference:
                found.append(order)
        return tuple(found)

    def orders(self, since: datetime, timeout: float) -> Iterator[Order | Unknown]:
        """See the port."""
        return self._account.orders(since, lambda: monotonic() + timeout)

    def cancel(self, order_id: str, timeout: float) -> Canceled | Paid | Unknown:
        """See the port. A declined order that Conekta will not cancel counts as canceled.

        Of a paid one the mode alone is checked, since the purchase is not at hand: look it up.
        """
        deadline = monotonic() + timeout
        answer = self._account.ask(Call("cancel", "POST", path(order_id, "/cancel")), deadline)
        order = self._account.read_unless(_is_canceled, answer, order_id, deadline)
        if isinstance(order, Unknown):
            return order
        if _is_canceled(order) or order.status is OrderStatus.DECLINED:
            return Canceled(order)
        if order.status is OrderStatus.PAID and order.live is self._account.live:
            return Paid(order)
        return Unknown(f"not_canceled_{order.status.value}", order=order)

    def refund(self, order_id: str, amount: int, timeout: float) -> Refunded | Refused | Unknown:
        """See the port. Counts once the order itself says that so much went back."""
        deadline = monotonic() + timeout
        call = Call("refund", "POST", path(order_id, "/refunds"), payloads.refund(amount))
        answer = self._account.ask(call, deadline)
        order = self._account.read_unless(
            lambda order: order.amount_refunded >= amount, answer, order_id, deadline
        )
        if isinstance(order, Unknown):
            return order
        if order.amount_refunded >= amount:
            return Refunded(order.amount_refunded, order)
        error = answers.error_in(answer, 402, 422, 428)
        if error is not None:
            return Refused(error.code, Fault.OPERATOR, error.message)
        return answers.unknown(answer, order)

    def check(self, timeout: float) -> bool | Refused | Unknown:
        """See the port. That the order stays open where canceling it fails costs nothing."""
        deadline = monotonic() + timeout
        call = Call("check", "POST", "/orders", payloads.order(payloads.probe()), repeatable=True)
        answer = self._account.ask(call, deadline)
        order = answers.order_in(answer)
        if order is None or order.status is not OrderStatus.OPEN:
            return _not_opened(answer)
        self._account.ask(Call("cancel", "POST", path(order.id, "/cancel")), deadline)
        return order.live

    def subscribe(self, url: str, timeout: float) -> Subscribed | Refused | Unknown:
        """See the port."""
        return webhooks.subscribe(self._account, url, monotonic() + timeout)

    def new_signing_key(self, timeout: float) -> SigningKey | Refused | Unknown:
        """See the port."""
        return webhooks.new_signing_key(self._account, monotonic() + timeout)


def _is_canceled(order: Order) -> bool:
    return order.status is OrderStatus.CANCELED


def _not_opened(answer: ApiResponse | Lost) -> Refused | Unknown:
    return (
        answers.not_sent(answer)
        or answers.refused_opening(answer)
        or answers.unknown(answer, answers.order_in(answer))
    )
