"""Serve the gateway port at Conekta, after Conekta's OpenAPI 2.3.0.

The money's road is order first: an order without a charge is opened, its id stored, and only
that order is charged. Conekta knows no idempotency key, so after any doubt the order itself
is read: it is definitive, and a second charge on it is refused.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from time import monotonic

from portal.payments.answers import evaluate, expected_order, mapping, mismatch
from portal.payments.conekta import (
    bodies,
    deferred_charge,
    documents,
    frame,
    orders,
    reversal,
    webhooks,
)
from portal.payments.conekta.client import ApiRequest, ApiResponse, ConektaClient, NoAnswer
from portal.payments.conekta.errors import ApiError
from portal.payments.conekta.meanings import Meaning
from portal.payments.conekta.orders import Account, path
from portal.payments.gateway import (
    Canceled,
    Credentials,
    Declined,
    Fault,
    Gateway,
    Meanwhile,
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
from portal.payments.methods import Card, Deferred, Means
from portal.payments.plain_spelling import plainer

# Our clock and the gateway's may differ; a wider search costs little, a missed order a charge.
CLOCK_SKEW = timedelta(minutes=15)


class Conekta(Gateway):
    """Serve one company's account at Conekta, over the line that all companies share.

    Cheap to make, and safe to use from any thread. `Refused` is only ever said of what was to
    be opened, charged or refunded: that an order cannot be looked at is `Unknown`, whatever
    the reason. A charge goes along with its order where it is given no `order_id`, whatever
    the setting, so a sale begun before the setting changed is finished as it began.
    """

    def __init__(self, credentials: Credentials, client: ConektaClient) -> None:
        self._account = Account(credentials, client)

    def open_order(
        self, purchase: Purchase, timeout: float, meanwhile: Meanwhile | None = None
    ) -> Opened | Refused | Unknown:
        """See the port. A key that acts in the other mode is found out here, before a charge."""
        if self._account.settings.charge_form == "in_order":
            return Opened(None)
        answer = self._open(purchase, monotonic() + timeout, meanwhile)
        order = orders.order_in(answer)
        found = evaluate(order, purchase, self._account.live) if order else None
        if order is None or not isinstance(found, Opened):
            return _not_opened(answer)
        problem = mismatch(order, purchase, self._account.live)
        if problem is None:
            return found if purchase.frame_until is None else frame.opened(order.id, answer)
        return Refused(problem, Fault.OPERATOR if problem == "mode_mismatch" else Fault.US)

    def _open(
        self, purchase: Purchase, deadline: float, meanwhile: Meanwhile | None
    ) -> ApiResponse | NoAnswer:
        """Ask for an order; once more in plainer letters where the buyer's are not taken.

        That costs nothing, since no charge is in it. The same where its frame may show no wallets.
        """
        call = ApiRequest(
            "open_order",
            "POST",
            "/orders",
            _order_body(purchase),
            repeatable=True,
            meanwhile=meanwhile,
        )
        answer = self._account.ask(call, deadline)
        error = orders.error_in(answer, 402, 422)
        if error is not None and purchase.frame_until and frame.refuses_wallets(error):
            call = replace(call, body=frame.order_body(purchase, frame.CARD_ALONE))
            answer = self._account.ask(call, deadline)
            error = orders.error_in(answer, 402, 422)
        if error is None or error.meaning is not Meaning.BUYER:
            return answer
        plain = plainer(purchase.customer, error.field)
        if plain == purchase.customer:
            return answer
        body = {**mapping(call.body), **bodies.buyer(plain)}
        return self._account.ask(replace(call, body=body), deadline)

    def charge(
        self, purchase: Purchase, order_id: str | None, means: Means, timeout: float
    ) -> Outcome:
        """See the port."""
        deadline = monotonic() + timeout
        account = self._account
        if isinstance(means, Deferred):
            if order_id is None:
                return deferred_charge.charge_in_order(account, purchase, means, deadline)
            return deferred_charge.charge_on_order(account, purchase, order_id, means, deadline)
        if order_id is None:
            return _charge_in_order(account, purchase, means, deadline)
        return _charge_on_order(account, purchase, order_id, means, deadline)

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
        """See the port."""
        return reversal.cancel(self._account, order_id, monotonic() + timeout)

    def refund(self, order_id: str, amount: int, timeout: float) -> Refunded | Refused | Unknown:
        """See the port."""
        return reversal.refund(self._account, order_id, amount, monotonic() + timeout)

    def check(self, timeout: float) -> bool | Refused | Unknown:
        """See the port. That the order stays open where canceling it fails costs nothing."""
        deadline = monotonic() + timeout
        call = ApiRequest(
            "check", "POST", "/orders", bodies.order_body(bodies.probe()), repeatable=True
        )
        answer = self._account.ask(call, deadline)
        order = orders.order_in(answer)
        if order is None or order.status is not OrderStatus.OPEN:
            return _not_opened(answer)
        self._account.ask(ApiRequest("cancel", "POST", path(order.id, "/cancel")), deadline)
        return order.live

    def subscribe(self, url: str, timeout: float) -> Subscribed | Refused | Unknown:
        """See the port."""
        return webhooks.subscribe(self._account, url, monotonic() + timeout)

    def new_signing_key(self, timeout: float) -> SigningKey | Refused | Unknown:
        """See the port."""
        return webhooks.new_signing_key(self._account, monotonic() + timeout)


def _order_body(purchase: Purchase) -> bodies.Json:
    framed = purchase.frame_until is not None
    return frame.order_body(purchase) if framed else bodies.order_body(purchase)


def _not_opened(answer: ApiResponse | NoAnswer) -> Refused | Unknown:
    return (
        orders.not_sent(answer)
        or orders.refused_opening(answer)
        or orders.unknown(answer, orders.order_in(answer))
    )


def _charge_on_order(
    account: Account, purchase: Purchase, order_id: str, card: Card, deadline: float
) -> Outcome:
    """Charge an order that stands open; on any doubt the order is read."""
    body = bodies.charge_body(purchase, card)
    answer = account.ask(ApiRequest("charge", "POST", path(order_id, "/charges"), body), deadline)
    return (
        _paid_at_once(account, purchase, order_id, answer)
        or orders.not_sent(answer)
        or orders.refused_token(answer)
        or orders.declined(answer, purchase, order_id)
        or _decide(account, purchase, order_id, answer, deadline)
    )


def _charge_in_order(account: Account, purchase: Purchase, card: Card, deadline: float) -> Outcome:
    """Open an order with its charge inside. After a lost answer only the list can find it."""
    body = bodies.order_with_charge_body(purchase, card)
    answer = account.ask(ApiRequest("charge", "POST", "/orders", body), deadline)
    order = orders.order_in(answer)
    if order is not None:
        return _after_charge(evaluate(order, purchase, account.live), answer, order)
    return (
        orders.not_sent(answer)
        or orders.refused_token(answer)
        or orders.declined(answer, purchase)
        or orders.refused_card(answer)
        or orders.refused_opening(answer)
        or orders.unknown(answer)
    )


def _paid_at_once(
    account: Account, purchase: Purchase, order_id: str, answer: ApiResponse | NoAnswer
) -> Paid | None:
    """Take a charge that says it is paid, in full and for this order, without a second question."""
    if isinstance(answer, NoAnswer) or answer.status != 200:
        return None
    order = replace(
        expected_order(purchase, order_id, OrderStatus.PAID, live=account.live),
        fee=documents.fee(answer.body),
        card_last4=documents.card_last4(answer.body),
        card_name=documents.card_name(answer.body),
    )
    return Paid(order) if documents.paid_charge(answer.body, order) else None


def _decide(
    account: Account,
    purchase: Purchase,
    order_id: str,
    answer: ApiResponse | NoAnswer,
    deadline: float,
) -> Outcome:
    """Give what the order says after a charge that did not say `paid`."""
    order = account.read(order_id, deadline)
    if isinstance(order, Unknown):
        return orders.unknown(answer)
    return _after_charge(evaluate(order, purchase, account.live), answer, order)


def _after_charge(
    found: Outcome | Opened | Canceled, answer: ApiResponse | NoAnswer, order: Order
) -> Outcome:
    """Read an order after its charge; one still open proves nothing, as ours may be under way.

    Together with Conekta's word that card or request was refused, it does; not with a complaint
    that nobody knows, since it may be that a charge is there already.
    """
    error = orders.error_in(answer, 402, 422)
    if isinstance(found, Declined) and error is not None:
        return replace(
            found,
            message=error.message or found.message,
            reason=error.decline_reason or found.reason,
        )
    if isinstance(found, Opened) and error is not None:
        if _is_about_card(error):
            return Declined(error.message, order, error.decline_reason)
        if error.meaning in orders.CERTAIN:
            return orders.refused(error)
    if isinstance(found, (Opened, Canceled)):
        return orders.unknown(answer, order)
    return found


def _is_about_card(error: ApiError) -> bool:
    """Tell whether the card was refused, for whatever it has.

    All but the card was taken when the order was opened: what is said to the buyer of no
    parameter in particular, when the card is added, is said of the card.
    """
    is_left = error.meaning is Meaning.REQUEST and error.message and not error.param
    return error.meaning is Meaning.CARD or bool(is_left)
