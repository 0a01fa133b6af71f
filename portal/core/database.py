"""Open short database sessions, on either database, tuned to serve many at once.

Their connection goes back before anything outside is asked.
"""

from __future__ import annotations

import select
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

from flask import current_app
from sqlalchemy import URL, Engine, Executable, Row, event, make_url
from sqlalchemy.engine import Connection, Dialect
from sqlalchemy.exc import DBAPIError, InterfaceError, InvalidatePoolError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session
from sqlalchemy.pool import ConnectionPoolEntry, QueuePool

from portal.core.extensions import db
from portal.core.instance import open_privately

# What is raised where there is no database to ask, or where it can keep nothing more.
DATABASE_AWAY = (OperationalError, InterfaceError, PoolTimeout)
BEFORE_COMMIT, AFTER_COMMIT = "before_commit", "after_commit"
BUSY_TIMEOUT = "PRAGMA busy_timeout=10000"
PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    BUSY_TIMEOUT,
)
PATIENCE_SECONDS = 5.0
LOCK_LOOK_SECONDS = 0.001
# Firewalls forget connections that say nothing for minutes.
UNPROVED_SECONDS = 30.0
LAST_USED = "last_used"


class LendingPool(QueuePool):
    """Keep connections to a server, and lend one for a statement that is a transaction by itself.

    There is nothing to roll back behind one, and what SQLAlchemy does around any other costs this
    process more than the statement.
    """

    @contextmanager
    def lent(self) -> Iterator[ConnectionPoolEntry]:
        """Lend a connection that is alive. Raises TimeoutError, and what the driver does."""
        record = self._do_get()
        try:
            self._make_ready(record)
            yield record
        except BaseException as error:
            # In the middle of an answer, perhaps, which must not be taken for the next one's.
            if not self._may_go_on(record, error):
                record.invalidate(error)
            raise
        finally:
            if (raw := record.dbapi_connection) is not None:
                _return_postgresql(raw, record)
            self._do_return_conn(record)

    def _make_ready(self, record: Any) -> None:
        raw, dialect = record.get_connection(), cast(Dialect, self._dialect)
        if not _is_alive(raw, record, dialect):
            record.invalidate()
            raw = record.get_connection()
        raw.autocommit = True

    def _may_go_on(self, record: ConnectionPoolEntry, error: BaseException) -> bool:
        dialect: Any = self._dialect
        is_told = isinstance(error, dialect.loaded_dbapi.Error)
        return is_told and not dialect.is_disconnect(error, record.dbapi_connection, None)


class Engines:
    """Give the engine as readers and as writers use it.

    On SQLite the writers of this process stand in line. A reader has no transaction: no question
    of ours relies on another having seen the same, and PostgreSQL is spared two round trips.
    """

    def __init__(self, engine: Engine) -> None:
        self.is_embedded = engine.dialect.name == "sqlite"
        self.server = None if self.is_embedded else engine
        self.reader = engine.execution_options(reads=True)
        self._writer = engine.execution_options(writes=True)
        self._line = threading.RLock() if self.is_embedded else None

    @contextmanager
    def turn_to_write(self) -> Iterator[Engine]:
        """Wait for a turn; whoever waits too long goes on, and SQLite refuses."""
        held = self._line is not None and self._line.acquire(timeout=PATIENCE_SECONDS)
        try:
            yield self._writer
        finally:
            if held and self._line is not None:
                self._line.release()


@contextmanager
def reading() -> Iterator[Session]:
    """Open a session that only reads. Rows stay usable after it; the connection does not."""
    with Session(_engines().reader, expire_on_commit=False) as session:
        yield session


@contextmanager
def asking() -> Iterator[Connection]:
    """Open a connection that only reads, for what needs no records of the session's."""
    with _engines().reader.connect() as connection:
        yield connection


@contextmanager
def writing() -> Iterator[Session]:
    """Open a session in a transaction that commits at the end, or rolls back when it raises."""
    with (
        _engines().turn_to_write() as engine,
        Session(engine, expire_on_commit=False) as session,
    ):
        with session.begin():
            yield session
            for action in session.info.get(BEFORE_COMMIT, ()):
                action()
        for action in session.info.get(AFTER_COMMIT, ()):
            action()


def execute_alone(
    statement: Executable, values: Mapping[str, Any] | None = None
) -> Sequence[Row[Any]]:
    """Execute one statement that is its own transaction, and give its rows.

    PostgreSQL is asked once, not three times: it commits by itself what began by itself.
    """
    engines = _engines()
    if engines.is_embedded:
        with writing() as session:
            return _rows(session.connection().execute(statement, values))
    with engines.reader.connect() as connection:
        return _rows(connection.execute(statement, values))


