"""SQLite made durable, with writers that queue instead of failing."""

from __future__ import annotations

import sqlite3
import time
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.engine import Connection

BUSY_TIMEOUT = "PRAGMA busy_timeout=10000"
PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    BUSY_TIMEOUT,
)
PATIENCE_SECONDS = 5.0
LOOK_SECONDS = 0.001


def tune(engine: Engine) -> None:
    """Begin transactions ourselves, and take the lock at once in those that write.

    The driver's own begin late, which turns two writers into a "database is locked".
    """
    event.listen(engine, "connect", _on_connect)
    event.listen(engine, "begin", _on_begin)


def _on_connect(connection: Any, _record: Any) -> None:
    connection.isolation_level = None
    for pragma in PRAGMAS:
        connection.execute(pragma).close()


def _on_begin(connection: Connection) -> None:
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
        time.sleep(LOOK_SECONDS)
    return True


def _begins(raw: Any) -> bool:
    try:
        raw.execute("BEGIN IMMEDIATE").close()
    except sqlite3.OperationalError:
        return False
    return True
