"""Short database sessions: the connection goes back before anything outside is asked."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session

from portal.extensions import db

PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA busy_timeout=10000",
)


@contextmanager
def reading() -> Iterator[Session]:
    """A session that only reads. Rows stay usable after it; the connection does not."""
    with Session(db.engine, expire_on_commit=False) as session:
        yield session


@contextmanager
def writing() -> Iterator[Session]:
    """A session in a transaction that commits at the end, or rolls back when it raises."""
    engine = db.engine.execution_options(writes=True)
    with Session(engine, expire_on_commit=False) as session, session.begin():
        yield session


def insert_new(session: Session, record: type[Any], values: dict[str, Any]) -> bool:
    """Insert a row, unless one stands that a constraint keeps it apart from; whether it was new."""
    dialect = session.get_bind().dialect.name
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    result: Any = session.execute(insert(record).values(values).on_conflict_do_nothing())
    return bool(result.rowcount)


def tune(engine: Engine) -> None:
    """Make SQLite durable, and let its writers queue instead of failing.

    The driver's own transactions begin late, which turns two writers into a "database is
    locked": so we begin them, and those that write take the lock at once.
    """
    if engine.dialect.name != "sqlite":
        return
    event.listen(engine, "connect", _on_connect)
    event.listen(engine, "begin", _on_begin)


def _on_connect(connection: Any, _record: Any) -> None:
    connection.isolation_level = None
    for pragma in PRAGMAS:
        connection.execute(pragma).close()


def _on_begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
