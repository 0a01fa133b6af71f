"""What the contract's tests need of a gateway besides the port: its sandbox, in words for all."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any, Protocol

from portal.payments.conekta.adapter import Conekta
from portal.payments.conekta.client import ConektaClient, ConektaSettings
from portal.payments.conekta.webhooks import ConektaWebhooks
from portal.payments.gateway import Credentials, Gateway, Webhooks
from portal.payments.mercadopago.adapter import MercadoPago
from portal.payments.mercadopago.client import MercadoPagoClient, MercadoPagoSettings
from portal.payments.mercadopago.notices import MercadoPagoWebhooks
from portal.payments.methods import Method
from portal.sandbox.conekta import ConektaSandbox
from portal.sandbox.conekta.webhooks import signing
from portal.sandbox.mercadopago import MercadoPagoSandbox, Outcome
from tests.payments.contract.toy_house import ToyHouse
from tests.payments.toy import TOY

STRANGE_TOKEN = "9f" * 16 + ".visa"


@dataclass(frozen=True)
class Notice:
    """A notice as it comes over the line, and the key that it is signed with."""

    raw: bytes
    headers: Mapping[str, str]
    key: str

    def header(self, name: str) -> str | None:
        return {known.lower(): value for known, value in self.headers.items()}.get(name.lower())


class House(Protocol):
    """One provider's gateway and its sandbox."""

    sandbox: Any
    key: str
    live_key: str
    webhooks: Webhooks

    def gateway(self, url: str | None = None, *, key: str = ..., live: bool = ...) -> Gateway:
        """The gateway of an account, at the sandbox or elsewhere."""

    def card(self, kind: str = "good") -> str:
        """A new token: `good`, `declined`, `no_funds` or `challenge`."""

    def money(self, order_id: str) -> int:
        """Centavos that came in on the order at the provider, whatever went back."""

    def given_back(self, order_id: str) -> int:
        """Centavos that went back."""

    def refund_outside(self, order_id: str, centavos: int) -> None:
        """The operator refunds in the provider's own panel."""

    def alter_amount(self, order_id: str, centavos: int) -> None:
        """Let the order be of another amount than it was opened with."""

    def pay(self, order_id: str, centavos: int | None = None) -> None:
        """Money comes from outside: the order's, or another amount; again where it came already."""

    def expire(self, order_id: str) -> None:
        """The time to pay runs out."""

    def lack(self, method: Method) -> None:
        """The account has a method no more."""

    def have_all(self) -> None:
        """The account has all methods again."""

    def notice(self, order_id: str) -> Notice:
        """A signed notice about an order."""


class ConektaHouse:
    key, live_key = "key_contract1Private2Key", "key_contract1Live2Key3xyz"
    webhooks = ConektaWebhooks()

    def __init__(self, sandbox: ConektaSandbox, stack: ExitStack) -> None:
        self.sandbox, self._stack = sandbox, stack
        self._pem = signing.new_private_pem()

    def gateway(self, url=None, *, key=key, live=False, observe=None):
        chosen = ConektaSettings(base_url=url or self.sandbox.url)
        client = ConektaClient(chosen, observe) if observe else ConektaClient(chosen)
        self._stack.callback(client.close)
        return Conekta(Credentials("conekta", key, live), client)

    def card(self, kind="good"):
        numbers = {
            "good": "4242424242424242",
            "declined": "4000000000000002",
            "no_funds": "4000000000000127",
            "challenge": "4000000000001091",
        }
        return self.sandbox.mint(numbers[kind], self.key)

    def money(self, order_id):
        charges = (self.sandbox.order(order_id).get("charges") or {"data": []})["data"]
        never = ("declined", "pending_payment", "canceled", "expired")
        came = [each for each in charges if each["status"] not in never]
        return sum(each["amount"] for each in came)

    def given_back(self, order_id):
        return self.sandbox.order(order_id)["amount_refunded"]

    def refund_outside(self, order_id, centavos):
        self.sandbox.refund(order_id, centavos)

    def alter_amount(self, order_id, centavos):
        self.sandbox.alter(order_id, amount=centavos)

    def pay(self, order_id, centavos=None):
        self.sandbox.pay(order_id, centavos)

    def expire(self, order_id):
        self.sandbox.expire(order_id)

    def lack(self, method):
        self.sandbox.behave(methods=[each for each in ("spei", "cash") if each != method])

    def have_all(self):
        self.sandbox.behave(methods=("spei", "cash"))

    def notice(self, order_id):
        body = {"id": "evt_1", "type": "order.paid", "data": {"object": {"object": "order"}}}
        body["data"]["object"]["id"] = order_id
        raw = json.dumps(body).encode()
        headers = {"Digest": signing.digest(self._pem, raw)}
        return Notice(raw, headers, signing.public_pem(self._pem))


