"""A payment provider made up for tests: all that a second one has to bring along."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from portal.payments.answers import evaluate, partly_refunded
from portal.payments.declines import DeclineReason
from portal.payments.gateway import (
    Canceled,
    Credentials,
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
    WebhookMessage,
    Webhooks,
)
from portal.payments.methods import Deferred, Means, Method, MethodTerms
from portal.payments.provider import ANY_CARD, Checkout, Provider
from tests.payments.toy_bank import HOST as HOST
from tests.payments.toy_bank import ToyBank as ToyBank
from tests.payments.toy_bank import instructions

TOY = "toy"
LABEL = "Pagos Juguete"
# What a real one has as a file in `templates/pages/components`.
COMPONENT = {
    "pages/components/toy.js": """
  function show() {
    ready(function () { paidWith({ id: window.Toy.token() }); });
  }
"""
}


DEFERRED = MethodTerms(0, 100, 1_000_000, timedelta(days=3), refundable=False)
TERMS = {Method.CARD: ANY_CARD, Method.TRANSFER: DEFERRED, Method.CASH: replace(DEFERRED, fee=500)}
BAD_TOKEN = Refused("token", Fault.CUSTOMER, decline_reason=DeclineReason.FORM_EXPIRED)


class ToyGateway(Gateway):
    """One company's account at the bank."""

    def __init__(self, credentials: Credentials, bank: ToyBank) -> None:
        self._live, self._key, self._bank = credentials.live, credentials.private_key, bank
        bank.keys.add(self._key)

    def open_order(
        self, purchase: Purchase, timeout: float, meanwhile: Meanwhile | None = None
    ) -> Opened | Refused | Unknown:
        return Opened(self._bank.open(purchase, self._key, self._live).id)

    def charge(
        self, purchase: Purchase, order_id: str | None, means: Means, timeout: float
    ) -> Outcome:
        assert order_id is not None
        if self._bank.orders[order_id].status is OrderStatus.OPEN:
            if isinstance(means, Deferred):
                told = {"method": means.method, "instructions": instructions(means)}
                self._bank.now(order_id, status=OrderStatus.PENDING, **told)
            elif not self._bank.charge(order_id, means.token):
                return BAD_TOKEN
        found = self.look_up(purchase, order_id, timeout)
        return Unknown("over") if isinstance(found, Opened | Canceled) else found

    def look_up(
        self, purchase: Purchase, order_id: str, timeout: float
    ) -> Outcome | Opened | Canceled:
        return evaluate(self._bank.orders[order_id], purchase, self._live)

    def find(
        self, reference: str, since: datetime, timeout: float
    ) -> tuple[Order, ...] | Refused | Unknown:
        return tuple(order for order in self._own() if order.reference == reference)

    def orders(self, since: datetime, timeout: float) -> Iterator[Order | Refused | Unknown]:
        return iter(self._own())

    def cancel(self, order_id: str, timeout: float) -> Canceled | Paid | Refused | Unknown:
        order = self._bank.orders[order_id]
        if order.status is OrderStatus.PAID:
            return Paid(order)
        return Canceled(self._bank.now(order_id, status=OrderStatus.CANCELED))

    def refund(self, order_id: str, amount: int, timeout: float) -> Refunded | Refused | Unknown:
        order = self._bank.orders[order_id]
        if order.amount_refunded >= amount:
            return Refunded(order.amount_refunded, order)
        if order.status is OrderStatus.CHARGED_BACK:
            return Unknown("charged_back", park=True, order=order)
        part = partly_refunded(order, amount)
        if part is not None:
            return part
        if order.method is not Method.CARD or order.status is not OrderStatus.PAID:
            return Refused("not_refundable", Fault.OPERATOR)
        return Refunded(amount, self._bank.give_back(order_id, amount))

    def check(self, timeout: float) -> bool | Refused | Unknown:
        return self._live

    def subscribe(self, url: str, timeout: float) -> Subscribed | Refused | Unknown:
        self._bank.webhooks.add(url)
        return Subscribed()

    def new_signing_key(self, timeout: float) -> SigningKey | Refused | Unknown:
        return SigningKey("toy signature")

    def _own(self) -> list[Order]:
        owners = self._bank.owners
        return [each for each in self._bank.orders.values() if owners[each.id] == self._key]


class ToyWebhooks(Webhooks):
    """Notices that carry their key as it is."""

    def is_signed(
        self, raw: bytes, header: Callable[[str], str | None], keys: Iterable[str]
    ) -> bool:
        return header("X-Toy") in set(keys)

    def read(self, raw: bytes) -> WebhookMessage | None:
        told = json.loads(raw)
        return WebhookMessage(told["event"], "toy.changed", told["order"], None)


def toy_provider(bank: ToyBank) -> Provider:
    """The provider, as a line of `providers.PROVIDERS` makes it."""
    return Provider(
        label=LABEL,
        open=lambda credentials: ToyGateway(credentials, bank),
        webhooks=ToyWebhooks(),
        address=f"https://{HOST}",
        checkout=Checkout("toy", f"https://{HOST}/card.js", hosts=(HOST,)),
        close=lambda: None,
        methods=TERMS,
    )
