"""Prove that one claim leases one row, the one whose turn it is, and finds it by an index."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from typing import Any

import psycopg2
import pytest
import sqlalchemy as sa

from portal.core.database import reading, writing
from portal.core.extensions import db
from portal.core.leases import Claim
from portal.models import Access, Company, Job, Sale, WebhookEvent, utc_now
from portal.sales.claims import claim_access, claim_event, claim_job, claim_paid_sale, claim_sale
from portal.worker.dispatcher import money_queue
from tests.support.plans import asked_of
from tests.support.shop import OpenShop, Shop

# Who claims what is one statement, which each database carries out in its own way.
pytestmark = pytest.mark.each_database

MORE, MANY = 20, 5_000
AGO = timedelta(minutes=1)
KINDS: dict[str, tuple[type[Any], Callable[[], Claim | None]]] = {
    "webhook_event": (WebhookEvent, claim_event),
    "job": (Job, claim_job),
    "sale": (Sale, claim_sale),
    "paid sale": (Sale, claim_paid_sale),
    "access": (Access, claim_access),
}
# What two rows of a table must not have in common; `n` numbers the copies.
UNLIKE = {
    "webhook_event": {"id": "1000 + n", "event_id": "'x' || n"},
    "job": {"id": "'attempt_limits:' || n"},
    "sale": {"id": "'x' || n", "device": "'x' || n", "idempotency_key": "'x' || n"},
    "access": {"id": "'x' || n", "name_digest": "'x' || n"},
}


@pytest.fixture
def full_shop(open_a_shop: OpenShop) -> Shop:
    """One row of each kind, of which none is due."""
    shop = open_a_shop()
    shop.buy()
    about = {"company_id": shop.company_id, "event_id": "evt_0", "type": "order.paid"}
    with shop.app.app_context(), writing() as session:
        session.execute(sa.delete(Job))
        session.add_all([WebhookEvent(**about, body="{}"), Job(id="attempt_limits:all")])
    shop.change(Sale, state="paid", order_id=None, next_attempt_at=None)
    shop.change(Access, next_attempt_at=None)
    return shop


# About PostgreSQL's planner: SQLite has no part in it.
on_postgresql = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


@pytest.fixture
def postgres_shop(full_shop: Shop) -> Shop:
    return full_shop


def run_alone(url: str, statement: str) -> None:
    """Outside of any transaction, as VACUUM wants it."""
    with closing(psycopg2.connect(url)) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(statement)


def multiply(url: str, table: str, times: int, due: str = "NULL") -> None:
    """So many copies of a table's one row; `due` is when, in SQL."""
    own = UNLIKE[table] | {"next_attempt_at": due}
    changes = ", ".join(f"'{name}', {value}" for name, value in own.items())
    run_alone(
        url,
        # Made by FROM, once a row: (…).* would make it anew for each column.
        f"INSERT INTO {table} SELECT copy.* FROM generate_series(1, {times}) n, {table} one,"
        f" jsonb_populate_record(one, jsonb_build_object({changes})) copy",
    )


@on_postgresql
@pytest.mark.parametrize("kind", KINDS)
def test_one_claim_leases_one_though_statistics_say_that_there_is_one(
    postgres_shop: Shop, database_url: str, kind: str
) -> None:
    record, claim = KINDS[kind]
    table = record.__tablename__
    run_alone(database_url, f"VACUUM ANALYZE {table}")
    multiply(database_url, table, MORE)
    postgres_shop.change(record, next_attempt_at=utc_now() - AGO)
    with postgres_shop.app.app_context():
        assert claim() is not None
        with reading() as session:
            count = sa.select(sa.func.count()).select_from(record)
            assert session.scalar(count.where(record.lease.is_not(None))) == 1
            assert session.scalar(count) == 1 + MORE


@on_postgresql
@pytest.mark.parametrize("kind", KINDS)
def test_a_claim_on_a_full_table_is_one_index_read(
    postgres_shop: Shop, database_url: str, kind: str
) -> None:
    """Most is due much later or never, as where things have been sold for years."""
    record, claim = KINDS[kind]
    table = record.__tablename__
    later = "CASE WHEN n % 3 = 0 THEN now() + interval '30 days' END"
    multiply(database_url, table, MANY, later)
    run_alone(database_url, f"VACUUM ANALYZE {table}")
    plan = plan_of(postgres_shop, claim)
    assert re.search(r"Index Scan using ix_\w+_due", plan), plan
    assert "Seq Scan" not in plan
    assert "Index Cond: (next_attempt_at <=" in plan


def plan_of(shop: Shop, claim: Callable[[], Claim | None]) -> str:
    """How PostgreSQL goes about the very statement of a claim."""
    with shop.app.app_context(), asked_of(shop.app) as asked:
        claim()
        [one] = [one for one in asked if "UPDATE" in one.statement]
        with db.engine.connect() as connection:
            cursor = connection.connection.cursor()
            cursor.execute(f"EXPLAIN {one.statement}", one.parameters)
            return "\n".join(line for (line,) in cursor.fetchall())


def event_of(company_id: str, number: int, seconds_ago: float) -> WebhookEvent:
    return WebhookEvent(
        company_id=company_id,
        event_id=f"evt_{number}",
        type="order.paid",
        body="{}",
        next_attempt_at=utc_now() - timedelta(seconds=seconds_ago),
    )


def test_companies_take_turns(shop: Shop) -> None:
    """The oldest of each first, however much one has."""
    others = ("EMP_0000000001", "EMP_0000000002")
    with shop.app.app_context():
        with writing() as session:
            session.add_all(Company(id=other, name="Otra") for other in others)
            session.flush()
            session.add_all(event_of(shop.company_id, n, 1000 - n) for n in range(10))
            session.add_all(event_of(others[0], n, 100 - n) for n in range(2))
            session.add(event_of(others[1], 0, 1))
        queue = money_queue()
        taken = [queue.take() for _ in range(13)]
        assert queue.take() is None
    served = [claim.company_id for found in taken if found for claim in found[1:]]
    assert served[:3] == [shop.company_id, *others]
    assert served[3:5] == [shop.company_id, others[0]]
    assert set(served[5:]) == {shop.company_id}
    ids = [claim.id for found in taken if found for claim in found[1:]]
    assert len(set(ids)) == 13


def test_who_holds_a_share_is_passed_over(shop: Shop) -> None:
    with shop.app.app_context():
        with writing() as session:
            session.add(event_of(shop.company_id, 0, 10))
        queue = money_queue()
        assert queue.take(barred={shop.company_id}) is None
        assert queue.take() is not None


def test_who_has_paid_comes_first_and_the_other_kinds_in_turn(shop: Shop) -> None:
    paid, pending = (shop.buy().json["referencia"] for _ in range(2))
    shop.change(Sale, next_attempt_at=utc_now() - AGO)
    shop.change(Access, next_attempt_at=utc_now() - AGO)
    with shop.app.app_context():
        with writing() as session:
            for sale, state in ((paid, "paid"), (pending, "pending")):
                session.execute(sa.update(Sale).where(Sale.id == sale).values(state=state))
            session.add_all(event_of(shop.company_id, n, 5000) for n in range(5))
        queue = money_queue()
        found = [taken for _ in range(9) if (taken := queue.take())]
    kinds = [step.record.__tablename__ for step, _ in found]
    assert kinds[:5] == ["sale", "webhook_event", "sale", "access", "webhook_event"]
    assert [claim.id for step, claim in found if step.record is Sale] == [paid, pending]
    assert len(found) == 9
