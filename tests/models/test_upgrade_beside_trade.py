"""Upgrade a PostgreSQL that is traded with: no transaction of a sale is ended for it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import flask_migrate
import psycopg2
import pytest
import sqlalchemy as sa
from alembic.script import ScriptDirectory
from flask import Flask

from config import ROOT
from portal.cli.refusals import BUSY
from portal.core import migrations
from portal.core.database import named, reading
from portal.core.extensions import db
from portal.core.schema import giving_way
from tests.support.databases.admin import Databases
from tests.support.databases.migrated import copy_postgresql
from tests.support.patience import wait_until
from tests.support.shop import SECRETS, Shop, open_shop

# Those that follow lock what they change.
BEFORE = "0046"
# As whoever changes a row does.
CHANGE = "LOCK TABLE {} IN ROW EXCLUSIVE MODE"
WAITING = "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = '{}'::regclass"
LOCKED = re.compile(r"LOCK TABLE (.+) IN ACCESS EXCLUSIVE")
CREATED = re.compile(r"CREATE TABLE (\w+)")
CHANGED = re.compile(r"(?:ALTER TABLE|REFERENCES) (\w+)")


@pytest.fixture
def shop(postgres: Databases, tmp_path: Path) -> Iterator[Shop]:
    """A shop that has sold, on a database of before."""
    url = copy_postgresql(postgres, SECRETS)
    with open_shop(tmp_path, url) as shop, shop.app.app_context():
        assert shop.buy("key-1").status_code == 200
        migrations.prepare(shop.app)
        flask_migrate.downgrade(revision=BEFORE)
        yield shop
    postgres.drop_database(url)


@contextmanager
def trade(app: Flask) -> Iterator[Any]:
    """A transaction of somebody who trades, as the version before goes on to."""
    url = db.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    with closing(psycopg2.connect(url)) as connection, connection.cursor() as cursor:
        yield cursor
        connection.commit()


def upgrade(app: Flask) -> None:
    with app.app_context():
        flask_migrate.upgrade()


def is_upgraded() -> bool:
    with reading() as session:
        return not migrations.is_behind(session)


def is_waiting_for(table: str) -> bool:
    with reading() as session:
        return bool(session.scalar(sa.text(WAITING.format(table))))


@pytest.mark.parametrize(("first", "second"), [("company", "sale"), ("sale", "company")])
def test_who_holds_one_table_gets_the_other(shop: Shop, first: str, second: str) -> None:
    """Whichever of them a transaction comes to first, while the upgrade waits for it."""
    with ThreadPoolExecutor(1) as pool, trade(shop.app) as cursor:
        cursor.execute(CHANGE.format(first))
        upgrading = pool.submit(upgrade, shop.app)
        wait_until(lambda: is_waiting_for(first), "the upgrade waits")
        cursor.execute(CHANGE.format(second))
        cursor.connection.commit()
        upgrading.result()
    assert is_upgraded()
    assert shop.buy("key-2").status_code == 200


def test_an_upgrade_that_never_gets_its_turn_says_so(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(giving_way, "PATIENCE_SECONDS", 0.1)
    with trade(shop.app) as cursor:
        cursor.execute(CHANGE.format("sale"))
        with pytest.raises(SystemExit):
            flask_migrate.upgrade()
        cursor.execute("SELECT count(*) FROM sale")
    assert BUSY.format(named(db.engine.url)) in caplog.text
    assert not is_upgraded()
    flask_migrate.upgrade()
    assert is_upgraded()


def test_what_a_migration_changes_is_locked_before(shop: Shop) -> None:
    """A table that is changed or referred to is locked first, unless it is made there."""
    sent: list[str] = []

    def note(_on: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        sent.append(statement)

    for script in newer_migrations():
        sent.clear()
        sa.event.listen(db.engine, "before_cursor_execute", note)
        flask_migrate.upgrade(revision=script)
        sa.event.remove(db.engine, "before_cursor_execute", note)
        assert unlocked("\n".join(sent)) == set(), script


def newer_migrations() -> list[str]:
    found = ScriptDirectory(str(ROOT / "migrations")).walk_revisions(base=BEFORE)
    return [script.revision for script in reversed(list(found)) if script.revision != BEFORE]


def unlocked(statements: str) -> set[str]:
    locked = {table for said in LOCKED.findall(statements) for table in said.split(", ")}
    changed = set(CHANGED.findall(statements)) - {"alembic_version"}
    return changed - locked - set(CREATED.findall(statements))
