"""Say what a sale must be. There is no Portal in it."""

from __future__ import annotations

from dataclasses import dataclass, field

from tests.model.model_access import Access, Part, Plan
from tests.model.model_order import CONEKTA, DEFERRED, PRICE, Means, Money, Order
from tests.model.model_pass import Pass

UNDECIDED = ("opened", "prepared", "charging", "pending")
FINAL = ("delivered", "canceled", "refunded", "charged_back")
GIVEN_UP = ("canceling", "canceled")
MONEY_STANDS = ("paid", "delivered")
MONEY_IN = (*MONEY_STANDS, "refunding")


@dataclass(frozen=True)
class Scenario:
    """A purchase as a device asks for it, under a key; `extends` the access that it adds to."""

    device: int
    key: str
    means: Means
    plan: Plan
    is_auto: bool = False
    is_pin: bool = False
    extends: Access | None = None
    gateway: str = CONEKTA


@dataclass(eq=False)
class Sale:
    """What became of a scenario; `key` is None once it may be asked for anew.

    `knows_order`: the id of its order is stored. `asked` is how often money was asked for;
    `refunded` the centavos that we know went back, `received` those that we know came where it
    was not the price, `returned` what of it the operator gave back as too little; `notices` when
    the gateway told us by itself what we have not followed yet.
    `payable` is until when it can be paid later, `look_at` when money is looked for though it was
    given up; `alerts` are open before the operator. Times are seconds of the model's clock.
    """

    scenario: Scenario
    access: Access
    opened: int
    moved: int = 0
    key: str | None = None
    state: str = "opened"
    reason: str | None = None
    is_closed: bool = False
    parked: str | None = None
    knows_order: bool = False
    asked: int = 0
    charged: int | None = None
    paid: int | None = None
    refunded: int = 0
    was_refund_refused: bool = False
    received: int | None = None
    returned: int = 0
    payable: int | None = None
    look_at: int | None = None
    alerts: set[str] = field(default_factory=set)
    passes: list[Pass] = field(default_factory=list)
    notices: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.key = self.scenario.key
        self.part = Part(self.scenario.plan)
        self.order = Order(self.scenario.gateway, self.scenario.means)

    @property
    def extends(self) -> bool:
        """Whether it adds to an access that stood before."""
        return self.scenario.extends is not None

    @property
    def is_deferred(self) -> bool:
        """Whether it is paid later and elsewhere."""
        return self.scenario.means in DEFERRED

    @property
    def makes_access(self) -> bool:
        """Whether its access is made before its money is there."""
        return not self.extends and not self.is_deferred

    @property
    def plan(self) -> Plan:
        """What was bought."""
        return self.scenario.plan

    @property
    def kept(self) -> int:
        """What came by transfer or in cash and did not go back by hand, in centavos."""
        return self.order.came - self.returned

    @property
    def is_paid_up(self) -> bool:
        """Whether its money is at the gateway: what was to be paid, or more of it."""
        if self.is_deferred:
            return self.order.came > 0 and self.kept >= PRICE
        return self.order.money is Money.TAKEN and not self.order.is_wrong

    @property
    def is_amiss(self) -> bool:
        """Whether money is at the gateway that does not do."""
        if self.is_deferred:
            return self.order.came > 0 and not self.is_paid_up
        return self.order.money is Money.TAKEN and self.order.is_wrong

    @property
    def holds_part(self) -> bool:
        """Whether it waits for the operator, who has to decide of too little."""
        is_parked = self.parked is not None and self.paid is None
        return is_parked and (self.received or 0) > self.returned

    def park(self, reason: str) -> None:
        """Leave it to the operator."""
        self.parked = reason
        self.alerts.add("parked")

    def unpark(self) -> None:
        """The operator has decided."""
        self.parked = None
        self.alerts.discard("parked")

    def move(self, state: str, now: int) -> None:
        """Be in another state, which ends whatever it was parked for, and its pass."""
        for one in self.passes if self.state == "pending" else ():
            one.end()
        self.state, self.moved = state, now
        self.unpark()

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
