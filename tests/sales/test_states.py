"""Test every state against every other, and moves that several try to make at the same moment."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from threading import Barrier
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from portal.access.desired_state import hold_access, record_actual, record_unknown
from portal.core.database import reading, writing
from portal.core.leases import LostRace
from portal.hotspot.deadline import Deadline
from portal.models import Access, Alert, Sale, SaleMove, utc_now
from portal.models.sale import STATES
from portal.models.sale_states import (
    GRAPH,
    ForbiddenMove,
    ParkReason,
    SaleActor,
    SaleState,
)
from portal.ports import settings
from portal.sales.context import SaleContext, load_context
from portal.sales.decision_values import Decision, Due, Outcome
from portal.sales.decisions import SETTLED, WAIT, parked, refund_begun
from portal.sales.transitions import apply
from tests.api.admin.sold import make_sale
from tests.support.tenants import Tenant

MOVES = {
    "opened": ["prepared", "canceling"],
    "prepared": ["charging", "canceling"],
    "charging": ["paid", "pending", "canceling"],
    "pending": ["paid", "canceling"],
    "canceling": ["canceled", "paid", "pending"],
    "canceled": ["paid"],
    "paid": ["delivered", "refunding", "refunded", "charged_back"],
    "delivered": ["refunding", "refunded", "charged_back"],
    "refunding": ["refunded", "charged_back", "delivered"],
    "refunded": [],
    "charged_back": [],
}
RIVALS = 6


@pytest.fixture(scope="module")
def app_settings() -> dict[str, Any]:
    return {"db_pool_size": RIVALS}


@pytest.fixture(scope="module")
def app(app: Flask) -> Iterator[Flask]:
    """Entered already."""
    with app.app_context():
        yield app


@pytest.fixture
def sale_in(app: Flask, tenant: Tenant) -> Callable[[str], Sale]:
    """Makes a sale that stands in a state."""
    return lambda state: read(Sale, make_sale(app, tenant, utc_now(), state))


def read(record: type[Any], row_id: str) -> Any:
    with reading() as session:
        return session.get_one(record, row_id)


def history(sale: Sale) -> list[tuple[str | None, str]]:
    query = sa.select(SaleMove).where(SaleMove.sale_id == sale.id).order_by(SaleMove.id)
    with reading() as session:
        return [(step.from_state, step.to_state) for step in session.scalars(query)]


def stored(record: Any) -> dict[str, Any]:
    """A record's row as the database has it now."""
    table = type(record).__table__
    with reading() as session:
        found = session.execute(sa.select(table).where(table.c.id == record.id)).mappings().one()
    return dict(found)


def change(record: Any, **values: Any) -> None:
    """What somebody else does meanwhile, behind the back of whoever holds `record`."""
    kind = type(record)
    with writing() as session:
        session.execute(sa.update(kind).where(kind.id == record.id).values(**values))


def context_of(sale: Sale) -> SaleContext:
    """The sale as somebody else who works on it has just read it."""
    with reading() as session:
        return load_context(session, sale.id, Deadline(10), SaleActor.REQUEST)


def moved(*states: str) -> Decision:
    """To be moved through these, and no more."""
    through = tuple(SaleState(state) for state in states)
    return Decision(outcome=Outcome.NOTHING, states=through, due=Due.HOLD)


def test_the_table_holds_these_moves_and_no_other() -> None:
    assert set(GRAPH) == set(STATES)
    assert {before: set(GRAPH[before]) for before in STATES} == {
        before: set(after) for before, after in MOVES.items()
    }


@pytest.mark.parametrize("before", STATES)
def test_a_move_writes_state_history_and_due_time(
    sale_in: Callable[[str], Sale], before: str
) -> None:
    for after in MOVES[before]:
        sale = sale_in(before)
        context = context_of(sale)
        apply(context, moved(after))
        row = stored(sale)
        assert row["state"] == context.sale.state == after
        lease = settings().sale_lease
        assert lease - 10 < (row["next_attempt_at"] - utc_now()).total_seconds() < lease + 10
        assert history(sale)[-1] == (before, after)


@pytest.mark.parametrize("before", STATES)
def test_a_forbidden_move_writes_nothing(sale_in: Callable[[str], Sale], before: str) -> None:
    sale = sale_in(before)
    row, steps = stored(sale), history(sale)
    for after in set(STATES) - set(MOVES[before]):
        with pytest.raises(ForbiddenMove):
            apply(context_of(sale), moved(after))
    assert (stored(sale), history(sale)) == (row, steps)


