"""Test every event in states of a sale, one by one: the model says what comes of it.

Each event has three of the thirteen scenes, and others than the event before it; `PORTAL_CASES=all`
gives each event all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest

from portal.models.sale import STATES
from portal.worker import orphan_orders
from tests.model.environment import DAILY, DATA, DAY, ModelEnvironment, open_model_environment
from tests.model.fault_plan import DOWN, UNPLUGGED, Fate, GatewayPlan, RouterPlan
from tests.model.machine import Machine
from tests.model.model_sale import Card
from tests.support.pairs import some

# A request that died leaves these behind, which the table of crashes sees to.
LEFT_BY_THE_DEAD = {"opened", "prepared"}
BEGIN = {"buy", "buy_slowly"}

pytestmark = pytest.mark.long

Arguments = dict[str, Any]


def buy(machine: Machine, card: Card = Card.GOOD) -> None:
    machine.buy(card=card, plan=DAILY, is_auto=True, is_pin=False, nth=0)


def charging(machine: Machine) -> None:
    machine.change_gateway(fault_plan=GatewayPlan(charge=Fate.LOST, looks=False))
    buy(machine)


def charged_unheard(machine: Machine) -> None:
    machine.change_gateway(fault_plan=GatewayPlan(charge=Fate.UNHEARD, looks=False))
    buy(machine)


def pending(machine: Machine) -> None:
    buy(machine, Card.ASKED)


def to_be_paid(machine: Machine) -> None:
    buy(machine, Card.DEFERRED)


def deferred(machine: Machine) -> None:
    buy(machine, Card.DEFERRED)
    machine.pay_late(nth=0, is_wrong=False)
    machine.tell(nth=0, copies=1)
    machine.work()


def not_paid_in_time(machine: Machine) -> None:
    buy(machine, Card.DEFERRED)
    machine.expire(nth=0)
    machine.work()


def paid(machine: Machine) -> None:
    machine.change_router(fault_plan=RouterPlan(set=Fate.LOST))
    buy(machine)


def canceling(machine: Machine) -> None:
    machine.change_router(fault_plan=RouterPlan(add=Fate.LOST))
    machine.change_gateway(fault_plan=GatewayPlan(cancel=Fate.LOST, looks=False))
    buy(machine)


def canceled(machine: Machine) -> None:
    buy(machine, Card.DECLINED)


def refunding(machine: Machine) -> None:
    buy(machine)
    machine.change_gateway(fault_plan=GatewayPlan(refund=Fate.LOST, looks=False))
    machine.refund(nth=0)


def refunded(machine: Machine) -> None:
    buy(machine)
    machine.refund(nth=0)


def charged_back(machine: Machine) -> None:
    buy(machine)
    machine.charge_back(nth=0)
    machine.tell(nth=0, copies=1)
    machine.work()


SCENES: dict[str, tuple[str, Callable[[Machine], None]]] = {
    "not charged": ("charging", charging),
    "charged unheard": ("charging", charged_unheard),
    "at the bank": ("pending", pending),
    "to be paid": ("pending", to_be_paid),
    "deferred": ("delivered", deferred),
    "not paid in time": ("canceled", not_paid_in_time),
    "router away": ("paid", paid),
    "delivered": ("delivered", buy),
    "order not closed": ("canceling", canceling),
    "declined": ("canceled", canceled),
    "refund lost": ("refunding", refunding),
    "refunded": ("refunded", refunded),
    "charged back": ("charged_back", charged_back),
}
SCENES_OF_AN_EVENT = 3
FIRST: Arguments = {"nth": 0}
EVENTS: dict[str, list[Arguments]] = {
    "extend": [
        FIRST | {"card": card, "plan": plan, "is_auto": False, "elsewhere": False}
        for card, plan in ((Card.GOOD, DAILY), (Card.DECLINED, DAILY), (Card.GOOD, DATA))
    ],
    "extend_alike": [FIRST],
    "repeat": [FIRST],
    "change_mind": [FIRST],
    "come_back_from_bank": [FIRST | {"passed": passed} for passed in (True, False)],
    "give_up": [FIRST],
    "reconnect": [FIRST | {"is_right": right, "elsewhere": right} for right in (True, False)],
    "change_gateway": [{"fault_plan": UNPLUGGED}],
    "pay_late": [FIRST | {"is_wrong": wrong} for wrong in (True, False)],
    "mend_amount": [FIRST],
    "expire": [FIRST],
    "refund_outside": [FIRST],
    "refund_a_part": [FIRST],
    "charge_back": [FIRST],
    "let_refunds_lapse": [{}],
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
    "unpark": [FIRST],
    "withdraw": [{"plan": DAILY}],
}


@pytest.fixture(scope="module")
def environment(
    module_database_url: str | None, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ModelEnvironment]:
    opened = open_model_environment(tmp_path_factory.mktemp("instance"), module_database_url)
    with pytest.MonkeyPatch.context() as patch, opened as environment:
        patch.setattr(orphan_orders, "GRACE", timedelta(days=-36_500))
        yield environment


def test_every_state_and_every_event_has_its_place() -> None:
    assert {state for state, _ in SCENES.values()} == set(STATES) - LEFT_BY_THE_DEAD
    assert {scene for _, scene in CASES} == SCENES.keys()
    assert {event for event, _ in CASES} == EVENTS.keys()
    assert EVENTS.keys() == {rule.function.__name__ for rule in Machine.setup_state().rules} - BEGIN


def can_happen(machine: Machine, event: str) -> bool:
    """Whether there is anything for the event to happen to."""
    [rule] = [rule for rule in Machine.setup_state().rules if rule.function.__name__ == event]
    return all(condition(machine) for condition in rule.preconditions)


# Events, and the scenes in which they happen.
CASES = [
    (event, scene)
    for row, event in enumerate(EVENTS)
    for scene in some(list(SCENES), row, 0, number=SCENES_OF_AN_EVENT)
]


@pytest.mark.parametrize(("event", "scene"), CASES)
def test_what_comes_of_it(environment: ModelEnvironment, scene: str, event: str) -> None:
    state, reach = SCENES[scene]
    for arguments in EVENTS[event]:
        machine = type("Once", (Machine,), {"environment": environment})()
        reach(machine)
        assert [sale.state for sale in machine.model.sales] == [state]
        machine.all_is_as_it_must_be()
        if not can_happen(machine, event):
            continue
        getattr(machine, event)(**arguments)
        machine.all_is_as_it_must_be()
        machine.work()
        machine.all_is_as_it_must_be()
        machine.teardown()
