"""Sales and answers to decide about, and tables of what each answer leads to in every state."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any

import pytest

from portal.models.sale_states import GRAPH, ForbiddenMove, SaleState
from portal.payments.gateway import Order, OrderStatus, Unknown
from portal.sales import decisions
from portal.sales.decision_values import CloseOrder, Decision, Limits, Now, SaleFacts

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)
NOW = Now(NOON, is_trusted=True)
LIMITS = Limits(card_token_minutes=5, three_ds_minutes=15, park_after_hours=24)
AGO = timedelta(minutes=1)
HAD_MONEY = ("paid", "delivered", "refunding", "refunded", "charged_back")

# The states in which a look at the order is followed, those alike together.
FOLLOWED_IN = (
    ("charging", "pending"), ("canceling", "canceled"), ("paid", "delivered"), ("refunding",),
)  # fmt: skip
# Where each outcome leads; to where it was, where it is not named.
ENDS = {
    "paid": "paid", "pending": "pending", "declined": "canceling", "refused": "canceling",
    "failed": "canceling", "expired": "canceling", "replaced": "canceling",
    "canceled": "canceled", "refunded": "refunded", "refund_refused": "delivered",
}  # fmt: skip


def sale(state: str, **about: object) -> SaleFacts:
    """One that was begun a minute ago."""
    facts = SaleFacts(
        id="sal_1",
        account_id="gwa_1",
        state=SaleState(state),
        extends=False,
        created_at=NOON - AGO,
        charging_at=NOON - AGO if state not in ("opened", "prepared") else None,
        paid_at=NOON - AGO if state in HAD_MONEY else None,
        delivered_at=NOON - AGO if state == "delivered" else None,
    )
    return replace(facts, **about)  # type: ignore[arg-type]


def order(status: OrderStatus, **about: object) -> Order:
    told = Order("ord_1", status, 2000, "MXN", live=True)
    return replace(told, **about)  # type: ignore[arg-type]


def unknown(status: OrderStatus, *, park: bool, **about: object) -> Unknown:
    """What the gateway's port makes of an order that is no plain yes or no."""
    return Unknown(status.value, park=park, order=order(status, **about))


def follow(facts: SaleFacts, look: decisions.Look) -> Decision | CloseOrder:
    """What a look at its order leads to at noon."""
    return decisions.followed(facts, look, NOW, LIMITS)


def outcome(decision: Decision | CloseOrder) -> str:
    """All that is written, in words."""
    if isinstance(decision, CloseOrder):
        return "close"
    then = f", {outcome(decision.then)}" if decision.then else ""
    return decision.outcome + then


def walk(state: str, decision: Decision) -> str:
    """Where the decision leads from there; every move is one that the graph knows."""
    for after in decision.states:
        assert after in GRAPH[state], (state, after)
        state = after
    return walk(state, decision.then) if decision.then else state


@dataclass(frozen=True)
class DecisionTable:
    """What `decide` makes of each answer about a sale that `make` gives, for each state.

    A row has an outcome for each column; `columns` names the states of each. In any other state
    nothing is answered, and nobody asks the gateway.
    """

    decide: Callable[[SaleFacts, Any], Decision | CloseOrder]
    make: Callable[[str], SaleFacts]
    answers: Mapping[str, Any]
    columns: tuple[tuple[str, ...], ...]
    rows: Mapping[str, tuple[str, ...]]

    def cases(self) -> list[tuple[str, str]]:
        """Every state with every answer."""
        return list(product(SaleState, self.rows))

    def check(self, state: str, event: str) -> None:
        """Hold what is decided against the table, and where it leads against the outcome."""
        facts, answer = self.make(state), self.answers[event]
        wanted = [
            row
            for states, row in zip(self.columns, self.rows[event], strict=True)
            if state in states
        ]
        if not wanted:
            with pytest.raises(ForbiddenMove):
                self.decide(facts, answer)
            return
        decision = self.decide(facts, answer)
        assert [outcome(decision)] == wanted
        assert isinstance(decision, Decision)
        assert walk(state, decision) == _end(state, event, wanted[0])


def _end(state: str, event: str, came: str) -> str:
    if came.endswith("reversed"):
        return event.replace(" ", "_")
    return ENDS.get(came, state)
