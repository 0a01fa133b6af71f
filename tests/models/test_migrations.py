"""Test migrations: they end at the models, each can be walked both ways, and no record is lost."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import flask_migrate
import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask

from config import ROOT, load_settings
from portal import create_app
from portal.access.radius.keys import draw_key
from portal.alerts.events import CHOSEN_AT_FIRST
from portal.core.database import writing
from portal.core.extensions import db
from portal.core.migrations import newest, prepare
from portal.core.records import Base, UtcDateTime
from portal.models import Company, Plan, Sale
from portal.models.audit_entry import DEPLOYMENT
from portal.operators import companies
from portal.operators.people import users
from portal.operators.trail.verification import verify
from portal.sales.operator_refund import refund_sale
from tests.support.shop import SECRETS, close_app, open_shop
from tests.support.tenants import ACTOR

# Each database changes its tables in its own way; what becomes of their rows is the same.
in_its_own_way = pytest.mark.each_database

SCRIPTS = ScriptDirectory(str(ROOT / "migrations"))
REVISIONS = [script.revision for script in reversed(list(SCRIPTS.walk_revisions()))]
# What these change is the rows.
DATA_ALONE = {"0013"}
Schema = dict[str, dict[str, Any]]
Contents = dict[str, list[dict[str, Any]]]


@pytest.fixture(scope="module", autouse=True)
def _read_once() -> Iterator[None]:
    """Some hundred walks need not read and compile all migrations each."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ScriptDirectory, "from_config", lambda _config: SCRIPTS)
        yield


@contextmanager
def application(url: str, instance: Path) -> Iterator[Flask]:
    """The application on this database, entered, with nothing migrated."""
    app = create_app(load_settings(SECRETS | {"INSTANCE_PATH": str(instance), "DATABASE_URL": url}))
    prepare(app)
    with app.app_context():
        yield app
    close_app(app)


@pytest.fixture
def app(database_url: str, tmp_path: Path) -> Iterator[Flask]:
    with application(database_url, tmp_path) as app:
        yield app


@pytest.fixture
def migrated_app(migrated_url: str, tmp_path: Path) -> Iterator[Flask]:
    with application(migrated_url, tmp_path) as app:
        yield app


def schema() -> Schema:
    """All that the database says of its tables, in a form that can be compared."""
    return _schema_on_sqlite() if db.engine.dialect.name == "sqlite" else _schema_of()


def _schema_on_sqlite() -> Schema:
    """The same, asked again only of tables that were written in other words when last asked.

    SQLite is asked table by table, some hundred times in a walk of all migrations.
    """
    words: defaultdict[str, list[str]] = defaultdict(list)
    with db.engine.connect() as connection:
        written = "SELECT tbl_name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name"
        for table, text in connection.exec_driver_sql(written):
            words[table].append(text)
    unknown = {table for table, texts in words.items() if (table, *texts) not in _read}
    for table, told in _schema_of(unknown).items() if unknown else ():
        _read[table, *words[table]] = told
    return {
        table: _read[table, *words[table]] for table in sorted(words) if table != "alembic_version"
    }


_read: dict[tuple[str, ...], dict[str, Any]] = {}


def _schema_of(tables: Collection[str] | None = None) -> Schema:
    inspector = sa.inspect(db.engine)
    # Of all tables at once: on PostgreSQL each of these is one question.
    told = {
        "columns": {
            of: _columns(found) for of, found in inspector.get_multi_columns(None, tables).items()
        },
        "primary key": inspector.get_multi_pk_constraint(None, tables),
        "foreign keys": _named(inspector.get_multi_foreign_keys(None, tables)),
        "unique": _named(inspector.get_multi_unique_constraints(None, tables)),
        "checks": _named(inspector.get_multi_check_constraints(None, tables)),
        "indexes": _named(inspector.get_multi_indexes(None, tables)),
    }
    return {
        table: {what: of[_, table] for what, of in told.items()}
        for _, table in sorted(told["columns"])
        if table != "alembic_version"
    }


def _columns(found: list[Any]) -> dict[str, Any]:
    return {
        column["name"]: (str(column["type"]), column["nullable"], column.get("default"))
        for column in found
    }