def race(app: Flask, deeds: list[Callable[[], None]]) -> list[bool]:
    """Which of the deeds, begun at the same moment, were not lost."""
    start = Barrier(len(deeds))

    def attempt(deed: Callable[[], None]) -> bool:
        with app.app_context():
            start.wait()
            try:
                deed()
            except LostRace:
                return False
        return True

    with ThreadPoolExecutor(len(deeds)) as threads:
        return list(threads.map(attempt, deeds))


@pytest.mark.parametrize(
    ("before", "targets"),
    [
        ("prepared", ["charging"] * RIVALS),
        ("prepared", ["charging", "canceling"] * (RIVALS // 2)),
        ("charging", ["paid", "pending", "canceling"] * (RIVALS // 3)),
        ("paid", ["delivered", "refunding"] * (RIVALS // 2)),
    ],
)
def test_of_rivals_for_a_sale_one_wins(
    app: Flask, sale_in: Callable[[str], Sale], before: str, targets: list[str]
) -> None:
    sale = sale_in(before)
    # Each rival has read the sale for itself before any of them writes.
    snapshots = [context_of(sale) for _ in targets]

    def attempt(snapshot: SaleContext, state: str) -> None:
        apply(snapshot, moved(state))

    pairs = zip(snapshots, targets, strict=True)
    won = race(app, [partial(attempt, snapshot, state) for snapshot, state in pairs])
    assert won.count(True) == 1
    winner = targets[won.index(True)]
    assert stored(sale)["state"] == winner
    assert history(sale) == [(None, before), (before, winner)]


DEEDS = {
    "move": moved(SaleState.PAID),
    "reschedule": replace(WAIT, columns={"order_id": "ord_x"}),
    "park": parked(ParkReason.AMOUNT_MISMATCH),
    "rest": SETTLED,
    "take back": refund_begun("test"),
}


@pytest.mark.parametrize("ours", [None, "ours"])
@pytest.mark.parametrize("deed", list(DEEDS.values()), ids=DEEDS)
def test_under_somebody_else_s_lease_nothing_is_written(
    sale_in: Callable[[str], Sale], deed: Decision, ours: str | None
) -> None:
    sale = sale_in("paid" if deed.access else "charging")
    change(sale, lease=ours)
    context = context_of(sale)
    change(sale, lease="theirs")
    before = (stored(sale), stored(context.access), history(sale), alerts())
    with pytest.raises(LostRace):
        apply(context, deed)
    assert (stored(sale), stored(context.access), history(sale), alerts()) == before


@pytest.mark.parametrize("deed", list(DEEDS.values()), ids=DEEDS)
def test_once_the_lease_is_let_go_its_former_holder_writes_nothing(
    sale_in: Callable[[str], Sale], deed: Decision
) -> None:
    sale = sale_in("paid" if deed.access else "charging")
    change(sale, lease="ours")
    context = context_of(sale)
    change(sale, lease=None)
    before = stored(sale)
    with pytest.raises(LostRace):
        apply(context, deed)
    assert stored(sale) == before


def alerts() -> int:
    with reading() as session:
        return session.scalars(sa.select(sa.func.count()).select_from(Alert)).one()


ACCESS_DEEDS: dict[str, Callable[[Any, Access], None]] = {
    "actual": lambda session, access: record_actual(session, access, "enabled", due_in=None),
    "unknown": record_unknown,
}


@pytest.mark.parametrize("deed", list(ACCESS_DEEDS.values()), ids=ACCESS_DEEDS)
def test_under_somebody_else_s_lease_an_access_stays_as_it_is(
    sale_in: Callable[[str], Sale], deed: Callable[[Any, Access], None]
) -> None:
    access = read(Access, sale_in("paid").access_id)
    with writing() as session:
        assert hold_access(session, access)
    change(access, lease="theirs")
    before = stored(access)
    with pytest.raises(LostRace), writing() as session:
        deed(session, access)
    assert stored(access) == before


def test_of_rivals_for_an_access_one_holds_it(app: Flask, sale_in: Callable[[str], Sale]) -> None:
    access_id = sale_in("paid").access_id
    held: list[str] = []

    def hold() -> None:
        access = read(Access, access_id)
        with writing() as session:
            if not hold_access(session, access):
                raise LostRace
        held.append(str(access.lease))

    assert race(app, [hold] * RIVALS).count(True) == 1
    assert [read(Access, access_id).lease] == held
