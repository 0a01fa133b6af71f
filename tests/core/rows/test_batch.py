"""Test that a batch is written whole or not at all, and in one trip where there are trips."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from portal.core.database import reading
from portal.core.leases import LostRace
from portal.core.records import utc_now
from portal.core.rows.batch import RowBatch
from portal.core.rows.columns import FromNow, WhileStill, columns_of, loaded
from portal.models import Access, Plan, Router, Sale, SaleMove
from tests.support.databases.queries import recorded_queries
from tests.support.shop import Shop

pytestmark = pytest.mark.each_database


@pytest.fixture
def sale(shop: Shop) -> Sale:
    shop.buy()
    return shop.sales()[0]


def moves(shop: Shop, sale: Sale) -> list[str]:
    return shop.history(sale.id)


def renaming(sale: Sale, guard: dict[str, Any]) -> RowBatch:
    """A move, the plan and the sale changed; the sale has to be as `guard` says."""
    batch = RowBatch()
    batch.add(SaleMove, {"sale_id": sale.id, "to_state": "refunding", "actor": "test"})
    batch.change(Plan, {"id": sale.plan_id}, {"name": "Otro"})
    batch.change(Sale, {"id": sale.id} | guard, {"plan_name": "Otro"}, must_stand=True)
    return batch


def test_all_is_written_in_one_statement_where_the_database_takes_several(
    shop: Shop, sale: Sale
) -> None:
    done: list[str] = []
    with shop.app.app_context(), recorded_queries(shop.app) as statements:
        batch = renaming(sale, {"lease": None, "state": "delivered"})
        batch.afterwards(lambda: done.append("done"))
        batch.send()
        assert len(statements) == (1 if is_postgresql() else 3)
        with reading() as session:
            assert session.get_one(Plan, sale.plan_id).name == "Otro"
            move = session.scalars(sa.select(SaleMove).order_by(SaleMove.id.desc())).first()
    assert move is not None
    assert (move.to_state, move.reason) == ("refunding", None)
    assert abs((move.at - utc_now()).total_seconds()) < 60
    assert shop.sales()[0].plan_name == "Otro"
    assert done == ["done"]


def is_postgresql() -> bool:
    with reading() as session:
        return session.get_bind().dialect.name == "postgresql"


@pytest.mark.parametrize("alone", [True, False])
def test_nothing_is_written_where_a_row_is_not_as_it_must_be(
    shop: Shop, sale: Sale, *, alone: bool
) -> None:
    before = moves(shop, sale)
    batch = renaming(sale, {"lease": "somebody's"})
    batch.afterwards(lambda: pytest.fail("nothing was written"))
    if not alone:
        batch.also(lambda session: session.execute(sa.text("SELECT 1")))
    with shop.app.app_context():
        with pytest.raises(LostRace):
            batch.send()
        with reading() as session:
            assert session.get_one(Plan, sale.plan_id).name != "Otro"
    assert moves(shop, sale) == before


def test_of_two_rows_that_must_stand_both_have_to(shop: Shop, sale: Sale) -> None:
    for lease, name in (("somebody's", "Uno"), (None, "Dos")):
        batch = RowBatch()
        batch.change(Access, {"id": sale.access_id, "lease": lease}, {"mac": name}, must_stand=True)
        batch.change(Sale, {"id": sale.id, "lease": None}, {"plan_name": name}, must_stand=True)
        with shop.app.app_context():
            if lease:
                with pytest.raises(LostRace):
                    batch.send()
            else:
                batch.send()
        kept = (shop.accesses()[0].mac, shop.sales()[0].plan_name)
        assert kept == (("Dos", "Dos") if lease is None else (sale.mac, sale.plan_name))


def test_nothing_is_written_where_a_constraint_stands_against_a_part(
    shop: Shop, sale: Sale
) -> None:
    batch = renaming(sale, {})
    batch.add(SaleMove, {"sale_id": "nobody's", "to_state": "paid", "actor": "test"})
    with shop.app.app_context():
        with pytest.raises(IntegrityError):
            batch.send()
        with reading() as session:
            assert session.get_one(Plan, sale.plan_id).name != "Otro"


def test_what_is_done_along_is_in_the_same_transaction(shop: Shop, sale: Sale) -> None:
    def refuse(session: Any) -> None:
        assert session.get_one(Plan, sale.plan_id).name == "Otro"
        raise ZeroDivisionError

    batch = renaming(sale, {})
    batch.also(refuse)
    with shop.app.app_context():
        with pytest.raises(ZeroDivisionError):
            batch.send()
        with reading() as session:
            assert session.get_one(Plan, sale.plan_id).name != "Otro"


@pytest.mark.parametrize(
    ("seconds", "was", "due"),
    [(60, True, 60), (60, False, 0), (None, True, None), (None, False, 0)],
)
def test_a_moment_goes_by_what_another_column_holds(
    shop: Shop, sale: Sale, seconds: float | None, *, was: bool, due: float | None
) -> None:
    batch = RowBatch()
    still = WhileStill("wanted", "enabled" if was else "absent", seconds)
    changes = {"next_attempt_at": still, "lease_until": FromNow(0)}
    batch.change(Access, {"id": sale.access_id}, changes)
    with shop.app.app_context():
        batch.send()
    access = shop.accesses()[0]
    if due is None:
        assert access.next_attempt_at is None
    else:
        assert access.lease_until is not None
        assert access.next_attempt_at is not None
        later = (access.next_attempt_at - access.lease_until).total_seconds()
        assert later == pytest.approx(due, abs=0.1)


def test_a_record_that_is_read_past_the_orm_is_the_same(shop: Shop, sale: Sale) -> None:
    for record, row_id in ((Sale, sale.id), (Router, sale.router_id), (Plan, sale.plan_id)):
        with shop.app.app_context(), reading() as session:
            query = sa.select(sa.literal("x"), *columns_of(record)).where(record.id == row_id)
            row = session.connection().execute(query).one()
            mapped = session.get_one(record, row_id)
            found = loaded(record, row, 1)
            for column in columns_of(record):
                assert getattr(found, column.key) == getattr(mapped, column.key), column.key
    assert found.created_at.tzinfo is not None