class MercadoPagoHouse:
    key, live_key = "APP_USR-1111-contract-secret", "APP_USR-2222-contract-live"
    webhooks = MercadoPagoWebhooks()

    def __init__(self, sandbox: MercadoPagoSandbox, stack: ExitStack) -> None:
        self.sandbox, self._stack = sandbox, stack

    def gateway(self, url=None, *, key=key, live=False, observe=None):
        chosen = MercadoPagoSettings(base_url=url or self.sandbox.url)
        client = MercadoPagoClient(chosen, observe) if observe else MercadoPagoClient(chosen)
        self._stack.callback(client.close)
        return MercadoPago(Credentials("mercadopago", key, live), client)

    def card(self, kind="good"):
        outcomes = {
            "good": Outcome.PAID,
            "declined": Outcome.OTHER,
            "no_funds": Outcome.INSUFFICIENT_FUNDS,
            "challenge": Outcome.CHALLENGE,
        }
        return self.sandbox.mint("visa", outcomes[kind]) + ".visa"

    def money(self, order_id):
        listed = self.sandbox.order(order_id)["transactions"]["payments"]
        came = [each for each in listed if each["status"] in ("processed", "charged_back")]
        return sum(round(float(each.get("paid_amount", each["amount"])) * 100) for each in came)

    def given_back(self, order_id):
        listed = self.sandbox.order(order_id)["transactions"].get("refunds", [])
        return sum(round(float(each["amount"]) * 100) for each in listed)

    def refund_outside(self, order_id, centavos):
        self.sandbox.refund(order_id, f"{centavos // 100}.{centavos % 100:02}")

    def alter_amount(self, order_id, centavos):
        self.sandbox.alter(order_id, total_amount=f"{centavos // 100}.{centavos % 100:02}")

    def pay(self, order_id, centavos=None):
        amount = None if centavos is None else f"{centavos // 100}.{centavos % 100:02}"
        self.sandbox.pay(order_id, amount)

    def expire(self, order_id):
        self.sandbox.expire(order_id)

    def lack(self, method):
        named = ("clabe",) if method is Method.CASH else ("oxxo", "paycash")
        self.sandbox.behave(methods=named)

    def have_all(self):
        self.sandbox.behave(methods=("clabe", "oxxo", "paycash"))

    def notice(
        self, order_id, *, secret="planted-webhook-secret", stamp="1774901615000", asked="r1"
    ):
        raw = json.dumps({"action": "order.processed", "data": {"id": order_id}}).encode()
        text = f"id:{order_id};request-id:{asked};ts:{stamp};"
        digest = hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()
        headers = {"x-signature": f"ts={stamp},v1={digest}", "x-request-id": asked}
        return Notice(raw, headers, secret)


HOUSES = {
    "conekta": (ConektaSandbox, ConektaHouse),
    "mercadopago": (MercadoPagoSandbox, MercadoPagoHouse),
}


# Those besides that the tests made up, for what needs no sandbox.
ANYBODY = (*sorted(HOUSES), TOY)


@contextmanager
def open_house(name: str) -> Iterator[Any]:
    """A provider's sandbox, running, and what the tests need of it."""
    if name == TOY:
        yield ToyHouse()
        return
    make_sandbox, house = HOUSES[name]
    with ExitStack() as stack:
        sandbox = stack.enter_context(make_sandbox(live_keys=[house.live_key]))
        yield house(sandbox, stack)
