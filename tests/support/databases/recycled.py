"""Empty a PostgreSQL database after a test for the next, instead of making one for each.

To copy one and to drop it costs ten times as much as a few deletions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from secrets import token_hex
from typing import Any

import psycopg2

from tests.support.databases.admin import Databases
from tests.support.databases.connections import KeptConnections
from tests.support.databases.migrated import RENAME
from tests.support.patience import PATIENCE

# So that what is deleted but still takes room never grows to much.
MOST_USES = 50
ALEMBIC = "alembic_version"
TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> %s"
# What pg_stat_activity asks, without the names that it looks up.
END_OTHERS = """
    SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_get_activity(NULL)
    WHERE datid = (SELECT oid FROM pg_database WHERE datname = current_database())
        AND pid <> pg_backend_pid() AND pid <> ALL(%s)
"""
# Whatever is done to a table, its columns, constraints or triggers writes a row of these anew.
CATALOGUES = {
    "pg_class": "TRUE",
    "pg_attribute": "attrelid >= 16384",
    "pg_constraint": "TRUE",
    "pg_trigger": "TRUE",
    "pg_proc": "pronamespace = 'public'::regnamespace",
    "pg_db_role_setting": "TRUE",
}
SCHEMA = " UNION ALL ".join(
    f"SELECT count(*), sum(hashtext(xmin::text)) FROM {name} WHERE {which}"
    for name, which in CATALOGUES.items()
)
START_OVER = """
    SELECT setval(format('%I.%I', schemaname, sequencename)::regclass, start_value, FALSE)
    FROM pg_sequences WHERE last_value IS NOT NULL
"""


class Recycled:
    """One database, used over and over; its own connection to it is open all the while."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._uses = 0
        self._connection = psycopg2.connect(url, connect_timeout=int(PATIENCE))
        self._connection.autocommit = True
        # As a replica its triggers rest, those that mind references and the trail among them. Set
        # once: whatever is prepared would be planned anew.
        self._execute("SET session_replication_role = replica")
        self._kept = KeptConnections(url)
        self._tables = [name for (name,) in self._ask(TABLES, ALEMBIC)]
        filled = " UNION ALL ".join(
            f"SELECT '{table}' WHERE EXISTS (SELECT FROM {table})" for table in self._tables
        )
        # To plan these takes longer than to carry them out.
        for name, query in (("schema", SCHEMA), ("filled", filled), ("start_over", START_OVER)):
            self._execute(f"PREPARE {name} AS {query}")
        self._schema = self._ask("EXECUTE schema")
        self._rows = {
            table: self._ask(f"SELECT row_to_json(t)::text FROM {table} t")
            for table in self._tables
        }

    def close(self) -> None:
        self._kept.close()
        self._connection.close()

    def empty(self) -> bool:
        """Make it as it was when it was new; False where it will not be."""
        self._uses += 1
        if self._uses >= MOST_USES:
            return False
        with suppress(psycopg2.Error):
            self._kept.make_ready()
            self._ask(END_OTHERS, [one.get_backend_pid() for one in self._kept])
            if self._ask("EXECUTE schema") != self._schema:
                return False
            self._fill()
            return True
        return False

    def _fill(self) -> None:
        statements = [f"DELETE FROM {table}" for (table,) in self._ask("EXECUTE filled")]
        values = []
        for table, rows in self._rows.items():
            for (row,) in rows:
                statements.append(
                    f"INSERT INTO {table} OVERRIDING SYSTEM VALUE"
                    f" SELECT * FROM json_populate_record(NULL::{table}, %s)"
                )
                values.append(row)
        statements.append(RENAME.format(token_hex(6)))
        self._execute("; ".join(["BEGIN", *statements, "COMMIT"]), *values)
        self._ask("EXECUTE start_over")

    def _execute(self, statement: str, *values: Any) -> None:
        with self._connection.cursor() as cursor:
            cursor.execute(statement, values or None)

    def _ask(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        with self._connection.cursor() as cursor:
            cursor.execute(query, values or None)
            rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows


class Recycling:
    """Databases of a server that are given to one test after another."""

    def __init__(self, databases: Databases, make: Callable[[], str]) -> None:
        self._databases, self._make = databases, make
        self._free: list[Recycled] = []

    @contextmanager
    def database(self) -> Iterator[str]:
        """The address of one that is as if just made."""
        lent = self._free.pop() if self._free else Recycled(self._make())
        try:
            yield lent.url
        finally:
            if lent.empty():
                self._free.append(lent)
            else:
                lent.close()
                self._databases.drop_database(lent.url)

    def close(self) -> None:
        """Close the connections to them."""
        for free in self._free:
            free.close()
