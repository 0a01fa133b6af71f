"""Test every event in states of a sale, one by one: the model says what comes of it.

Each event has two of the nineteen scenes, and others than the event before it, at either gateway
in turn; `PORTAL_CASES=all` gives each event all at both.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from portal.models.sale import STATES
from tests.model.environment import (
    DAILY,
    DATA,
    DAY,
    ModelEnvironment,
    open_model_environment,
    search_young_orders,
)
from tests.model.fault_plan import DOWN, UNPLUGGED, Fate, GatewayPlan, RouterPlan
from tests.model.machine import Machine, Wish
from tests.model.model_order import CONEKTA, GATEWAYS, MERCADO_PAGO, PRICE, Means
from tests.support.pairs import some

# A request that died leaves these behind, which the table of crashes sees to.
LEFT_BY_THE_DEAD = {"opened", "prepared"}
BEGIN = {"buy", "buy_slowly"}

pytestmark = pytest.mark.long

Arguments = dict[str, Any]


Reach = Callable[[Machine, str], None]


def buy(machine: Machine, gateway: str, means: Means = Means.GOOD) -> None:
    machine.buy(wish=Wish(means, gateway, DAILY, is_auto=True), is_pin=False, nth=0)


def fail(machine: Machine, gateway: str, **calls: Any) -> None:
    machine.change_gateway(fault_plan=GatewayPlan(**calls), gateway=gateway)


def charging(machine: Machine, gateway: str) -> None:
    fail(machine, gateway, charge=Fate.LOST, looks=False)
    buy(machine, gateway)


def charged_unheard(machine: Machine, gateway: str) -> None:
    fail(machine, gateway, charge=Fate.UNHEARD, looks=False)
    buy(machine, gateway)


def pending(machine: Machine, gateway: str) -> None:
    buy(machine, gateway, Means.ASKED)


def let_in_to_pay(machine: Machine, gateway: str) -> None:
    buy(machine, gateway, Means.ASKED)
    machine.ask_for_pass(nth=0)


def to_be_transferred(machine: Machine, gateway: str) -> None:
    buy(machine, gateway, Means.TRANSFER)


def to_be_paid_in_cash(machine: Machine, gateway: str) -> None:
    buy(machine, gateway, Means.CASH)


def pay(machine: Machine, amount: int) -> None:
    machine.transfer(nth=0, amount=amount)
    hear(machine)


def hear(machine: Machine) -> None:
    machine.tell(nth=0, copies=1)
    machine.work()


def transferred(machine: Machine, gateway: str) -> None:
    buy(machine, gateway, Means.TRANSFER)
    pay(machine, PRICE)


def paid_in_cash_twice(machine: Machine, gateway: str) -> None:
    buy(machine, gateway, Means.CASH)
    machine.transfer(nth=0, amount=PRICE)
    pay(machine, PRICE)


def too_little(machine: Machine, gateway: str) -> None:
    buy(machine, gateway, Means.TRANSFER)
    pay(machine, PRICE // 4)


def too_little_returned(machine: Machine, gateway: str) -> None:
    too_little(machine, gateway)
    machine.return_by_hand(nth=0)
    machine.work()


def not_paid_in_time(machine: Machine, gateway: str) -> None:
    buy(machine, gateway, Means.TRANSFER)
    machine.expire(nth=0)
    machine.work()


def returned_by_hand(machine: Machine, gateway: str) -> None:
    transferred(machine, gateway)
    machine.return_by_hand(nth=0)


def paid(machine: Machine, gateway: str) -> None:
    machine.change_router(fault_plan=RouterPlan(set=Fate.LOST))
    buy(machine, gateway)


def canceling(machine: Machine, gateway: str) -> None:
    machine.change_router(fault_plan=RouterPlan(add=Fate.LOST))
    fail(machine, gateway, cancel=Fate.LOST, looks=False)
    buy(machine, gateway)


def canceled(machine: Machine, gateway: str) -> None:
    buy(machine, gateway, Means.DECLINED)


def refunding(machine: Machine, gateway: str) -> None:
    buy(machine, gateway)
    fail(machine, gateway, refund=Fate.LOST, looks=False)
    machine.refund(nth=0)


def refunded(machine: Machine, gateway: str) -> None:
    buy(machine, gateway)
    machine.refund(nth=0)


def charged_back(machine: Machine, gateway: str) -> None:
    buy(machine, gateway)
    machine.charge_back(nth=0)
    hear(machine)


SCENES: dict[str, tuple[str, Reach]] = {
    "not charged": ("charging", charging),
    "charged unheard": ("charging", charged_unheard),
    "at the bank": ("pending", pending),
    "let in to pay": ("pending", let_in_to_pay),
    "to be transferred": ("pending", to_be_transferred),
    "to be paid in cash": ("pending", to_be_paid_in_cash),
    "too little": ("pending", too_little),
    "too little returned": ("canceled", too_little_returned),
    "transferred": ("delivered", transferred),
    "paid in cash twice": ("delivered", paid_in_cash_twice),
    "not paid in time": ("canceled", not_paid_in_time),
    "returned by hand": ("refunded", returned_by_hand),
    "router away": ("paid", paid),
    "delivered": ("delivered", buy),
    "order not closed": ("canceling", canceling),
    "declined": ("canceled", canceled),
    "refund lost": ("refunding", refunding),
    "refunded": ("refunded", refunded),
    "charged back": ("charged_back", charged_back),
}
SCENES_OF_AN_EVENT = 2
FIRST: Arguments = {"nth": 0}
EVENTS: dict[str, list[Arguments]] = {
    "extend": [
        FIRST | {"wish": wish, "elsewhere": False}
        for wish in (
            Wish(Means.GOOD, CONEKTA, DAILY),
            Wish(Means.DECLINED, MERCADO_PAGO, DAILY),
            Wish(Means.TRANSFER, MERCADO_PAGO, DAILY),
            Wish(Means.GOOD, MERCADO_PAGO, DATA),
        )
    ],
    "extend_alike": [FIRST],
    "repeat": [FIRST],
    "change_mind": [FIRST],
    "come_back_from_bank": [FIRST | {"passed": passed} for passed in (True, False)],
    "give_up": [FIRST],
    "reconnect": [FIRST | {"is_right": right, "elsewhere": right} for right in (True, False)],
    "ask_for_pass": [FIRST],
    "change_gateway": [{"fault_plan": UNPLUGGED, "gateway": gateway} for gateway in GATEWAYS],
    "transfer": [FIRST | {"amount": amount} for amount in (PRICE, PRICE // 4, PRICE + 500)],
    "pay_late": [FIRST | {"is_wrong": wrong} for wrong in (True, False)],
    "mend_amount": [FIRST],
    "expire": [FIRST],
    "refund_outside": [FIRST],
    "refund_a_part": [FIRST],
    "charge_back": [FIRST],
    "let_refund_lapse": [FIRST],
    "tell": [FIRST | {"copies": 2}],
    "change_router": [{"fault_plan": DOWN}],
    "reboot": [{}],
    "reset": [{}],
    "delete_user": [FIRST],
    "work": [{}],
    "pass_time": [{"seconds": DAY + 60}],
    "make_round": [{}],
    "search": [{}],
    "restore": [{}],
    "refund": [FIRST],
    "return_by_hand": [FIRST],
    "unpark": [FIRST],
    "withdraw": [{"plan": DAILY}],
}


@pytest.fixture(scope="module")
def environment(
    module_database_url: str | None, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ModelEnvironment]:
    opened = open_model_environment(tmp_path_factory.mktemp("instance"), module_database_url)
    with pytest.MonkeyPatch.context() as patch, opened as environment:
        search_young_orders(patch)
        yield environment


def test_every_state_and_every_event_has_its_place() -> None:
    assert {state for state, _ in SCENES.values()} == set(STATES) - LEFT_BY_THE_DEAD
    assert {scene for _, scene, _ in CASES} == SCENES.keys()
    assert {event for event, _, _ in CASES} == EVENTS.keys()
    assert EVENTS.keys() == {rule.function.__name__ for rule in Machine.setup_state().rules} - BEGIN


def can_happen(machine: Machine, event: str) -> bool:
    """Whether there is anything for the event to happen to."""
    [rule] = [rule for rule in Machine.setup_state().rules if rule.function.__name__ == event]
    return all(condition(machine) for condition in rule.preconditions)


# Events, the scenes in which they happen, and where it is paid.
CASES = [
    (event, scene, gateway)
    for row, event in enumerate(EVENTS)
    for column, scene in enumerate(some(list(SCENES), row, 0, number=SCENES_OF_AN_EVENT))
    for gateway in some(GATEWAYS, row, column, number=1)
]


@pytest.mark.parametrize(("event", "scene", "gateway"), CASES)
def test_what_comes_of_it(
    environment: ModelEnvironment, scene: str, event: str, gateway: str
) -> None:
    state, reach = SCENES[scene]
    for arguments in EVENTS[event]:
        machine = type("Once", (Machine,), {"environment": environment})()
        reach(machine, gateway)
        assert [sale.state for sale in machine.model.sales] == [state]
        machine.all_is_as_it_must_be()
        if not can_happen(machine, event):
            continue
        getattr(machine, event)(**arguments)
        machine.all_is_as_it_must_be()
        machine.work()
        machine.all_is_as_it_must_be()
        machine.teardown()
