"""Name what a sale asks of a payment gateway, and the answers it can get.

Every answer is a value. `Unknown` means that money may or may not have moved: it is asked
about later with `look_up` or `find`, never charged again and never taken for a no.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Protocol

from portal.payments.declines import DeclineReason
from portal.payments.methods import Instructions, Means, Method


class Fault(Enum):
    """Say whose doing a refusal is, and so who is told what."""

    CUSTOMER = "customer"
    OPERATOR = "operator"
    US = "us"


@dataclass(frozen=True)
class Credentials:
    """Hold a company's key to its account at a `provider`. `live`: which mode it should act in."""

    provider: str
    private_key: str = field(repr=False)
    live: bool


@dataclass(frozen=True)
class Customer:
    """Describe the buyer as the gateway wants to know them; `phone` may be None."""

    name: str
    email: str
    phone: str | None = None


@dataclass(frozen=True)
class Purchase:
    """Say what is to be paid: `amount` in centavos, `reference` our own unguessable sale id.

    `owner` marks whose order it is (deployment and company), so that orders of others at
    the same gateway account are told apart. `return_url` is where 3DS sends the buyer back.
    `frame_until`: the buyer is charged in the gateway's own frame, which is to end then.
    """

    reference: str
    owner: str
    description: str
    amount: int
    currency: str
    customer: Customer
    return_url: str | None = None
    frame_until: datetime | None = None


class OrderStatus(Enum):
    """Say where an order stands at the gateway, in our words.

    `OPEN`: nothing was ever charged on it. `UNCLEAR`: the gateway said something that we
    do not know, or that contradicts itself; it is not a yes and not a no.
    """

    OPEN = "open"
    PENDING = "pending"
    PAID = "paid"
    DECLINED = "declined"
    CANCELED = "canceled"
    PARTIALLY_REFUNDED = "partially_refunded"
    REFUNDED = "refunded"
    CHARGED_BACK = "charged_back"
    UNCLEAR = "unclear"


@dataclass(frozen=True)
class Order:
    """Describe an order as the gateway does. Amounts in centavos, `created_at` aware and in UTC.

    `amount_paid` is what came in by a deferred method, None where that is not told: another than
    `amount` is too little, too much, or a second payment. `instructions` are how to pay what waits.
    `fee` is what the gateway keeps of the money, where it tells it. `message` is the gateway's
    own sentence for the buyer after a decline, and `decline_reason` why; `action_url` is where the
    buyer must go on (3DS); `card_last4` and `card_name` are of the card that paid, the name as its
    form was filled in.
    """

    id: str
    status: OrderStatus
    amount: int
    currency: str
    live: bool
    amount_refunded: int = 0
    amount_paid: int | None = None
    method: Method | None = None
    instructions: Instructions | None = None
    fee: int | None = None
    reference: str | None = None
    owner: str | None = None
    message: str | None = None
    decline_reason: DeclineReason | None = None
    action_url: str | None = None
    card_last4: str | None = None
    card_name: str | None = field(default=None, repr=False)
    created_at: datetime | None = None


@dataclass(frozen=True)
class Opened:
    """Say that an order without a charge is ready; None where the form of charge opens it later.

    `checkout_id` is by which the gateway's own frame knows it, where one is to charge it.
    """

    order_id: str | None
    checkout_id: str | None = None


@dataclass(frozen=True)
class Paid:
    """Say that the money is in: amount, currency and mode are the purchase's own."""

    order: Order


@dataclass(frozen=True)
class Declined:
    """Say that the card was refused, for certain; `message` is the gateway's word to the buyer.

    `reason` is None where nobody knows what the gateway's code means.
    """

    message: str | None
    order: Order | None = None
    reason: DeclineReason | None = None


@dataclass(frozen=True)
class Pending:
    """Say that it is accepted, not decided.

    The buyer goes on at `action_url` (3DS), or pays by the `instructions` (SPEI, cash).
    """

    order: Order
    action_url: str | None = None
    instructions: Instructions | None = None


@dataclass(frozen=True)
class Refused:
    """Say that for certain nothing was charged, and that asking the same again will not help.

    Except where nothing was even sent: `reason` is then `unreachable` or `no_time`. `field` is
    what the buyer typed that is not taken: name, email or phone; `decline_reason` what is
    wrong with their card. `order` is how it stands, where that is why.
    """

    reason: str
    fault: Fault
    message: str | None = None
    field: str | None = None
    decline_reason: DeclineReason | None = None
    order: Order | None = None


