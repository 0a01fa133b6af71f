"""Hold what the sandbox remembers: plain records that go into the state file as they are."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from portal.sandbox.conekta.server.errors import Json


@dataclass
class Charge:
    """Hold one charge on an order; `amount` in centavos, times in Unix seconds.

    `method` is the payment method's body; `failure` names the decline, `refunds` are bodies
    of Conekta's refund schema (their amounts are negative), `chargeback` one of its own.
    """

    id: str
    amount: int
    created_at: int
    status: str
    method: Json
    paid_at: int | None = None
    failure: str | None = None
    failure_message: str | None = None
    reference_id: str | None = None
    refunds: list[Json] = field(default_factory=list)
    chargeback: Json | None = None

    @property
    def is_deferred(self) -> bool:
        """Tell whether its money comes from outside."""
        return bool(self.method["object"] != "card_payment")


@dataclass
class Order:
    """Hold one order; `status` is its `payment_status`, None before the first charge.

    `parts` are the bodies of what else it was opened with (customer, items, metadata and so
    on). `challenge` is the id of the 3DS page that waits for the buyer, `waiting` what will be
    charged when they come back. `busy` while its card is being authorised.
    """

    id: str
    account: str
    livemode: bool
    amount: int
    currency: str
    created_at: int
    updated_at: int
    parts: Json
    return_url: str | None = None
    three_ds_mode: str | None = None
    pre_authorize: bool = False
    status: str | None = None
    charges: list[Charge] = field(default_factory=list)
    challenge: str | None = None
    waiting: Json | None = None
    busy: bool = False

    @property
    def amount_refunded(self) -> int:
        """Give the centavos that went back to the buyer."""
        return -sum(int(refund["amount"]) for charge in self.charges for refund in charge.refunds)

    @classmethod
    def from_json(cls, record: dict[str, Any]) -> Order:
        """Give the order as the state file tells it."""
        charges = [Charge(**charge) for charge in record["charges"]]
        return cls(**{**record, "charges": charges, "busy": False})


@dataclass
class Token:
    """Hold a minted card token. `account` None: any key may charge it."""

    id: str
    account: str | None
    livemode: bool
    created_at: int
    card: Json
    used: bool = False


@dataclass
class Webhook:
    """Hold a subscription to events."""

    id: str
    account: str
    livemode: bool
    url: str
    subscribed_events: list[str]
    active: bool = True


@dataclass
class WebhookKey:
    """Hold a pair of RSA keys; `pem` is the private one, which only the sandbox knows."""

    id: str
    account: str
    livemode: bool
    created_at: int
    pem: str
    active: bool = True
    deactivated_at: int | None = None


@dataclass
class Event:
    """Something that happened. `data` is the object's body at that moment, as JSON text."""

    id: str
    account: str
    livemode: bool
    type: str
    created_at: int
    data: str
    status: str = "successful"
    logs: list[Json] = field(default_factory=list)
