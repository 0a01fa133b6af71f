"""Put both gateways' sandboxes into the same words: a till takes a company's money at one of them.

Its orders are told as Conekta tells them, so that one comparison of the ledgers serves all.
"""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from typing import Any

from portal.sandbox.conekta import ConektaSandbox
from portal.sandbox.mercadopago import MercadoPagoSandbox, Outcome
from portal.sandbox.mercadopago.world import account_of

Json = dict[str, Any]

# What a card is called in scenarios: at Conekta these are tokens that it publishes.
VISA = "tok_test_visa_4242"
DECLINED = "tok_test_card_declined"
UNKNOWN_TOKEN = "tok_nobody_knows"
GATEWAYS = CONEKTA, MERCADO_PAGO = "conekta", "mercadopago"
WAITING = "pending_payment"


class Till(ABC):
    """One gateway's sandbox, and the company's key there."""

    provider: str
    sandbox: Any
    private_key: str
    # How often a charge is asked for by itself, under the same key, whose answers are lost.
    tries = 1

    def __init__(self, sandbox: Any) -> None:
        self.sandbox = sandbox

    @abstractmethod
    def open_account(self, number: int) -> str:
        """Another account, without orders; its key is this company's from now on."""

    @abstractmethod
    def token(self, card: str, purchase: str) -> str:
        """What the card's form gives for a card; for the same purchase it is the same."""

    @abstractmethod
    def order(self, order_id: str) -> Json:
        """An order, as Conekta would tell it."""

    @abstractmethod
    def orders(self) -> list[Json]:
        """All orders, as Conekta would tell them, oldest first."""

    def orders_seen(self) -> list[Json]:
        """Those that the company's key can see."""
        return list(map(self._told, self.sandbox.orders(self.private_key)))

    def _told(self, order: Json) -> Json:
        """An order of the sandbox's, as Conekta would tell it."""
        return order

    @abstractmethod
    def notice(self, order_id: str, kind: str, number: int = 1) -> str:
        """A notice about an order as it is posted, the first of its kind or a later one."""

    @abstractmethod
    def refund_outside(self, order_id: str, centavos: int) -> None:
        """The operator refunds in the gateway's own panel."""

    @abstractmethod
    def alter_amount(self, order_id: str, centavos: int) -> None:
        """Let the order be of another amount than it was opened with."""

    @abstractmethod
    def asked(self) -> int:
        """How often money was asked for: under the same key is once."""

    @abstractmethod
    def expire(self, order_id: str) -> None:
        """The gateway closes an order by itself."""

    @abstractmethod
    def pay(self, order_id: str, centavos: int) -> None:
        """Money comes from outside, of whatever amount."""

    def refuse_key(self) -> None:
        """Take the company's key for wrong."""
        self.sandbox.refuse(self.private_key)

    def accept_key(self) -> None:
        """It was a mistake of the gateway's."""
        self.sandbox.accept(self.private_key)

    def ask_for_three_ds(self, wanted: bool) -> None:
        """Whether banks want to see the customer."""
        self.sandbox.behave(force_three_ds=wanted)

    def waiting_orders(self) -> list[str]:
        """Orders of the company that wait for the buyer at the bank."""
        return [o["id"] for o in self.orders() if o.get("payment_status") == WAITING]


class ConektaTill(Till):
    """Conekta's."""

    provider = CONEKTA
    sandbox: ConektaSandbox

    def open_account(self, number: int) -> str:
        """See `Till`."""
        # By its key nothing can be found while that is refused.
        self._earlier = {order["id"] for order in self.sandbox.orders()}
        self.private_key = f"key_stage{number:04}PrivatePlanted"
        return self.private_key

    def token(self, card: str, purchase: str) -> str:
        """See `Till`."""
        return card

    def order(self, order_id: str) -> Json:
        """See `Till`."""
        return self.sandbox.order(order_id)

    def orders(self) -> list[Json]:
        """See `Till`."""
        return [o for o in self.sandbox.orders() if o["id"] not in self._earlier]

    def notice(self, order_id: str, kind: str, number: int = 1) -> str:
        """See `Till`."""
        body = {"data": {"object": self.order(order_id)}, "livemode": False}
        return json.dumps(body | {"id": f"{order_id}_{kind}_{number}", "type": f"order.{kind}"})

    def refund_outside(self, order_id: str, centavos: int) -> None:
        """See `Till`."""
        self.sandbox.refund(order_id, centavos)

    def alter_amount(self, order_id: str, centavos: int) -> None:
        """See `Till`."""
        self.sandbox.alter(order_id, amount=centavos)

    def pay(self, order_id: str, centavos: int) -> None:
        """See `Till`."""
        self.sandbox.pay(order_id, centavos)

    def asked(self) -> int:
        """See `Till`."""
        calls = self.sandbox.calls()
        return calls["charge"] + calls["order_with_charge"]

    def expire(self, order_id: str) -> None:
        """See `Till`."""
        self.sandbox.expire(order_id)