@dataclass(frozen=True)
class Unknown:
    """Say that money may have moved or not. `park`: asking again cannot settle it, a person must.

    `order` is what the gateway said, where it said anything readable.
    """

    reason: str
    park: bool = False
    order: Order | None = None


@dataclass(frozen=True)
class Canceled:
    """Say that the order is canceled at the gateway and cannot be charged any more."""

    order: Order | None = None


@dataclass(frozen=True)
class Refunded:
    """Say that the whole amount went back; `amount` in centavos, as the gateway counts it."""

    amount: int
    order: Order


@dataclass(frozen=True)
class Subscribed:
    """Say that the gateway tells us by itself what happens, at the address it was given."""


@dataclass(frozen=True)
class SigningKey:
    """Hold the public half, as PEM, of the key that the gateway signs its notices with."""

    public_pem: str


@dataclass(frozen=True)
class WebhookMessage:
    """Hold what the gateway told us by itself, to be believed only after asking.

    `event_id` is the same however often it is told. `order_id` and `reference` are what it
    claims to be about; both are None where it is about no order, as a trial is.
    """

    event_id: str
    type: str
    order_id: str | None
    reference: str | None


Outcome = Paid | Declined | Pending | Refused | Unknown


Meanwhile = Callable[[], object]


class Gateway(Protocol):
    """Act for one company's account at a payment provider.

    No method raises for anything that the network or the provider does. Methods that move
    money are sent once and never repeated by the implementation itself. `timeout` is
    the seconds that the whole call may take at the most.
    """

    def open_order(
        self, purchase: Purchase, timeout: float, meanwhile: Meanwhile | None = None
    ) -> Opened | Refused | Unknown:
        """Open an order without a charge. Costs nothing, so it may be repeated.

        `meanwhile` is what can be done while the answer is on its way. It raises nothing, and may
        be called again, or not at all where nothing is waited for. An order that the gateway's own
        frame is to charge (`purchase.frame_until`) is opened with its `checkout_id`, or refused.
        """

    def charge(
        self, purchase: Purchase, order_id: str | None, means: Means, timeout: float
    ) -> Outcome:
        """Ask for the money, once. `order_id` is what `open_order` gave.

        A deferred method is `Pending`, with the instructions; asked again it gives the same ones.
        """

    def look_up(
        self, purchase: Purchase, order_id: str, timeout: float
    ) -> Outcome | Opened | Canceled:
        """Tell how the order stands now. `Opened` where nothing was charged on it so far."""

    def find(
        self, reference: str, since: datetime, timeout: float
    ) -> tuple[Order, ...] | Refused | Unknown:
        """Give all orders that carry our reference, opened at or after `since`."""

    def orders(self, since: datetime, timeout: float) -> Iterator[Order | Refused | Unknown]:
        """Yield every order of the account since then, by pages; ends after a Refused or Unknown.

        `timeout` is for each page.
        """

    def cancel(self, order_id: str, timeout: float) -> Canceled | Paid | Refused | Unknown:
        """Cancel an order that is not paid. `Paid` when it turns out to be."""

    def refund(self, order_id: str, amount: int, timeout: float) -> Refunded | Refused | Unknown:
        """Give `amount` centavos back, the whole of it. Already refunded counts as `Refunded`.

        What came by a method that the provider cannot give back is Refused("not_refundable"); what
        went back in part, past us, is Refused("partly_refunded") with its order.
        """

    def check(self, timeout: float) -> bool | Refused | Unknown:
        """Try the key out by opening and canceling an order: whether it acts in live mode."""

    def subscribe(self, url: str, timeout: float) -> Subscribed | Refused | Unknown:
        """Have what happens to orders told at this address. May be repeated."""

    def new_signing_key(self, timeout: float) -> SigningKey | Refused | Unknown:
        """Have the notices signed with a new key, whose public half is told this once."""


class Webhooks(Protocol):
    """Read a payment provider's notices. No method raises.

    `is_entered_by_hand`: it takes our address and shows the key of its signatures only in its own
    panel, to the company; what `subscribe` and `new_signing_key` would do is theirs to do.
    """

    is_entered_by_hand: bool = False

    def is_signed(
        self, raw: bytes, header: Callable[[str], str | None], keys: Iterable[str]
    ) -> bool:
        """Tell whether a notice was signed with one of these keys.

        `raw` are its bytes, `header` gives one of its headers. A key is what `new_signing_key`
        told, or the secret that the company entered.
        """

    def read(self, raw: bytes) -> WebhookMessage | None:
        """Read what the bytes say; None where they are no notice at all."""
