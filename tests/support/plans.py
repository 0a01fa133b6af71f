"""Hold what the application asks of a filled PostgreSQL to reads by index.

    with asked_of(app) as asked:          # an application on PostgreSQL, tables filled
        panel.get("/panel/ventas")        # or claims.claim(60.0), or a call of the API
    assert faults(app, asked) == []

The statements are the real ones, as SQLAlchemy sent them. Each is run once more under EXPLAIN
ANALYZE, in their order, on one connection and in a transaction that is undone. A fault is a
sentence that names the statement: it reads a big table from end to end, one step of it reads more
rows than `Bounds.rows`, it sorts more than `Bounds.sorted_rows`, or it looks at more pages than
`Bounds.pages`, which also shows what an index passes over without giving it out.

What a claim leases in the block is leased when it is explained, so that another row is claimed
then: have several due. `filling/` fills tables in seconds; `Statistics` lets PostgreSQL know of
them what it knows right after a restore, or later.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg2
from flask import Flask
from sqlalchemy import Engine, event

from portal.core.extensions import db
from portal.core.rows.prepared import Prepared
from tests.support.databases.queries import TRANSACTIONS

# A table of fewer pages is read whole as quickly as by any index.
BIG_PAGES = 40
SETTINGS = ("SET", "RESET")
SORTS = ("Sort", "Incremental Sort")
LONGEST = 700
ANALYZED = "EXPLAIN (ANALYZE, BUFFERS, TIMING OFF, FORMAT JSON) "
PLANNED = "EXPLAIN (FORMAT JSON) "
Plan = dict[str, Any]


@dataclass(frozen=True)
class Asked:
    """A statement with its parameters, as the driver was given both."""

    statement: str
    parameters: Any

    @property
    def is_setting(self) -> bool:
        return self.statement.lstrip().upper().startswith(SETTINGS)


@dataclass(frozen=True)
class Bounds:
    """How many rows one step may read and one sort may order, and of how many pages, at most.

    `counted`: how many it may read off an index alone, as a count does. `whole`: tables that are
    read from end to end, since most of what is in them is wanted.
    """

    rows: int = 1000
    sorted_rows: int = 1000
    pages: int = 5000
    counted: int = 1000
    whole: frozenset[str] = frozenset()


@contextmanager
def asked_of(app: Flask) -> Iterator[list[Asked]]:
    """Collect what the application asks of its database, transactions left out."""
    found: list[Asked] = []

    def note(_on: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        if not statement.lstrip().upper().startswith(TRANSACTIONS):
            # Of a statement for many rows the first row's are enough.
            first = parameters[0] if isinstance(parameters, list) else parameters
            found.append(Asked(statement, first))

    def run(statement: Prepared, on: Engine, values: Mapping[str, Any]) -> list[Any]:
        found.append(Asked(statement.text, statement.parameters(values)))
        return plain(statement, on, values)

    with app.app_context():
        engine = db.engine
    plain, Prepared.run = Prepared.run, run  # type: ignore[method-assign]
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(engine, "before_cursor_execute", note)
        Prepared.run = plain  # type: ignore[method-assign]


def faults(app: Flask, asked: Sequence[Asked], bounds: Bounds | None = None) -> list[str]:
    """Tell what of it is no read by index within the bounds, a sentence each. Nothing is kept."""
    if not asked:
        raise ValueError("nothing was asked of the database")
    allowed = bounds or Bounds()
    with _connection(app) as connection, connection.cursor() as cursor:
        big = _big_tables(cursor) - allowed.whole
        found = [
            f"{fault}: {_shortened(one.statement)}"
            for one in asked
            for fault in _faults_of(_plan(cursor, one), big, allowed)
        ]
        connection.rollback()
    return list(dict.fromkeys(found))


class Statistics:
    """What PostgreSQL knows of tables that were just filled.

    To gather it anew takes a second: it is done only where it was forgotten.
    """

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._are_known = True

    def are(self, *, known: bool) -> None:
        """Let it know what it always does, or as little as right after a restore."""
        if known is not self._are_known:
            (gather_statistics if known else forget_statistics)(self._app)
            self._are_known = known


def gather_statistics(app: Flask, tables: str = "") -> None:
    """Have the planner know all tables, or these, and index-only scans what all may see."""
    _execute(app, f"VACUUM ANALYZE {tables}")


def forget_statistics(app: Flask) -> None:
    """Leave the planner as it is after a restore: it knows nothing of any table but its size."""
    ours = "(SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace)"
    _execute(app, f"DELETE FROM pg_statistic WHERE starelid IN {ours}")
    _execute(
        app,
        "UPDATE pg_class SET reltuples = -1, relpages = 0, relallvisible = 0"
        " WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace",
    )


def keep_statistics(app: Flask) -> None:
    """Keep the server from gathering statistics by itself, halfway through a test."""
    with _connection(app) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        for (table,) in cursor.fetchall():
            cursor.execute(f'ALTER TABLE "{table}" SET (autovacuum_enabled = false)')
        connection.commit()


@contextmanager
def _connection(app: Flask) -> Iterator[Any]:
    """One of the application's own, as it stands between two of its transactions."""
    with app.app_context(), closing(db.engine.raw_connection()) as connection:
        yield connection