def _named(found: dict[Any, list[Any]]) -> dict[Any, dict[str, Any]]:
    return {table: _by_name(of) for table, of in found.items()}


def _by_name(found: list[Any]) -> dict[str, Any]:
    return {str(each["name"]): _plain(each) for each in found}


def _plain(value: Any) -> Any:
    """Clauses as their text, so that they can be compared."""
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    return str(value) if isinstance(value, sa.ClauseElement) else value


@in_its_own_way
def test_head_makes_what_the_models_describe(migrated_app: Flask) -> None:
    migrated = schema()
    flask_migrate.downgrade(revision="base")
    assert schema() == {}
    Base.metadata.create_all(db.engine)
    assert schema() == migrated


def test_the_newest_are_those_that_alembic_knows() -> None:
    assert newest() == set(SCRIPTS.get_heads())


@in_its_own_way
def test_alembic_finds_no_difference(migrated_app: Flask) -> None:
    def same_type(_c: Any, _i: Any, _m: Any, found: Any, wanted: Any) -> bool | None:
        moment = isinstance(wanted, UtcDateTime)
        return not isinstance(found, sa.DateTime) if moment else None

    with db.engine.connect() as connection:
        options = {"compare_type": same_type, "compare_server_default": True}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, Base.metadata) == []


def test_there_is_one_line_of_migrations() -> None:
    assert len(SCRIPTS.get_heads()) == len(SCRIPTS.get_bases()) == 1
    assert all(not script.is_merge_point for script in SCRIPTS.walk_revisions())


@in_its_own_way
def test_each_migration_undoes_itself(app: Flask) -> None:
    before = schema()
    for revision in REVISIONS:
        flask_migrate.upgrade(revision=revision)
        after = schema()
        assert revision in DATA_ALONE or after != before
        flask_migrate.downgrade(revision="-1")
        assert schema() == before
        # That this makes the same again is seen where the next one is undone.
        flask_migrate.upgrade(revision=revision)
        before = after
    assert schema() == before


def contents() -> Contents:
    """Every row of every table."""
    keys = sa.inspect(db.engine).get_multi_pk_constraint()
    with db.engine.connect() as connection:
        return {
            table: [dict(row) for row in connection.execute(_in_order(table, key)).mappings()]
            for (_, table), key in keys.items()
            if table != "alembic_version"
        }


def _in_order(table: str, key: Any) -> sa.TextClause:
    return sa.text(f"SELECT * FROM {table} ORDER BY {', '.join(key['constrained_columns'])}")


def columns() -> dict[str, set[str]]:
    """The columns of every table."""
    found = sa.inspect(db.engine).get_multi_columns().items()
    return {
        table: {column["name"] for column in of}
        for (_, table), of in found
        if table != "alembic_version"
    }


def restricted(found: Contents, shared: dict[str, set[str]]) -> Contents:
    """Only these columns of these tables, each state and job spelled as it is today."""
    return {
        table: [{name: _spelled(row[name]) for name in names} for row in found[table]]
        for table, names in shared.items()
    }


def _spelled(value: Any) -> Any:
    """0011 respells one state, 0013 the kinds of jobs."""
    if isinstance(value, str) and value.startswith("round:"):
        return value.replace("round:", "usage_sync:")
    return "canceling" if value == "cancelling" else value


@in_its_own_way
def test_what_was_sold_outlives_the_way_down_to_the_first_migration_and_back(
    tmp_path: Path, migrated_url: str
) -> None:
    with open_shop(tmp_path, migrated_url) as shop, shop.app.app_context():
        reference = shop.buy("key-1", conexion_automatica=True).json["referencia"]
        shop.buy("key-2", token_tarjeta="tok_test_card_declined")
        bought = shop.status(reference).json
        full, had = contents(), columns()
        for revision in reversed(REVISIONS[:-1]):
            flask_migrate.downgrade(revision=revision)
            left, has = contents(), columns()
            shared = {table: had[table] & has[table] for table in had.keys() & has.keys()}
            assert restricted(left, shared) == restricted(full, shared)
            full, had = left, has
        flask_migrate.upgrade()
        assert shop.status(reference).json == bought
        assert shop.buy("key-3").status_code == 200
        assert _dangling() == []


