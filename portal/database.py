"""Short database sessions: the connection goes back before anything outside is asked."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import current_app
from sqlalchemy import Engine, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session

from portal.extensions import db

BUSY_TIMEOUT = "PRAGMA busy_timeout=10000"
PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    BUSY_TIMEOUT,
)
PATIENCE_SECONDS = 5.0
LOOK_SECONDS = 0.001


class Writers:
    """The engine that writes, and on SQLite the line in which this process' writers stand."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine.execution_options(writes=True)
        self._line = threading.RLock() if engine.dialect.name == "sqlite" else None

    @contextmanager
    def turn(self) -> Iterator[Engine]:
        """Wait for a turn; whoever waits too long goes on, and SQLite refuses."""
        held = self._line is not None and self._line.acquire(timeout=PATIENCE_SECONDS)
        try:
            yield self.engine
        finally:
            if held and self._line is not None:
                self._line.release()


@contextmanager
def reading() -> Iterator[Session]:
    """A session that only reads. Rows stay usable after it; the connection does not."""
    with Session(db.engine, expire_on_commit=False) as session:
        yield session


@contextmanager
def writing() -> Iterator[Session]:
    """A session in a transaction that commits at the end, or rolls back when it raises."""
    with (
        _writers().turn() as engine,
        Session(engine, expire_on_commit=False) as session,
        session.begin(),
    ):
        yield session


def _writers() -> Writers:
    """Those of this application."""
    found: Writers | None = current_app.extensions.get("writers")
    return found or current_app.extensions.setdefault("writers", Writers(db.engine))


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
    if not connection.get_execution_options().get("writes"):
        connection.exec_driver_sql("BEGIN")
        return
    raw: Any = connection.connection.driver_connection
    raw.execute("PRAGMA busy_timeout=0").close()
    try:
        if not _take_lock(raw):
            connection.exec_driver_sql("BEGIN IMMEDIATE")
    finally:
        raw.execute(BUSY_TIMEOUT).close()


def _take_lock(raw: Any) -> bool:
    """Begin to write as soon as no other process does; False when none made way in time.

    SQLite's own waiting sleeps for up to 0.1 s between two looks: a process whose writers
    follow each other closely would keep another's out for seconds.
    """
    until = time.monotonic() + PATIENCE_SECONDS
    while not _begins(raw):
        if time.monotonic() > until:
            return False
        time.sleep(LOOK_SECONDS)
    return True


def _begins(raw: Any) -> bool:
    try:
        raw.execute("BEGIN IMMEDIATE").close()
    except sqlite3.OperationalError:
        return False
    return True
