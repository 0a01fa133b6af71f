"""What stands behind the made-up payment provider: orders, card tokens and money."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from portal.payments.declines import DeclineReason
from portal.payments.gateway import Order, OrderStatus, Purchase
from portal.payments.methods import (
    CashInstructions,
    CashReference,
    Deferred,
    Method,
    TransferInstructions,
)

HOST = "pay.toy.example"
REFUSED = "El juguete no pasó."
# What becomes of an order by its card: a token that nobody minted is good if it begins with `tok`
# and is declined, for no reason that anybody knows, if it begins with `bad`.
OUTCOMES: dict[str, dict[str, object]] = {
    "good": {"status": OrderStatus.PAID, "card_last4": "1111"},
    "declined": {
        "status": OrderStatus.DECLINED,
        "message": REFUSED,
        "decline_reason": DeclineReason.NO_REASON,
    },
    "no_funds": {
        "status": OrderStatus.DECLINED,
        "message": REFUSED,
        "decline_reason": DeclineReason.INSUFFICIENT_FUNDS,
    },
    "challenge": {"status": OrderStatus.PENDING, "action_url": f"https://{HOST}/3ds"},
    "bad": {"status": OrderStatus.DECLINED, "message": REFUSED},
}


def instructions(means: Deferred) -> TransferInstructions | CashInstructions:
    """Where the toys' bank takes transfers, and the one shop that takes cash."""
    if means.method is Method.TRANSFER:
        return TransferInstructions("646180111805035472", "Banco Juguete", means.expires_at)
    reference = CashReference("Juguetería", "93000262280900", 500, None, ("Juguetería",))
    return CashInstructions((reference,), means.expires_at)


class ToyBank:
    """Orders by id, whose key opened them, and the tokens that are good once."""

    def __init__(self) -> None:
        self.orders: dict[str, Order] = {}
        self.owners: dict[str, str] = {}
        self.tokens: dict[str, str] = {}
        self.money: dict[str, int] = {}
        self.keys: set[str] = set()
        self.webhooks: set[str] = set()

    def open(self, purchase: Purchase, key: str, live: bool) -> Order:
        """An order without a charge."""
        order = Order(
            id=f"toy_{len(self.orders) + 1}",
            status=OrderStatus.OPEN,
            amount=purchase.amount,
            currency=purchase.currency,
            live=live,
            reference=purchase.reference,
            owner=purchase.owner,
            created_at=datetime.now(UTC),
        )
        self.orders[order.id], self.owners[order.id] = order, key
        return order

    def mint(self, kind: str = "good") -> str:
        """A token that is good once."""
        token = f"toy_token_{len(self.tokens)}"
        self.tokens[token] = kind
        return token

    def charge(self, order_id: str, token: str) -> bool:
        """Ask a card's bank, once; whether the token was any."""
        beginning = {"tok": "good", "bad": "bad"}.get(token[:3])
        kind = self.tokens.get(token, beginning)
        if kind is None or kind == "spent":
            return False
        if token in self.tokens:
            self.tokens[token] = "spent"
        order = self.now(order_id, method=Method.CARD, **OUTCOMES[kind])
        if order.status is OrderStatus.PAID:
            self.money[order_id] = order.amount
        return True

    def pay(self, order_id: str, amount: int | None = None) -> None:
        """Money arrives from outside: `amount` centavos, the order's where none is said."""
        order = self.orders[order_id]
        came = (order.amount_paid or 0) + (order.amount if amount is None else amount)
        self.money[order_id] = came
        self.now(order_id, status=OrderStatus.PAID, amount_paid=came, action_url=None)

    def expire(self, order_id: str) -> None:
        """The time to pay runs out."""
        self.now(order_id, status=OrderStatus.CANCELED, instructions=None)

    def challenge(self, order_id: str, passed: bool) -> None:
        """The buyer passes 3DS, or fails it."""
        self.now(order_id, action_url=None, **OUTCOMES["good" if passed else "declined"])
        self.money[order_id] = self.orders[order_id].amount if passed else 0

    def give_back(self, order_id: str, amount: int) -> Order:
        """Money goes back, all of it or a part."""
        order = self.orders[order_id]
        back = order.amount_refunded + amount
        whole = OrderStatus.REFUNDED if back == order.amount else OrderStatus.PARTIALLY_REFUNDED
        return self.now(order_id, status=whole, amount_refunded=back)

    def charge_back(self, order_id: str) -> None:
        """The buyer's bank takes the money back."""
        self.now(order_id, status=OrderStatus.CHARGED_BACK)

    def now(self, order_id: str, **changes: object) -> Order:
        """The order as it is from now on."""
        order = replace(self.orders[order_id], **changes)  # type: ignore[arg-type]
        self.orders[order_id] = order
        return order
