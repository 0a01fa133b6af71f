"""Serve the gateway port at Mercado Pago, after its OpenAPI 1.0.0 of the Orders API.

The money's road is order first: an order in manual mode is opened, its id stored, and only that
order is processed. Every write carries a key made of what it is, so asking again does it once.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from time import monotonic

from portal.payments import answers
from portal.payments.answers import evaluate, mismatch
from portal.payments.currencies import small_amount
from portal.payments.gateway import (
    Canceled,
    Credentials,
    Customer,
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
from portal.payments.mercadopago import amounts, charging, documents, reversal
from portal.payments.mercadopago.client import HttpAnswer, LostAnswer, MercadoPagoClient
from portal.payments.mercadopago.orders import SellerAccount, unknown
from portal.payments.mercadopago.refusals import Objection, complaint_in, key_refused, not_sent
from portal.payments.methods import Means
from portal.payments.plain_spelling import plainer
from portal.payments.session import beside

BY_HAND = Refused("by_hand", Fault.OPERATOR)
TEST_TOKEN = "TEST-"  # noqa: S105 - how the tokens of its older test mode begin
TEST_SELLER = "test_user"


class MercadoPago(Gateway):
    """Serve one company's account at Mercado Pago, over the line that all companies share.

    Cheap to make, and safe to use from any thread. `Refused` is only ever said of what was to be
    opened, charged or refunded: that an order cannot be looked at is `Unknown`. An order tells no
    mode, so the account's own word for it counts; `check` finds out whose word that is.
    """

    def __init__(self, credentials: Credentials, client: MercadoPagoClient) -> None:
        self._account = SellerAccount(credentials, client)
        self._is_test_token = credentials.private_key.startswith(TEST_TOKEN)

    def open_order(
        self, purchase: Purchase, timeout: float, meanwhile: Meanwhile | None = None
    ) -> Opened | Refused | Unknown:
        """See the port. A currency that the account does not sell in is found out here."""
        body = documents.order_body(purchase, self._account.security)
        if body is None:
            return Refused("amount_mismatch", Fault.OPERATOR)
        with beside(meanwhile):
            answer = self._open(purchase, body, monotonic() + timeout)
        order = self._account.order_in(answer)
        found = evaluate(order, purchase, self._account.live) if order else None
        if order is None or not isinstance(found, Opened):
            return _not_opened(answer, order)
        problem = mismatch(order, purchase, self._account.live)
        return Refused(problem, Fault.OPERATOR) if problem else found

    def _open(
        self, purchase: Purchase, body: documents.Json, deadline: float
    ) -> HttpAnswer | LostAnswer:
        """Ask for an order; once more in plainer letters where the buyer's are not taken."""
        answer = self._written(purchase.reference, body, deadline)
        complaint = _about_buyer(answer)
        if complaint is None:
            return answer
        plain = replace(purchase, customer=plainer(purchase.customer, complaint.about))
        again = documents.order_body(plain, self._account.security)
        if again is None or again == body:
            return answer
        return self._written(purchase.reference, again, deadline)

    def _written(
        self, reference: str, body: documents.Json, deadline: float
    ) -> HttpAnswer | LostAnswer:
        # The same key with another body is refused: an order spelt otherwise is another one.
        spelt = hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()
        return self._account.write("open_order", "/v1/orders", (reference, spelt), body, deadline)

    def charge(
        self, purchase: Purchase, order_id: str | None, means: Means, timeout: float
    ) -> Outcome:
        """See the port. A card's token has its brand's name after a dot."""
        if order_id is None:
            return Refused("no_order", Fault.US)
        deadline = monotonic() + timeout
        return charging.charge(self._account, purchase, order_id, means, deadline)

    def look_up(
        self, purchase: Purchase, order_id: str, timeout: float
    ) -> Outcome | Opened | Canceled:
        """See the port."""
        order = self._account.read(order_id, monotonic() + timeout)
        if isinstance(order, Unknown):
            return order
        return evaluate(order, purchase, self._account.live)

    def find(self, reference: str, since: datetime, timeout: float) -> tuple[Order, ...] | Unknown:
        """See the port. That the search leaves others out is not taken for granted."""
        deadline = monotonic() + timeout
        found = []
        for order in self._account.orders(since, lambda: deadline, reference):
            if isinstance(order, Unknown):
                return order
            if order.reference == reference:
                found.append(order)
        return tuple(found)

    def orders(self, since: datetime, timeout: float) -> Iterator[Order | Unknown]:
        """See the port."""
        return self._account.orders(since, lambda: monotonic() + timeout)

    def cancel(self, order_id: str, timeout: float) -> Canceled | Paid | Refused | Unknown:
        """See the port."""
        return reversal.cancel(self._account, order_id, monotonic() + timeout)

    def refund(self, order_id: str, amount: int, timeout: float) -> Refunded | Refused | Unknown:
        """See the port."""
        return reversal.refund(self._account, order_id, amount, monotonic() + timeout)

    def check(self, timeout: float) -> bool | Refused | Unknown:
        """See the port. That the order stays open where canceling it fails costs nothing.

        Test and live tokens look alike: it is the seller who is a test user, or is not. Where that
        is not told, the operator's word for it stands.
        """
        deadline = monotonic() + timeout
        seller = self._account.ask("account", "/users/me", deadline)
        refusal = not_sent(seller) or key_refused(seller)
        if refusal is not None:
            return refusal
        probe = _probe(_currency_of(seller))
        body = documents.order_body(probe, "never") or {}
        answer = self._written(probe.reference, body, deadline)
        order = self._account.order_in(answer)
        if order is None or order.status is not OrderStatus.OPEN:
            return _not_opened(answer, order)
        reversal.cancel(self._account, order.id, deadline)
        return self._mode(seller)

    def _mode(self, seller: HttpAnswer | LostAnswer) -> bool:
        if self._is_test_token:
            return False
        tags = answers.mapping(_body(seller)).get("tags")
        return TEST_SELLER not in tags if isinstance(tags, list) else self._account.live

    def subscribe(self, url: str, timeout: float) -> Subscribed | Refused | Unknown:
        """See the port. Addresses are entered in the seller's own panel, and nowhere else."""
        return BY_HAND

    def new_signing_key(self, timeout: float) -> SigningKey | Refused | Unknown:
        """See the port. The panel shows the secret where the address is entered."""
        return BY_HAND


def _not_opened(answer: HttpAnswer | LostAnswer, order: Order | None) -> Refused | Unknown:
    refusal = not_sent(answer) or key_refused(answer)
    if refusal is not None:
        return refusal
    complaint = complaint_in(answer, 400, 402, 422)
    return complaint.refused() if complaint else unknown(answer, order)


def _about_buyer(answer: HttpAnswer | LostAnswer) -> Objection | None:
    complaint = complaint_in(answer, 400, 422)
    return complaint if complaint and complaint.about in ("email", "name") else None


def _body(answer: HttpAnswer | LostAnswer) -> object:
    return answer.body if isinstance(answer, HttpAnswer) and answer.status == 200 else None


def _currency_of(seller: HttpAnswer | LostAnswer) -> str:
    site = answers.mapping(_body(seller)).get("site_id")
    return amounts.CURRENCIES.get(str(site), "MXN")


def _probe(currency: str) -> Purchase:
    """Give a small order that its country takes, one of its own each time."""
    customer = Customer("Prueba de llave", "prueba@example.com")
    reference = f"portal-check-{uuid.uuid4().hex}"
    small = small_amount(currency)
    return Purchase(reference, "portal-check", "Prueba de llave", small, currency, customer)
