"""A payment provider made up for tests: all that a second one has to bring along."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from portal.payments.answers import evaluate
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
    WebhookMessage,
    Webhooks,
)
from portal.payments.methods import (
    CashInstructions,
    CashReference,
    Deferred,
    Means,
    Method,
    MethodTerms,
    TransferInstructions,
)
from portal.payments.provider import ANY_CARD, Checkout, Provider

TOY = "toy"
LABEL = "Pagos Juguete"
HOST = "pay.toy.example"
# What a real one has as a file in `templates/pages/components`.
COMPONENT = {
    "pages/components/toy.js": """
  function show() {
    ready(function () { paidWith({ id: window.Toy.token() }); });
  }
"""
}


LATER = MethodTerms(0, 100, 1_000_000, timedelta(days=3), refundable=False)
TERMS = {Method.CARD: ANY_CARD, Method.TRANSFER: LATER, Method.CASH: replace(LATER, fee=500)}


def instructions(means: Deferred) -> TransferInstructions | CashInstructions:
    """Where the toys' bank takes transfers, and the one shop that takes cash."""
    if means.method is Method.TRANSFER:
        return TransferInstructions("646180111805035472", "Banco Juguete", means.expires_at)
    reference = CashReference("Juguetería", "93000262280900", 500, None, ("Juguetería",))
    return CashInstructions((reference,), means.expires_at)


class ToyBank:
    """What stands at the provider: orders by id, under the key that opened them."""

    def __init__(self) -> None:
        self.orders: dict[str, Order] = {}
        self.keys: set[str] = set()
        self.webhooks: set[str] = set()

    def pay(self, order_id: str, amount: int | None = None) -> None:
        """Money arrives from outside: `amount` centavos, the order's where none is said."""
        order = self.orders[order_id]
        came = (order.amount_paid or 0) + (order.amount if amount is None else amount)
        self.orders[order_id] = replace(order, status=OrderStatus.PAID, amount_paid=came)

    def expire(self, order_id: str) -> None:
        """The time to pay runs out."""
        self.orders[order_id] = replace(self.orders[order_id], status=OrderStatus.CANCELED)


class ToyGateway(Gateway):
    """One company's account at the bank; a token that begins with `bad` is declined."""

    def __init__(self, credentials: Credentials, bank: ToyBank) -> None:
        self._live, self._bank = credentials.live, bank
        bank.keys.add(credentials.private_key)

    def open_order(
        self, purchase: Purchase, timeout: float, meanwhile: Meanwhile | None = None
    ) -> Opened | Refused | Unknown:
        order = Order(
            id=f"toy_{len(self._bank.orders) + 1}",
            status=OrderStatus.OPEN,
            amount=purchase.amount,
            currency=purchase.currency,
            live=self._live,
            reference=purchase.reference,
            owner=purchase.owner,
        )
        self._bank.orders[order.id] = order
        return Opened(order.id)

    def charge(
        self, purchase: Purchase, order_id: str | None, means: Means, timeout: float
    ) -> Outcome:
        assert order_id is not None
        if isinstance(means, Deferred):
            return self._wait(purchase, order_id, means)
        if means.token.startswith("bad"):
            order = self._now(order_id, status=OrderStatus.DECLINED)
            return Declined("El juguete no pasó.", order)
        return Paid(
            self._now(order_id, status=OrderStatus.PAID, method=Method.CARD, card_last4="1111")
        )

    def _wait(self, purchase: Purchase, order_id: str, means: Deferred) -> Outcome:
        if self._bank.orders[order_id].status is OrderStatus.OPEN:
            how = instructions(means)
            self._now(order_id, status=OrderStatus.PENDING, method=means.method, instructions=how)
        found = self.look_up(purchase, order_id, 5)
        return Unknown("over") if isinstance(found, Opened | Canceled) else found

    def look_up(
        self, purchase: Purchase, order_id: str, timeout: float
    ) -> Outcome | Opened | Canceled:
        return evaluate(self._bank.orders[order_id], purchase, self._live)

    def find(
        self, reference: str, since: datetime, timeout: float
    ) -> tuple[Order, ...] | Refused | Unknown:
        return tuple(o for o in self._bank.orders.values() if o.reference == reference)

    def orders(self, since: datetime, timeout: float) -> Iterator[Order | Refused | Unknown]:
        return iter(self._bank.orders.values())

    def cancel(self, order_id: str, timeout: float) -> Canceled | Paid | Refused | Unknown:
        if self._bank.orders[order_id].status is OrderStatus.PAID:
            return Paid(self._bank.orders[order_id])
        return Canceled(self._now(order_id, status=OrderStatus.CANCELED))

    def refund(self, order_id: str, amount: int, timeout: float) -> Refunded | Refused | Unknown:
        if self._bank.orders[order_id].method is not Method.CARD:
            return Refused("not_refundable", Fault.OPERATOR)
        order = self._now(order_id, status=OrderStatus.REFUNDED, amount_refunded=amount)
        return Refunded(amount, order)

    def check(self, timeout: float) -> bool | Refused | Unknown:
        return self._live

    def subscribe(self, url: str, timeout: float) -> Subscribed | Refused | Unknown:
        self._bank.webhooks.add(url)
        return Subscribed()

    def new_signing_key(self, timeout: float) -> SigningKey | Refused | Unknown:
        return SigningKey("toy signature")

    def _now(self, order_id: str, **changes: object) -> Order:
        order = replace(self._bank.orders[order_id], **changes)  # type: ignore[arg-type]
        self._bank.orders[order_id] = order
        return order


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
