"""Short database sessions: the connection goes back before anything outside is asked."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from flask import current_app
from sqlalchemy import Engine
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from portal.core import postgresql_tuning, sqlite_tuning
from portal.core.extensions import db

AFTER_COMMIT = "after_commit"


class Engines:
    """The engine as readers and as writers use it.

    On SQLite the writers of this process stand in line. A reader has no transaction: no question
    of ours relies on another having seen the same, and PostgreSQL is spared two round trips.
    """

    def __init__(self, engine: Engine) -> None:
        embedded = engine.dialect.name == "sqlite"
        self.reader = engine.execution_options(reads=True)
        self._writer = engine.execution_options(writes=True)
        self._line = threading.RLock() if embedded else None

    @contextmanager
    def turn_to_write(self) -> Iterator[Engine]:
        """Wait for a turn; whoever waits too long goes on, and SQLite refuses."""
        held = self._line is not None and self._line.acquire(timeout=sqlite_tuning.PATIENCE_SECONDS)
        try:
            yield self._writer
        finally:
            if held and self._line is not None:
                self._line.release()


@contextmanager
def reading() -> Iterator[Session]:
    """A session that only reads. Rows stay usable after it; the connection does not."""
    with Session(_engines().reader, expire_on_commit=False) as session:
        yield session


@contextmanager
def writing() -> Iterator[Session]:
    """A session in a transaction that commits at the end, or rolls back when it raises."""
    with (
        _engines().turn_to_write() as engine,
        Session(engine, expire_on_commit=False) as session,
    ):
        with session.begin():
            yield session
        for deed in session.info.get(AFTER_COMMIT, ()):
            deed()


def after_commit(session: Session, deed: Callable[[], object]) -> None:
    """Have it done once what this session wrote is committed, and only then."""
    session.info.setdefault(AFTER_COMMIT, []).append(deed)


def _engines() -> Engines:
    """Those of this application."""
    found: Engines | None = current_app.extensions.get("engines")
    return found or current_app.extensions.setdefault("engines", Engines(db.engine))


def insert_new(session: Session, record: type[Any], values: dict[str, Any]) -> bool:
    """Insert a row, unless one stands that a constraint keeps it apart from; whether it was new."""
    dialect = session.get_bind().dialect.name
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    result: Any = session.execute(insert(record).values(values).on_conflict_do_nothing())
    return bool(result.rowcount)


def tune(engine: Engine) -> None:
    """Set up what each database needs to serve many at once."""
    (sqlite_tuning if engine.dialect.name == "sqlite" else postgresql_tuning).tune(engine)
