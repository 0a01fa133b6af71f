"""Test what Prometheus is told of sales, gateways and routers."""

from __future__ import annotations

import pytest
from prometheus_client import REGISTRY

from portal.core.database import reading
from portal.core.leases import LostRace
from portal.hotspot.deadline import Deadline
from portal.models.sale_states import SaleActor
from portal.sales.context import load_context
from portal.sales.decisions import refund_begun
from portal.sales.transitions import apply
from tests.support.shop import Shop


def figure(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0.0


def moves() -> dict[str, float]:
    states = ("prepared", "charging", "paid", "delivered", "canceling", "canceled")
    return {state: figure("portal_sale_moves_total", state=state) for state in states}


def test_a_sale_is_counted_step_by_step(shop: Shop) -> None:
    before = moves()
    assert shop.buy().status_code == 200
    after = {state: count - before[state] for state, count in moves().items()}
    paid = dict.fromkeys(("prepared", "charging", "paid", "delivered"), 1.0)
    assert after == {"canceling": 0.0, "canceled": 0.0, **paid}


def test_a_move_that_is_rolled_back_is_not_counted(shop: Shop) -> None:
    shop.buy()
    with shop.app.app_context():
        with reading() as session:
            sale_id = shop.sales()[0].id
            context = load_context(session, sale_id, Deadline(10), SaleActor.OPERATOR)
        before = figure("portal_sale_moves_total", state="refunding")
        # Another has moved it meanwhile, which shows when ours is about to be written.
        context.sale.lease = "lost"
        with pytest.raises(LostRace):
            apply(context, refund_begun("test"))
    assert figure("portal_sale_moves_total", state="refunding") == before


def test_calls_outside_are_timed_by_what_they_were_and_how_they_ended(shop: Shop) -> None:
    gateway = "portal_gateway_call_seconds"
    router = "portal_router_command_seconds"
    charged = {"operation": "charge", "outcome": "200"}
    added = {"command": "/ip/hotspot/user/add", "outcome": "ok"}
    before = figure(f"{gateway}_count", **charged), figure(f"{router}_count", **added)
    shop.buy()
    after = figure(f"{gateway}_count", **charged), figure(f"{router}_count", **added)
    assert after == (before[0] + 1, before[1] + 1)
    assert 0 < figure(f"{gateway}_sum", **charged) < 30
    assert 0 < figure(f"{router}_sum", **added) < 30
