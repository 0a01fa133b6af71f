"""Say what a sale must be, and its money at the gateway. There is no Portal in it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

from tests.model.model_access import Access, Part, Plan

UNDECIDED = ("opened", "prepared", "charging", "pending")
FINAL = ("delivered", "canceled", "refunded", "charged_back")
GIVEN_UP = ("canceling", "canceled")
MONEY_STANDS = ("paid", "delivered")
MONEY_IN = (*MONEY_STANDS, "refunding")
PRICE = 2000


class Card(Enum):
    """What the bank says of a card; DEFERRED: there is none, it is paid by transfer."""

    GOOD = "good"
    DECLINED = "declined"
    ASKED = "asked"
    UNKNOWN = "unknown"
    DEFERRED = "deferred"


class Money(Enum):
    """An order at the gateway, as its `payment_status` says it; NONE: there is no order."""

    NONE = "none"
    OPEN = "open"
    WAITING = "pending_payment"
    DECLINED = "declined"
    CLOSED = "closed"
    TAKEN = "paid"
    BACK = "refunded"
    CHARGED_BACK = "charged_back"


AFTER_CHARGE = {
    Card.GOOD: Money.TAKEN,
    Card.DECLINED: Money.DECLINED,
    Card.ASKED: Money.WAITING,
    Card.UNKNOWN: Money.OPEN,
    Card.DEFERRED: Money.WAITING,
}


@dataclass(eq=False)
class Order:
    """What the gateway knows. `is_wrong`: it took another amount than was asked for.

    `is_old`: the money has been there for too long to be given back. `part` is what the
    operator gave back in the gateway's panel, in centavos.
    """

    money: Money = Money.NONE
    is_wrong: bool = False
    is_old: bool = False
    part: int = 0

    def charge(self, card: Card) -> None:
        """The card is asked for money, where the order can still be charged."""
        if self.money in (Money.OPEN, Money.DECLINED):
            self.money = AFTER_CHARGE[card]

    def cancel(self) -> bool:
        """Close what is not paid; whether that could be done."""
        could = self.money in (Money.OPEN, Money.WAITING, Money.DECLINED)
        self.money = Money.CLOSED if could else self.money
        return could

    def refund(self) -> bool:
        """Give the whole back; whether that could be done."""
        could = self.money is Money.TAKEN and not self.part and not self.is_old
        self.money = Money.BACK if could else self.money
        return could


@dataclass(frozen=True)
class Scenario:
    """A purchase as a device asks for it, under a key; `extends` the access that it adds to."""

    device: int
    key: str
    card: Card
    plan: Plan
    is_auto: bool = False
    is_pin: bool = False
    extends: Access | None = None


@dataclass(eq=False)
class Sale:
    """What became of a scenario; `key` is None once it may be asked for anew.

    `knows_order`: the id of its order is stored. `asked` is how often money was asked for;
    `refunded` the centavos that we know went back; `notices` when the gateway told us by itself
    what we have not followed yet. `payable` is until when it can be paid later, `is_watched` that
    money is looked for though it was given up. Times are seconds of the model's clock.
    """

    scenario: Scenario
    access: Access
    opened: int
    moved: int = 0
    key: str | None = None
    state: str = "opened"
    reason: str | None = None
    parked: str | None = None
    knows_order: bool = False
    asked: int = 0
    charged: int | None = None
    paid: int | None = None
    refunded: int = 0
    payable: int | None = None
    is_watched: bool = False
    order: Order = field(default_factory=Order)
    notices: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.key = self.scenario.key
        self.part = Part(self.scenario.plan)

    @property
    def extends(self) -> bool:
        """Whether it adds to an access that stood before."""
        return self.scenario.extends is not None

    @property
    def is_deferred(self) -> bool:
        """Whether its payment is deferred."""
        return self.scenario.card is Card.DEFERRED

    @property
    def makes_access(self) -> bool:
        """Whether its access is made before its money is there."""
        return not self.extends and not self.is_deferred

    @property
    def plan(self) -> Plan:
        """What was bought."""
        return self.scenario.plan

    def move(self, state: str, now: int) -> None:
        """Be in another state, which ends whatever it was parked for."""
        self.state, self.moved, self.parked = state, now, None

    @property
    def status(self) -> int:
        """What a request is answered that asks for this purchase again."""
        if self.state in ("canceling", "canceled"):
            return 402
        return 202 if self.state in (*UNDECIDED, "paid") else 200

    @property
    def told(self) -> str:
        """`estado_pago` as whoever asks is told it."""
        if self.state in UNDECIDED:
            return "pending"
        if self.state in GIVEN_UP and self.reason in ("declined", "refused"):
            return "declined"
        told = {"delivered": "paid", "refunding": "paid", "canceling": "canceled"}
        return told.get(self.state, self.state)

    @property
    def is_open(self) -> bool:
        """Whether its credentials are good; told where it made them."""
        return self.state == "delivered" and self.access.wanted == "enabled"
