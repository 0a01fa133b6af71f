"""Hold what is decided about a sale, and the facts that it is decided from, as values."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum, StrEnum
from typing import TypedDict

from portal.alerts.kinds import AlertKind
from portal.models.access import AccessState
from portal.models.sale_states import CancelReason, SaleState
from portal.payments.declines import DeclineReason


@dataclass(frozen=True, kw_only=True)
class SaleFacts:
    """Hold what a decision needs to know of a sale. Amounts in centavos.

    `fee_is_known`: the gateway has told what it kept. `name_is_assumed`: nobody has asked the buyer
    for a name yet. `is_deferred`: its payment is made later and elsewhere, `payable_until` at the
    latest; `amount_received` is what is known to have come, where it was not the amount, and
    `amount_returned` what of it the operator gave back by hand as too little;
    `knows_how`: the buyer can be told how it is paid. `is_returned_by_hand`: its gateway cannot
    give back what came by its method. `in_frame`: the gateway's own frame charges the card.
    """

    id: str
    account_id: str
    state: str
    extends: bool
    created_at: datetime
    charging_at: datetime | None = None
    paid_at: datetime | None = None
    delivered_at: datetime | None = None
    amount_refunded: int = 0
    parked_reason: str | None = None
    fee_is_known: bool = False
    name_is_assumed: bool = False
    in_frame: bool = False
    is_deferred: bool = False
    amount: int = 0
    amount_received: int | None = None
    amount_returned: int = 0
    payable_until: datetime | None = None
    knows_how: bool = False
    cancel_reason: str | None = None
    is_returned_by_hand: bool = False


@dataclass(frozen=True)
class Now:
    """Hold the moment of deciding; `is_trusted`: nothing speaks against the clock that told it."""

    at: datetime
    is_trusted: bool

    def has_passed(self, moment: datetime) -> bool:
        """Tell whether it is past, by a clock that can be trusted."""
        return moment <= self.at and self.is_trusted


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Hold how long what may last."""

    card_token_minutes: float
    three_ds_minutes: float
    park_after_hours: float


class Outcome(StrEnum):
    """Name what came of an answer, in one word."""

    NOTHING = "nothing"
    SILENCE = "silence"
    WAITING = "waiting"
    PARKED = "parked"
    CLAIMED = "claimed"
    PENDING = "pending"
    PAID = "paid"
    DELIVERED = "delivered"
    DECLINED = "declined"
    REFUSED = "refused"
    FAILED = "failed"
    ABANDONED = "abandoned"
    EXPIRED = "expired"
    CANCELED = "canceled"
    REFUND_BEGUN = "refund_begun"
    REFUNDED = "refunded"
    REFUND_REFUSED = "refund_refused"
    REVERSED = "reversed"
    REPLACED = "replaced"
    RETURNED = "returned"
    PARTLY_REFUNDED = "partly_refunded"


class Due(Enum):
    """Say when a sale is looked at again.

    HOLD: whoever decides keeps the lease and goes on; should it die, when the lease ends. All
    others but UNCHANGED let go of the lease. BACKOFF: each time later than the time before.
    PATIENTLY: the longer it has waited for its buyer, the later. RARELY: for money that may yet
    come for what was given up.
    """

    UNCHANGED = 1
    HOLD = 2
    AT_ONCE = 3
    BACKOFF = 4
    NEVER = 5
    PATIENTLY = 6
    RARELY = 7


class TopUp(Enum):
    """Name what happens to what the sale bought of its access."""

    LENGTHEN = 1
    SHORTEN = 2
    PUT_BACK = 3


@dataclass(frozen=True)
class AccessChange:
    """Say what is wanted of the access; `at_once`: nobody works on it now, so the worker does.

    `unless_shared`: not where another purchase, whose money stays, holds it open as well.
    """

    wanted: AccessState
    at_once: bool = False
    top_up: TopUp | None = None
    unless_shared: bool = False


@dataclass(frozen=True)
class Tell:
    """Hold an alert to the operator, about a sale or about the account that it was paid to."""

    kind: AlertKind
    subject: str
    message: str


@dataclass(frozen=True)
class Complaint:
    """Say to the buyer why there is no sale: a field, the card, or that nothing can be paid."""

    field: str | None = None
    is_card: bool = False
    message: str | None = None
    decline_reason: DeclineReason | None = None


class SaleColumns(TypedDict, total=False):
    """Hold what a decision writes beside the state."""

    order_id: str | None
    checkout_id: str | None
    cancel_reason: CancelReason | None
    action_url: str | None
    buyer_message: str | None
    decline_reason: DeclineReason | None
    instructions: str | None
    payable_until: datetime | None
    amount_received: int | None
    amount_returned: int | None
    card_last4: str | None
    customer_name: str
    amount_refunded: int
    fee: int | None
    charging_at: datetime
    paid_at: datetime
    delivered_at: datetime
    session_id: str | None
    session_ip: str | None


@dataclass(frozen=True)
class Decision:
    """Hold what an answer leads to, all of it written in one transaction.

    `states` are moved through one after the other; none: the sale stays where it is.
    `releases_key`: nothing was charged, for certain and not by the buyer's doing, so the same
    purchase may be tried again. `unparks`: the person whom it waited for has decided.
    `is_closed`: nothing more can be charged on the order. `then` is written after it, for itself.
    """

    outcome: Outcome
    states: tuple[SaleState, ...] = ()
    due: Due = Due.UNCHANGED
    reason: str | None = None
    columns: SaleColumns = field(default_factory=SaleColumns)
    park: str | None = None
    access: AccessChange | None = None
    tells: tuple[Tell, ...] = ()
    resolves: AlertKind | None = None
    releases_key: bool = False
    unparks: bool = False
    is_closed: bool = False
    complaint: Complaint | None = None
    then: Decision | None = None


@dataclass(frozen=True)
class CloseOrder:
    """Say that nothing is decided before the order is closed at the gateway."""

    reason: str


class RefundObjection(Enum):
    """Say why an operator cannot give a sale's money back."""

    CHARGED_BACK = 1
    NOT_PAID = 2
    PARTLY_REFUNDED = 3
    BY_HAND = 4
