"""Prove that money, access and the answer are right, whatever goes wrong at either end.

At each step every second failure strikes, at each call to a gateway every third, others than at
the one before it, and each kind that has struck nowhere yet; every fourth while something is to
be paid later; `PORTAL_CASES=all` has all strike.
What is about a router or happens by itself is paid at either gateway in turn.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from portal.worker import orphan_orders
from tests.crash.events import EVENTS, Event
from tests.crash.faults import (
    CALLS,
    DEFERRED_CALLS,
    DEFERRED_STEPS,
    FRAME_CALLS,
    FRAME_STEPS,
    IN_ORDER_CALLS,
    MERCADO_PAGO_CALLS,
    ROUTER_STEPS,
    Call,
    Case,
    Step,
    gateway_cases,
    router_cases,
)
from tests.crash.lanes import FEW, MANY, Lanes, open_lanes
from tests.crash.playing import play, play_interrupted
from tests.support.fixtures import MakeDatabase
from tests.support.pairs import Share, some
from tests.support.tills import GATEWAYS

pytestmark = pytest.mark.long

AT_ROUTER: Share[Case] = Share(2, lambda case: case.name)
AT_GATEWAY: Share[Case] = Share(3, lambda case: case.name)
# How it is asked for is the same as with a card, and how it fails there is in the tables above.
SELDOM: Share[Case] = Share(4, lambda case: None)


@pytest.fixture(scope="module")
def lanes(make_database: MakeDatabase, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lanes]:
    with open_lanes(tmp_path_factory.mktemp("lanes"), make_database, MANY) as lanes:
        yield lanes


@pytest.fixture(scope="module")
def in_order_lanes(
    make_database: MakeDatabase, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Lanes]:
    folder = tmp_path_factory.mktemp("lanes")
    with open_lanes(folder, make_database, FEW, conekta_charge="in_order") as lanes:
        yield lanes


@pytest.fixture(scope="module")
def frame_lanes(
    make_database: MakeDatabase, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Lanes]:
    folder = tmp_path_factory.mktemp("lanes")
    with open_lanes(folder, make_database, FEW, conekta_charge="component") as lanes:
        yield lanes


@pytest.fixture(autouse=True)
def search_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Orders that no sale knows are searched for as if they were old."""
    monkeypatch.setattr(orphan_orders, "GRACE", timedelta(0))


def played(lanes: Lanes, cases: Iterable[Case]) -> list[str]:
    return [sentence for wrong in lanes.run(play, cases) for sentence in wrong]


@pytest.mark.parametrize("step", ROUTER_STEPS, ids=lambda step: step.name)
def test_the_router_fails(lanes: Lanes, step: Step) -> None:
    row = ROUTER_STEPS.index(step)
    cases = AT_ROUTER.of(router_cases(step), row)
    in_turn = [replace(case, gateway=GATEWAYS[n % 2]) for n, case in enumerate(cases, row)]
    assert played(lanes, in_turn) == []


@pytest.mark.parametrize("call", [*CALLS, *MERCADO_PAGO_CALLS], ids=str)
def test_the_gateway_fails(lanes: Lanes, call: Call) -> None:
    row = [*CALLS, *MERCADO_PAGO_CALLS].index(call)
    assert played(lanes, AT_GATEWAY.of(gateway_cases(call), row)) == []


@pytest.mark.parametrize("step", DEFERRED_STEPS, ids=lambda step: step.name)
def test_the_router_fails_a_deferred_payment(lanes: Lanes, step: Step) -> None:
    row = DEFERRED_STEPS.index(step)
    cases = SELDOM.of(router_cases(step), row)
    in_turn = [replace(case, gateway=GATEWAYS[n % 2]) for n, case in enumerate(cases, row)]
    assert played(lanes, in_turn) == []


@pytest.mark.parametrize("call", DEFERRED_CALLS, ids=str)
def test_the_gateway_fails_a_deferred_payment(lanes: Lanes, call: Call) -> None:
    assert played(lanes, SELDOM.of(gateway_cases(call), DEFERRED_CALLS.index(call))) == []


@pytest.mark.parametrize("call", IN_ORDER_CALLS, ids=lambda call: call.name)
def test_the_gateway_fails_where_order_and_charge_are_one(
    in_order_lanes: Lanes, call: Call
) -> None:
    row = IN_ORDER_CALLS.index(call)
    assert played(in_order_lanes, AT_GATEWAY.of(gateway_cases(call), row)) == []


@pytest.mark.parametrize("call", FRAME_CALLS, ids=str)
def test_the_gateway_fails_who_pays_in_its_frame(frame_lanes: Lanes, call: Call) -> None:
    assert played(frame_lanes, SELDOM.of(gateway_cases(call), FRAME_CALLS.index(call))) == []


@pytest.mark.parametrize("step", FRAME_STEPS, ids=lambda step: step.name)
def test_the_router_fails_who_paid_in_the_gateways_frame(frame_lanes: Lanes, step: Step) -> None:
    assert played(frame_lanes, SELDOM.of(router_cases(step), FRAME_STEPS.index(step))) == []


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.name)
def test_something_happens_amid_a_sale(lanes: Lanes, event: Event) -> None:
    """At either gateway in turn, moment by moment."""
    at_each = zip(*(event.cases(name) for name in GATEWAYS), strict=True)
    row = EVENTS.index(event)
    chosen = [
        case
        for place, at_gateways in enumerate(at_each)
        for case in some(at_gateways, row, place, number=1)
    ]
    wrong = lanes.run(play_interrupted, chosen)
    assert [sentence for scene in wrong for sentence in scene] == []
