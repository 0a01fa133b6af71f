"""Prove that a database that had a test before is as one that was just made."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

import psycopg2
import pytest
from sqlalchemy import text

from portal.core.extensions import db
from tests.support.databases.admin import Databases, execute, fetch
from tests.support.databases.migrated import copy_postgresql
from tests.support.databases.recycled import ALEMBIC, TABLES, Recycling
from tests.support.shop import SECRETS, close_app, make_app, open_shop

NAME = "SELECT name FROM deployment"
LEFT_BEHIND = """
    SET work_mem = '1MB'; PREPARE left_one AS SELECT 1; LISTEN left_one;
    CREATE TEMP TABLE left_one (); SELECT pg_advisory_lock_shared(7)
"""
WHAT_IS_LEFT = (
    "SELECT count(*) FROM pg_prepared_statements",
    "SELECT count(*) FROM pg_listening_channels()",
    "SELECT count(*) FROM pg_class WHERE relname = 'left_one'",
    "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'",
)


@pytest.fixture
def recycling(postgres: Databases) -> Recycling:
    return Recycling(postgres, lambda: copy_postgresql(postgres, SECRETS))


def contents(url: str) -> dict[str, list[str]]:
    """Every row, but for the name that each deployment has for itself."""
    tables = [name for (name,) in fetch(url, TABLES, ALEMBIC)]
    rows = {
        table: [row for (row,) in fetch(url, f"SELECT row_to_json(t)::text FROM {table} t")]
        for table in tables
    }
    return rows | {"deployment": [str(len(rows["deployment"]))]}


def test_nothing_of_a_sale_stays(recycling: Recycling, tmp_path: Path) -> None:
    with recycling.database() as url:
        new, name = contents(url), fetch(url, NAME)
        with open_shop(tmp_path / "a", url) as shop:
            bought = shop.buy("key-1").json
            first = shop.plan_id
        assert contents(url) != new
    with recycling.database() as again:
        assert again == url
        assert contents(again) == new
        assert fetch(again, NAME) != name
        with open_shop(tmp_path / "b", again) as shop:
            # What is counted begins anew, and the trail can still not be changed.
            assert shop.plan_id == first
            assert shop.buy("key-1").json["referencia"] != bought["referencia"]
    recycling.close()


def test_who_is_still_connected_is_sent_away(recycling: Recycling) -> None:
    with recycling.database() as url:
        left = psycopg2.connect(url)
        left.cursor().execute("LOCK TABLE sale")
    with recycling.database() as again:
        assert again == url
    with pytest.raises(psycopg2.OperationalError):
        left.cursor().execute("SELECT 1")
    left.close()
    recycling.close()


@pytest.mark.parametrize(
    "change",
    [
        "ALTER TABLE sale_move RENAME TO gone",
        "DROP TABLE webhook_event",
        "ALTER TABLE audit_entry DISABLE TRIGGER ALL",
        "CREATE FUNCTION more() RETURNS integer LANGUAGE sql AS 'SELECT 1'",
        "ALTER TABLE sale ADD COLUMN more integer",
        "CREATE INDEX more ON sale (amount)",
        "CREATE TABLE more (id integer)",
    ],
)
def test_one_whose_tables_were_changed_is_given_to_nobody(
    change: str, recycling: Recycling
) -> None:
    with recycling.database() as url:
        execute(url, change)
    with recycling.database() as again:
        assert again != url
    recycling.close()


def pids_of(folder: Path, url: str) -> list[int]:
    """The server's processes that answer one application, and what it left behind in each."""
    app = make_app(folder, url)
    with app.app_context(), ExitStack() as stack:
        used = [stack.enter_context(db.engine.connect()) for _ in range(2)]
        pids = [one.scalar(text("SELECT pg_backend_pid()")) for one in used]
        for one in used:
            one.execute(text(LEFT_BEHIND))
            one.commit()
    close_app(app)
    return pids


def test_connections_serve_the_next_test_and_are_as_new(
    recycling: Recycling, tmp_path: Path
) -> None:
    with recycling.database() as url:
        first, second = (pids_of(tmp_path / name, url) for name in "ab")
        # What a connection begins with may have been changed in between.
        assert not {*first} & {*second}
    with recycling.database() as again:
        assert again == url
        app = make_app(tmp_path / "c", again)
        with app.app_context(), db.engine.connect() as connection:
            assert connection.scalar(text("SELECT pg_backend_pid()")) in first + second
            for left in WHAT_IS_LEFT:
                assert connection.scalar(text(left)) == 0, left
            assert connection.scalar(text("SHOW work_mem")) == "4MB"
        close_app(app)
    recycling.close()


def test_what_is_cut_meanwhile_is_not_given(recycling: Recycling, tmp_path: Path) -> None:
    with recycling.database() as url:
        cut = pids_of(tmp_path / "a", url)
    with recycling.database() as again:
        for pid in cut:
            assert fetch(again, "SELECT pg_terminate_backend(%s, 5000)", pid) == [(True,)]
        assert not {*cut} & {*pids_of(tmp_path / "b", again)}
    recycling.close()


def test_one_that_was_opened_otherwise_is_not_given(recycling: Recycling, tmp_path: Path) -> None:
    with recycling.database() as url:
        first = pids_of(tmp_path / "a", url)
    with recycling.database() as again:
        assert not {*first} & {*pids_of(tmp_path / "b", f"{again}?application_name=other")}
    recycling.close()
