"""Prove that money, access and the answer are right, whatever goes wrong at either end.

At each step and call every second failure strikes, others than at the one before it, and each
kind that has struck nowhere yet; `PORTAL_CASES=all` has all strike.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta

import pytest

from portal.worker import orphan_orders
from tests.crash.events import EVENTS, Event
from tests.crash.faults import (
    CALLS,
    IN_ORDER_CALLS,
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
from tests.support.pairs import Share

pytestmark = pytest.mark.long

NTH = 2
AT_ROUTER: Share[Case] = Share(NTH, lambda case: case.name)
AT_GATEWAY: Share[Case] = Share(NTH, lambda case: case.name)


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


@pytest.fixture(autouse=True)
def search_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Orders that no sale knows are searched for as if they were old."""
    monkeypatch.setattr(orphan_orders, "GRACE", timedelta(0))


def played(lanes: Lanes, cases: Iterable[Case]) -> list[str]:
    return [sentence for wrong in lanes.run(play, cases) for sentence in wrong]


@pytest.mark.parametrize("step", ROUTER_STEPS, ids=lambda step: step.name)
def test_the_router_fails(lanes: Lanes, step: Step) -> None:
    assert played(lanes, AT_ROUTER.of(router_cases(step), ROUTER_STEPS.index(step))) == []


@pytest.mark.parametrize("call", CALLS, ids=lambda call: call.name)
def test_the_gateway_fails(lanes: Lanes, call: Call) -> None:
    assert played(lanes, AT_GATEWAY.of(gateway_cases(call), CALLS.index(call))) == []


@pytest.mark.parametrize("call", IN_ORDER_CALLS, ids=lambda call: call.name)
def test_the_gateway_fails_where_order_and_charge_are_one(
    in_order_lanes: Lanes, call: Call
) -> None:
    row = IN_ORDER_CALLS.index(call)
    assert played(in_order_lanes, AT_GATEWAY.of(gateway_cases(call), row)) == []


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.name)
def test_something_happens_amid_a_sale(lanes: Lanes, event: Event) -> None:
    wrong = lanes.run(play_interrupted, event.cases())
    assert [sentence for scene in wrong for sentence in scene] == []