def test_what_was_sold_before_is_known_by_its_parts(tmp_path: Path, migrated_url: str) -> None:
    """0009: a refund had taken all of its purchase, and an access has the speed of its plan."""
    before = SCRIPTS.get_revision("0009").down_revision
    with open_shop(tmp_path, migrated_url) as shop, shop.app.app_context():
        shop.change(Plan, duration_seconds=3600, duration_from="purchase", speed="5 Mbps")
        returned = shop.buy("key-1").json["referencia"]
        refund_sale(returned, "customer asked")
        kept = shop.buy("key-2").json["referencia"]
        flask_migrate.downgrade(revision=before)
        flask_migrate.upgrade()
        taken = {sale.id: (sale.taken_seconds, sale.taken_data) for sale in shop.sales()}
        assert taken == {returned: (3600, None), kept: (None, None)}
        assert [access.speed for access in shop.accesses()] == ["5 Mbps"] * 2


def test_a_sale_in_flight_is_respelled(tmp_path: Path, migrated_url: str) -> None:
    """0011: the state itself, both ends of every move, and what the database lets in."""
    with open_shop(tmp_path, migrated_url) as shop, shop.app.app_context():
        shop.buy("key-1")
        assert shop.buy("key-2", token_tarjeta="tok_test_card_declined").status_code == 402
        shop.gateway.fail("status", "open_order", times=None)
        shop.gateway.fail("cut", "list", times=None)
        assert shop.buy("key-3").status_code == 503
        new = respelled_rows()
        assert new["sale"].count("canceling") == 1
        assert new["sale_move"].count("canceling") == 3
        flask_migrate.downgrade(revision="0010")
        old = respelled_rows()
        assert old == {
            table: ["cancelling" if word == "canceling" else word for word in words]
            for table, words in new.items()
        }
        assert lets_in("cancelling")
        assert not lets_in("canceling")
        flask_migrate.upgrade()
        assert respelled_rows() == new
        assert lets_in("canceling")
        assert not lets_in("cancelling")
        assert _dangling() == []


def test_who_entered_a_bot_hears_of_things_from_then_on(tmp_path: Path, migrated_url: str) -> None:
    """0020: of everything but each sale, and of no sale that was there before."""
    before = SCRIPTS.get_revision("0020").down_revision
    with open_shop(tmp_path, migrated_url) as shop, shop.app.app_context():
        shop.buy("key-1")
        flask_migrate.downgrade(revision=before)
        shop.change(
            Company,
            telegram_notifications=True,
            telegram_chat_id="-100123",
            telegram_bot_token_sealed=b"sealed",
        )
        flask_migrate.upgrade()
        found = contents()
        [channel] = found["alert_channel"]
        assert (channel["kind"], channel["active"]) == ("telegram", True)
        chosen = {row["event"] for row in found["alert_subscription"]}
        assert chosen == {str(event) for event in CHOSEN_AT_FIRST}
        [cursor] = found["alert_cursor"]
        assert cursor["sale_move_id"] == max(row["id"] for row in found["sale_move"])
        assert _dangling() == []


def test_the_trail_is_chained_as_it_stands(tmp_path: Path, migrated_url: str) -> None:
    """0022: what was written before is as safe from then on as what comes after."""
    before = SCRIPTS.get_revision("0022").down_revision
    with open_shop(tmp_path, migrated_url) as shop, shop.app.app_context():
        companies.update(ACTOR, shop.company_id, name="Café Ñandú 🦤", color="#102030")
        users.create_with_company(ACTOR, "ana@example.com", "tres gatos bajo la lluvia", None)
        flask_migrate.downgrade(revision=before)
        flask_migrate.upgrade()
        standing = {state.chain: state for state in verify()}
        assert standing.keys() >= {shop.company_id, DEPLOYMENT}
        assert [state for state in standing.values() if state.broken] == []
        companies.update(ACTOR, shop.company_id, name="Café Ñandú")
        [now] = verify(shop.company_id)
        assert (now.entries, now.broken) == (standing[shop.company_id].entries + 1, None)
        with pytest.raises(sa.exc.IntegrityError), db.engine.begin() as connection:
            connection.execute(sa.text("DELETE FROM audit_entry"))


