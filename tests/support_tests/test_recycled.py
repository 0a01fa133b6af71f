"""Prove that a database that had a test before is as one that was just made."""

from __future__ import annotations

from pathlib import Path

import psycopg2
import pytest

from tests.support.databases.admin import Databases, execute, fetch
from tests.support.databases.migrated import copy_postgresql
from tests.support.databases.recycled import ALEMBIC, TABLES, Recycling
from tests.support.shop import SECRETS, open_shop

NAME = "SELECT name FROM deployment"


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
