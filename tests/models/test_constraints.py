"""Prove that the database itself refuses what must never be, whoever asks: rows are inserted as
plain SQL.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa
from flask import Flask

from portal.core.database import reading, writing
from portal.core.extensions import db
from portal.core.records import Base
from portal.models import Alert, Outage, WebhookEvent, utc_now
from portal.models.sale import STATES
from portal.models.sale_states import UNDECIDED
from tests.api.admin.sold import make_sale
from tests.support.tenants import make_tenant, make_user

# Each database keeps constraints in its own words.
pytestmark = pytest.mark.each_database

Row = tuple[str, Any]
UNIQUE, CHECK, NOT_NULL, FOREIGN_KEY = "unique", "check", "not null", "foreign key"
MESSAGES = {
    UNIQUE: ("UNIQUE constraint failed", "unique constraint"),
    CHECK: ("CHECK constraint failed", "check constraint"),
    NOT_NULL: ("NOT NULL constraint failed", "not-null constraint"),
    FOREIGN_KEY: ("FOREIGN KEY constraint failed", "foreign key constraint"),
}
# What makes the copy of a row a good row of its own.
FRESH: dict[str, dict[str, Any]] = {
    "company": {},
    "router": {},
    "plan": {"active": False},
    "gateway_account": {"current": False, "version": 2},
    "access": {"name_digest": "other", "wanted": "enabled", "actual": "enabled"},
    "sale": {"idempotency_key": "key:other", "order_id": None, "state": "delivered"},
    "admin_user": {"email": "other@example.com"},
    "api_key": {"token_digest": "other"},
    "alert": {"subject": "other"},
    "webhook_event": {"event_id": "other"},
    "outage": {},
}
LATER, EARLIER = "2031-01-01 00:00:00", "2021-01-01 00:00:00"


@pytest.fixture(scope="module")
def rows(app: Flask) -> Iterator[dict[str, Row]]:
    """A row of each table, as (name of its key, key); the application is entered."""
    with app.app_context():
        furnish(app)
        yield {table: first_row(table) for table in FRESH}


def furnish(app: Flask) -> None:
    tenant = make_tenant(app)
    sale = make_sale(app, tenant, utc_now(), "opened", order_id="ord_1")
    make_user(app, tenant.company_id)
    about = {"company_id": tenant.company_id}
    with writing() as session:
        session.add(Alert(kind="parked", subject=sale, message="x", **about))
        session.add(WebhookEvent(event_id="evt_1", type="order.paid", body="{}", **about))
        hours = {"starts_at": utc_now(), "ends_at": utc_now() + timedelta(hours=1)}
        session.add(Outage(router_id=tenant.router_id, **hours))


def first_row(table: str) -> Row:
    [key] = Base.metadata.tables[table].primary_key
    with reading() as session:
        return key.name, session.execute(sa.select(key).order_by(key)).scalars().first()


def insert_copy(rows: dict[str, Row], table: str, **changes: Any) -> None:
    """Insert a copy of the table's row with these changes, and take it back again."""
    key, of = rows[table]
    described = Base.metadata.tables[table]
    values = FRESH[table] | changes
    if not isinstance(described.c[key].type, sa.Integer):
        values = {key: f"x{uuid4().hex[:10]}"} | values
    names = [column.name for column in described.c if column.name in values or column.name != key]
    sources = [f":{name}" if name in values else f'"{name}"' for name in names]
    quoted = ", ".join(f'"{name}"' for name in names)
    statement = (
        f'INSERT INTO "{table}" ({quoted}) SELECT {", ".join(sources)} FROM "{table}"'
        f' WHERE "{key}" = :of_row'
    )
    with db.engine.connect() as connection, connection.begin() as transaction:
        assert connection.execute(sa.text(statement), values | {"of_row": of}).rowcount == 1
        transaction.rollback()


def refused(rows: dict[str, Row], why: str, table: str, **changes: Any) -> None:
    with pytest.raises(sa.exc.IntegrityError) as caught:
        insert_copy(rows, table, **changes)
    assert any(message in str(caught.value.orig) for message in MESSAGES[why])


def value(rows: dict[str, Row], table: str, column: str) -> Any:
    key, of = rows[table]
    described = Base.metadata.tables[table]
    with reading() as session:
        return session.scalar(sa.select(described.c[column]).where(described.c[key] == of))


@pytest.mark.parametrize("table", list(FRESH))
def test_a_good_row_is_taken(rows: dict[str, Row], table: str) -> None:
    insert_copy(rows, table)


@pytest.mark.parametrize(
    ("table", "changes"),
    [
        ("sale", {"state": "maybe"}),
        ("sale", {"state": ""}),
        ("sale", {"cancel_reason": "bored"}),
        ("sale", {"amount": 0}),
        ("sale", {"amount": -2000}),
        ("sale", {"amount_refunded": -1}),
        ("sale", {"currency": "EUR"}),
        ("access", {"wanted": "open"}),
        ("access", {"wanted": "unknown"}),
        ("access", {"actual": "perhaps"}),
        ("access", {"kind": "voucher"}),
        ("access", {"duration_from": "never"}),
        ("plan", {"amount": 0}),
        ("plan", {"amount": -1}),
        ("plan", {"currency": "mxn"}),
        ("plan", {"duration_seconds": 60}),
        ("plan", {"duration_from": "purchase"}),
        ("plan", {"duration_seconds": 0, "duration_from": "purchase"}),
        ("plan", {"duration_seconds": 60, "duration_from": "never"}),
        ("plan", {"data_limit": 0}),
        ("plan", {"max_devices": 0}),
        ("router", {"port": 0}),
        ("router", {"port": 65536}),
        ("router", {"tls": "some"}),
        ("gateway_account", {"mode": "real"}),
        ("gateway_account", {"version": 0}),
        ("company", {"refund_after_minutes": 0}),
        ("admin_user", {"role": "root"}),
        ("admin_user", {"role": "super_admin"}),
        ("admin_user", {"company_id": None}),
        ("outage", {"starts_at": LATER, "ends_at": EARLIER}),
    ],
)
def test_values_that_cannot_be(rows: dict[str, Row], table: str, changes: dict[str, Any]) -> None:
    refused(rows, CHECK, table, **changes)