def test_a_part_that_went_back_before_is_known_as_it_was(tmp_path: Path, migrated_url: str) -> None:
    """0053: all that had come by then, of what is over and was never paid; not what came since."""
    before = SCRIPTS.get_revision("0053").down_revision
    with open_shop(tmp_path, migrated_url) as shop, shop.app.app_context():
        part = {"amount_received": 1500, "cancel_reason": "returned"}
        over = {"state": "canceled", "paid_at": None}
        again = over | {"parked_reason": "amount_mismatch"}
        rest = again | {"amount_received": 2500, "state": "canceling"}
        for key, about in enumerate((over, {}, again, rest)):
            shop.buy(f"key-{key}")
            change = sa.update(Sale).where(Sale.amount_received.is_(None))
            with writing() as session:
                session.execute(change.values(part | about))
        flask_migrate.downgrade(revision=before)
        flask_migrate.upgrade()
        known = [(sale.state, sale.amount_returned) for sale in shop.sales()]
        # 20 would have bought it: so much went back at least.
        assert known == [
            ("canceled", 1500), ("delivered", None), ("canceled", None), ("canceling", 501)
        ]  # fmt: skip


def test_a_key_of_radius_that_was_replaced_has_no_way_back(migrated_app: Flask) -> None:
    """0052: the version before would draw another, which opens nothing that was sold."""
    before = SCRIPTS.get_revision("0052").down_revision
    with writing() as session:
        draw_key(session, "radius-2", 1, is_used=True)
    with pytest.raises(SystemExit):
        flask_migrate.downgrade(revision=before)
    assert [row["id"] for row in contents()["radius_key"]] == ["radius-2"]


def respelled_rows() -> dict[str, list[str]]:
    """The words that stand where 0011 respells."""
    with db.engine.connect() as connection:
        sales = connection.exec_driver_sql("SELECT state FROM sale ORDER BY id")
        found = {"sale": [row.state for row in sales]}
        moves = connection.exec_driver_sql("SELECT from_state, to_state FROM sale_move ORDER BY id")
        return found | {"sale_move": [word for row in moves for word in row]}


def lets_in(word: str) -> bool:
    """Whether the database takes this word for a sale's state."""
    try:
        with db.engine.begin() as connection:
            connection.execute(sa.text("UPDATE sale SET state = :word"), {"word": word})
            raise RollBack
    except RollBack:
        return True
    except sa.exc.IntegrityError:
        return False


class RollBack(Exception):
    """Undo what was only tried."""


def _dangling() -> list[Any]:
    """Rows that refer to nothing; PostgreSQL knows none."""
    if db.engine.dialect.name != "sqlite":
        return []
    with db.engine.connect() as connection:
        return list(connection.exec_driver_sql("PRAGMA foreign_key_check"))


def test_a_new_database_has_a_deployment_of_its_own(app: Flask) -> None:
    names = set()
    for _ in range(2):
        flask_migrate.upgrade(revision=REVISIONS[0])
        [row] = contents()["deployment"]
        assert len(row["name"]) == 12
        names.add(row["name"])
        flask_migrate.downgrade(revision="base")
    assert len(names) == 2


def test_migrating_again_changes_nothing(migrated_app: Flask) -> None:
    before = (schema(), contents())
    flask_migrate.upgrade()
    assert (schema(), contents()) == before


@in_its_own_way
def test_sqlite_still_minds_foreign_keys_afterwards(migrated_app: Flask) -> None:
    flask_migrate.downgrade(revision="-1")
    flask_migrate.upgrade()
    with db.engine.begin() as connection, pytest.raises(sa.exc.IntegrityError):
        connection.exec_driver_sql("UPDATE deployment SET id = 2")
    with pytest.raises(sa.exc.IntegrityError), db.engine.begin() as connection:
        connection.exec_driver_sql(
            "INSERT INTO api_key (id, router_id, token_digest, issued_at, expires_at)"
            " VALUES ('key_1', 'RTR_NOBODY', 'x', '2026-01-01', '2026-01-01')"
        )