def _rows(result: Any) -> Sequence[Row[Any]]:
    found: Sequence[Row[Any]] = result.all() if result.returns_rows else ()
    return found


@contextmanager
def writing_rows() -> Iterator[Connection]:
    """Open a connection in a transaction, for what needs no records of a session's."""
    with _engines().turn_to_write() as engine, engine.begin() as connection:
        yield connection


def server() -> Engine | None:
    """Give the engine of a database server; None for SQLite, which works in our own process."""
    return _engines().server


def lending(engine: Engine) -> LendingPool:
    """Give the pool of a database server's engine."""
    assert isinstance(engine.pool, LendingPool)
    return engine.pool


def before_commit(session: Session, action: Callable[[], object]) -> None:
    """Have it done last in this session's transaction.

    What it locks is held for no longer than the commit takes, and nothing is waited for after it.
    """
    session.info.setdefault(BEFORE_COMMIT, []).append(action)


def after_commit(session: Session, action: Callable[[], object]) -> None:
    """Have it done once what this session wrote is committed, and only then."""
    session.info.setdefault(AFTER_COMMIT, []).append(action)


def _engines() -> Engines:
    """Give those of this application."""
    found: Engines | None = current_app.extensions.get("engines")
    return found or current_app.extensions.setdefault("engines", Engines(db.engine))


def named(url: str | URL) -> str:
    """Name a database for people, without its password: `postgresql://portal:***@host/portal`."""
    found = make_url(url)
    return found.set(drivername=found.get_backend_name()).render_as_string(hide_password=True)


def reason(error: DBAPIError) -> str:
    """Give a database's own reason, its first line: without the statement and what was in it."""
    return next(iter(str(error.orig).strip().splitlines()), type(error).__name__)


def tune(engine: Engine) -> None:
    """Set up what each database needs to serve many at once."""
    (_tune_sqlite if engine.dialect.name == "sqlite" else _tune_postgresql)(engine)


def _tune_sqlite(engine: Engine) -> None:
    """Begin transactions ourselves, and take the lock at once in those that write.

    The driver's own begin late, which turns two writers into a "database is locked".
    """
    if (file := engine.url.database) and file != ":memory:":
        event.listen(engine, "do_connect", _opens_privately(Path(file)))
    event.listen(engine, "connect", _open_sqlite)
    event.listen(engine, "begin", _begin_sqlite)


def _opens_privately(file: Path) -> Callable[..., None]:
    """Give what keeps the database its owner's: SQLite itself would make it as the umask says."""
    seen: list[Path] = []

    def on_connect(*_details: Any) -> None:
        if not seen:
            open_privately(file)
            seen.append(file)

    return on_connect


def _open_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None
    for pragma in PRAGMAS:
        connection.execute(pragma).close()


def _begin_sqlite(connection: Connection) -> None:
    options = connection.get_execution_options()
    if options.get("reads"):
        return
    if not options.get("writes"):
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
        time.sleep(LOCK_LOOK_SECONDS)
    return True


def _begins(raw: Any) -> bool:
    try:
        raw.execute("BEGIN IMMEDIATE").close()
    except sqlite3.OperationalError:
        return False
    return True


def _tune_postgresql(engine: Engine) -> None:
    """Replace connections that the server has ended, and read without a transaction.

    Such a connection has something to read, its end at least; asking the server itself is left
    for those and for connections that have lain idle.
    """

    def on_checkout(raw: Any, record: Any, _proxy: Any) -> None:
        if not _is_alive(raw, record, engine.dialect):
            raise InvalidatePoolError

    event.listen(engine, "connect", _note_use)
    event.listen(engine, "checkout", on_checkout)
    event.listen(engine, "begin", _begin_postgresql)
    event.listen(engine, "checkin", _return_postgresql)


def _begin_postgresql(connection: Connection) -> None:
    if connection.get_execution_options().get("reads"):
        raw: Any = connection.connection.driver_connection
        raw.autocommit = True


def _return_postgresql(raw: Any, record: Any) -> None:
    if raw is not None and not raw.closed:
        try:
            raw.autocommit = False
        except raw.Error:
            # It died while it was out.
            record.invalidate()
            return
    _note_use(raw, record)


def _note_use(_raw: Any, record: Any) -> None:
    record.info[LAST_USED] = time.monotonic()


def _is_alive(raw: Any, record: Any, dialect: Dialect) -> bool:
    if time.monotonic() - record.info[LAST_USED] < UNPROVED_SECONDS and not _has_spoken(raw):
        return True
    try:
        dialect.do_ping(raw)
    except dialect.loaded_dbapi.Error:
        return False
    return True


def _has_spoken(raw: Any) -> bool:
    """Tell whether the server sent something unasked."""
    poll = select.poll()
    poll.register(raw, select.POLLIN)
    return bool(poll.poll(0))