def _execute(app: Flask, statement: str) -> None:
    with _connection(app) as connection, connection.cursor() as cursor:
        connection.driver_connection.autocommit = True
        cursor.execute(statement)


def _big_tables(cursor: Any) -> set[str]:
    """Go by the files, since what the catalogue says may be nothing."""
    cursor.execute(
        "SELECT relname FROM pg_class WHERE relkind IN ('r', 'm')"
        " AND relnamespace = 'public'::regnamespace AND pg_relation_size(oid)"
        " >= %s * current_setting('block_size')::int",
        (BIG_PAGES,),
    )
    return {name for (name,) in cursor.fetchall()}


def _plan(cursor: Any, asked: Asked) -> Plan | None:
    """Explain it, and undo it; None where there is nothing to plan."""
    if asked.is_setting:
        cursor.execute(asked.statement, asked.parameters or None)
        return None
    cursor.execute("SAVEPOINT before")
    try:
        cursor.execute(ANALYZED + asked.statement, asked.parameters)
    except (psycopg2.IntegrityError, psycopg2.DataError):
        # What was inserted cannot be so again, nor changed from what it is no more: but planned.
        cursor.execute("ROLLBACK TO SAVEPOINT before")
        cursor.execute(PLANNED + asked.statement, asked.parameters)
    except psycopg2.ProgrammingError as error:
        raise RuntimeError(f"{asked.statement}: {error}") from error
    plan: Plan = cursor.fetchone()[0][0]["Plan"]
    cursor.execute("ROLLBACK TO SAVEPOINT before")
    return plan


def _faults_of(plan: Plan | None, big: set[str], bounds: Bounds) -> Iterator[str]:
    if plan is None:
        return
    for node in _nodes(plan):
        table = node.get("Relation Name", "")
        if node["Node Type"] == "Seq Scan" and node.get("Actual Loops", 1) and table in big:
            yield f"reads all of {table}"
        elif table and (rows := _read(node)) > _most(node, bounds):
            yield f"reads {rows:,} rows of {table} by {_way(node)}"
        if node["Node Type"] in SORTS and (rows := _sorted(node)) > bounds.sorted_rows:
            yield f"sorts {rows:,} rows"
    if (pages := _pages(plan)) > bounds.pages:
        yield f"looks at {pages:,} pages"


def _nodes(plan: Plan) -> Iterator[Plan]:
    yield plan
    for child in plan.get("Plans", ()):
        yield from _nodes(child)


def _read(node: Plan) -> int:
    """How many rows it looked at: those that it gave out, and those that it threw away."""
    removed = [value for name, value in node.items() if name.startswith("Rows Removed by")]
    rows = node.get("Actual Rows", 0) + sum(removed)
    return round(float(rows * node.get("Actual Loops", 1)))


def _most(node: Plan, bounds: Bounds) -> int:
    return bounds.counted if node["Node Type"] == "Index Only Scan" else bounds.rows


def _sorted(node: Plan) -> int:
    """How many rows it was given: it may have given out only the first of them."""
    return sum(round(_given_out(child)) for child in node["Plans"])


def _given_out(node: Plan) -> float:
    return float(node.get("Actual Rows", 0) * node.get("Actual Loops", 1))


def _way(node: Plan) -> str:
    return str(node.get("Index Name") or node["Node Type"])


def _pages(plan: Plan) -> int:
    """A node's pages hold those of what lies below it."""
    return int(plan.get("Shared Hit Blocks", 0)) + int(plan.get("Shared Read Blocks", 0))


def _shortened(statement: str) -> str:
    text = " ".join(statement.split())
    return text if len(text) <= LONGEST else f"{text[: LONGEST // 2]} … {text[-LONGEST // 2 :]}"