# What its orders are called there, in Conekta's words.
STATUSES = {
    "created": None,
    "processing": "pending_payment",
    "action_required": "pending_payment",
    "processed": "paid",
    "failed": "declined",
    "canceled": "canceled",
    "expired": "expired",
    "refunded": "refunded",
    "charged_back": "charged_back",
}
CARDS = {VISA: Outcome.PAID, DECLINED: Outcome.OTHER}
STRANGE_TOKEN = "9f" * 16


class MercadoPagoTill(Till):
    """Mercado Pago's, whose tokens are good once."""

    provider = MERCADO_PAGO
    tries = 2
    sandbox: MercadoPagoSandbox

    def __init__(self, sandbox: MercadoPagoSandbox) -> None:
        super().__init__(sandbox)
        self._tokens: dict[tuple[str, str], str] = {}

    def open_account(self, number: int) -> str:
        """See `Till`."""
        self.private_key = f"APP_USR-stage{number:04}-private-planted"
        self._tokens.clear()
        self.user = account_of(self.private_key)
        return self.private_key

    def token(self, card: str, purchase: str) -> str:
        """See `Till`."""
        if (card, purchase) not in self._tokens:
            known = CARDS.get(card)
            token = self.sandbox.mint("visa", known) if known else STRANGE_TOKEN
            self._tokens[card, purchase] = f"{token}.visa"
        return self._tokens[card, purchase]

    def order(self, order_id: str) -> Json:
        """See `Till`."""
        return self._told(self.sandbox.order(order_id))

    def _told(self, order: Json) -> Json:
        return in_conektas_words(order)

    def orders(self) -> list[Json]:
        """See `Till`."""
        ours = [o for o in self.sandbox.orders() if str(o["user_id"]) == self.user]
        return list(map(self._told, ours))

    def notice(self, order_id: str, kind: str, number: int = 1) -> str:
        """See `Till`."""
        reference = self.sandbox.order(order_id)["external_reference"]
        about = {"external_reference": reference, "id": order_id}
        body = {"action": f"order.{kind}", "data": about, "type": "order"}
        return json.dumps(body | {"date_created": number})

    def refund_outside(self, order_id: str, centavos: int) -> None:
        """See `Till`."""
        self.sandbox.refund(order_id, written(centavos))

    def alter_amount(self, order_id: str, centavos: int) -> None:
        """See `Till`."""
        self.sandbox.alter(order_id, total_amount=written(centavos))

    def pay(self, order_id: str, centavos: int) -> None:
        """See `Till`."""
        self.sandbox.pay(order_id, written(centavos))

    def asked(self) -> int:
        """See `Till`."""
        return self.sandbox.keys("charge")

    def expire(self, order_id: str) -> None:
        """See `Till`."""
        self.sandbox.expire(order_id)


def in_conektas_words(order: Json) -> Json:
    """Say of an order of Mercado Pago's what Conekta would."""
    status = STATUSES[order["status"]]
    refunds = order["transactions"].get("refunds", [])
    back = sum(map(_amount, refunds))
    if status == "paid" and back:
        status = "partially_refunded"
    description = order.get("description", "")
    charges = list(map(_charge, order["transactions"]["payments"]))
    return {
        "id": order["id"],
        "payment_status": status,
        "amount": centavos(order["total_amount"]),
        "amount_refunded": back,
        "metadata": {
            "reference_id": order.get("external_reference"),
            "owner": description.rpartition("[")[2].removesuffix("]"),
        },
        "customer_info": {"email": order.get("payer", {}).get("email")},
        "charges": {"data": charges},
    }


def _charge(payment: Json) -> Json:
    is_deferred = payment.get("payment_method", {}).get("type") in ("bank_transfer", "ticket")
    return {
        "status": STATUSES[payment.get("status", "created")] or "open",
        "amount": centavos(payment.get("paid_amount") or payment["amount"]),
        "payment_method": {"object": "outside" if is_deferred else "card_payment"},
    }


def _amount(part: Json) -> int:
    return centavos(part["amount"])


def centavos(amount: str) -> int:
    """Its decimal strings as whole numbers."""
    whole, _, part = amount.partition(".")
    return int(whole) * 100 + int(part or 0)


def written(amount: int) -> str:
    """Centavos as it writes them."""
    return f"{amount // 100}.{amount % 100:02}"