@pytest.mark.parametrize("state", STATES)
def test_every_state_is_known_to_the_database(rows: dict[str, Row], state: str) -> None:
    insert_copy(rows, "sale", state=state, device="other")


def test_one_idempotency_key_a_router(rows: dict[str, Row]) -> None:
    key = value(rows, "sale", "idempotency_key")
    refused(rows, UNIQUE, "sale", idempotency_key=key)
    with db.engine.begin() as connection:
        other = make_router(connection, rows)
    insert_copy(rows, "sale", idempotency_key=key, router_id=other)


def make_router(connection: sa.Connection, rows: dict[str, Row]) -> str:
    routers = Base.metadata.tables["router"]
    row = connection.execute(sa.select(routers).where(routers.c.id == rows["router"][1]))
    other = dict(row.mappings().one()) | {"id": f"RTR_{uuid4().hex[:8]}"}
    connection.execute(sa.insert(routers).values(**other))
    return str(other["id"])


@pytest.mark.parametrize("state", STATES)
def test_one_undecided_sale_a_device_and_router(rows: dict[str, Row], state: str) -> None:
    if state in UNDECIDED:
        refused(rows, UNIQUE, "sale", state=state)
    else:
        insert_copy(rows, "sale", state=state)
    insert_copy(rows, "sale", state=state, device="other")
    with db.engine.begin() as connection:
        other = make_router(connection, rows)
    insert_copy(rows, "sale", state=state, router_id=other)


@pytest.mark.parametrize(
    "column", ["router_id", "device", "idempotency_key", "amount", "state", "access_id"]
)
def test_a_sale_leaves_none_of_these_out(rows: dict[str, Row], column: str) -> None:
    refused(rows, NOT_NULL, "sale", **{column: None})


def test_one_sale_an_order(rows: dict[str, Row]) -> None:
    refused(rows, UNIQUE, "sale", order_id="ord_1")


@pytest.mark.parametrize(
    ("wanted", "actual"),
    [("enabled", "enabled"), ("disabled", "unknown"), ("absent", "unknown"), ("enabled", "absent")],
)
def test_one_hotspot_name_a_router_while_it_stands(
    rows: dict[str, Row], wanted: str, actual: str
) -> None:
    with db.engine.begin() as connection:
        statement = "UPDATE access SET name_digest = 'taken', wanted = :wanted, actual = :actual"
        connection.execute(sa.text(statement), {"wanted": wanted, "actual": actual})
        other = make_router(connection, rows)
    refused(rows, UNIQUE, "access", name_digest="taken")
    insert_copy(rows, "access", name_digest="other")
    insert_copy(rows, "access", name_digest="taken", router_id=other)
    insert_copy(rows, "access", name_digest="taken", wanted="absent", actual="absent")


def test_a_name_is_free_again_once_its_user_is_gone(rows: dict[str, Row]) -> None:
    with db.engine.begin() as connection:
        statement = "UPDATE access SET name_digest = 'gone', wanted = 'absent', actual = 'absent'"
        connection.execute(sa.text(statement))
    insert_copy(rows, "access", name_digest="gone")


@pytest.mark.parametrize(
    ("table", "changes"),
    [
        ("gateway_account", {"version": 1}),
        ("gateway_account", {"current": True}),
        ("api_key", {"token_digest": ("api_key", "token_digest")}),
        ("admin_user", {"email": ("admin_user", "email")}),
        ("alert", {"subject": ("alert", "subject")}),
        ("webhook_event", {"event_id": "evt_1"}),
        ("plan", {"active": True}),
    ],
)
def test_what_there_is_once(rows: dict[str, Row], table: str, changes: dict[str, Any]) -> None:
    known = {
        name: value(rows, *source) if isinstance(source, tuple) else source
        for name, source in changes.items()
    }
    refused(rows, UNIQUE, table, **known)


@pytest.mark.parametrize(
    "column",
    ["company_id", "router_id", "plan_id", "gateway_account_id", "access_id"],
)
def test_a_sale_refers_to_what_exists(rows: dict[str, Row], column: str) -> None:
    nobody = 999_999 if column == "plan_id" else "nobody"
    refused(rows, FOREIGN_KEY, "sale", **{column: nobody})


def test_there_is_one_deployment(rows: dict[str, Row]) -> None:
    with pytest.raises(sa.exc.IntegrityError), db.engine.begin() as connection:
        connection.execute(
            sa.text("INSERT INTO deployment SELECT 2, name, created_at FROM deployment")
        )


def test_money_is_whole_centavos_everywhere(rows: dict[str, Row]) -> None:
    columns = [column for table in Base.metadata.sorted_tables for column in table.c]
    assert not [column for column in columns if isinstance(column.type, sa.Float)]
    amounts = {str(c): c.type for c in columns if "amount" in c.name or "price" in c.name}
    assert {"sale.amount", "sale.amount_refunded", "plan.amount"} <= amounts.keys()
    assert all(isinstance(kind, sa.Integer) for kind in amounts.values())
