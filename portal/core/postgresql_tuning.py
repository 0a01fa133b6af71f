"""PostgreSQL's connections spared every round trip that tells nothing."""

from __future__ import annotations

import select
from time import monotonic
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.engine import Connection
from sqlalchemy.exc import InvalidatePoolError

# Firewalls forget connections that say nothing for minutes.
QUIET_SECONDS = 30.0
LAST_USED = "last_used"


def tune(engine: Engine) -> None:
    """Replace connections that the server has ended, and read without a transaction.

    Such a connection has something to read, its end at least; asking the server itself is left
    for those and for connections that have lain idle.
    """

    def on_checkout(raw: Any, record: Any, _proxy: Any) -> None:
        if monotonic() - record.info[LAST_USED] < QUIET_SECONDS and not _has_spoken(raw):
            return
        try:
            engine.dialect.do_ping(raw)
        except engine.dialect.loaded_dbapi.Error:
            raise InvalidatePoolError from None

    event.listen(engine, "connect", _note_use)
    event.listen(engine, "checkout", on_checkout)
    event.listen(engine, "begin", _on_begin)
    event.listen(engine, "checkin", _on_checkin)


def _on_begin(connection: Connection) -> None:
    if connection.get_execution_options().get("reads"):
        raw: Any = connection.connection.driver_connection
        raw.autocommit = True


def _on_checkin(raw: Any, record: Any) -> None:
    if raw is not None and not raw.closed:
        raw.autocommit = False
    _note_use(raw, record)


def _note_use(_raw: Any, record: Any) -> None:
    record.info[LAST_USED] = monotonic()


def _has_spoken(raw: Any) -> bool:
    """Whether the server sent something unasked."""
    poll = select.poll()
    poll.register(raw, select.POLLIN)
    return bool(poll.poll(0))
