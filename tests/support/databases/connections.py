"""Keep an application's connections open for the next one on the same database.

To connect costs PostgreSQL a process, which reads all of its catalogues anew: more than what most
tests ask of it.
"""

from __future__ import annotations

import select
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import psycopg2
from sqlalchemy import URL, Engine, event, make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoneIsFree

from portal.core.database import lending

MOST_KEPT = 4
OPENED_WITH = "opened with"
_kept: dict[Any, KeptConnections] = {}


class KeptConnections:
    """Those of one database that nobody uses.

    What a test's applications give back none of its others is given: it may have changed what a
    connection begins with.
    """

    def __init__(self, url: str) -> None:
        self._place = _place(url)
        self._given_back: list[tuple[Any, Any]] = []
        self._ready: list[tuple[Any, Any]] = []
        _kept[self._place] = self

    def __iter__(self) -> Iterator[Any]:
        return (connection for _, connection in self._ready)

    def close(self) -> None:
        """Close them all, and keep no more."""
        _kept.pop(self._place, None)
        for _, connection in (*self._given_back, *self._ready):
            connection.close()

    def take(self, parameters: dict[str, Any]) -> Any:
        """Give one that was opened with these parameters; None where there is none."""
        while self._ready:
            found, connection = self._ready.pop()
            if found == parameters and not connection.closed and not _has_spoken(connection):
                return connection
            connection.close()
        return None

    def give_back(self, parameters: dict[str, Any], connection: Any) -> None:
        """Keep one that no transaction is open on."""
        self._given_back.append((parameters, connection))

    def make_ready(self) -> None:
        """Make those that were given back as new, once their test is over."""
        for parameters, connection in self._given_back:
            if len(self._ready) < MOST_KEPT and _is_as_new(connection):
                self._ready.append((parameters, connection))
            else:
                connection.close()
        self._given_back.clear()


def lend_connections(engine: Engine) -> None:
    """Let the engine use what is kept of its database, which makes no difference to it."""
    if kept := _kept_of(engine):

        def connect(_dialect: Any, record: Any, _words: Any, parameters: dict[str, Any]) -> Any:
            record.info[OPENED_WITH] = dict(parameters)
            return kept.take(parameters)

        event.listen(engine, "do_connect", connect)


def take_connections_back(engine: Engine) -> None:
    """Keep the connections that the engine has free, where its database's are kept."""
    if kept := _kept_of(engine):
        # What cannot be used any more is not kept.
        with suppress(DBAPIError, NoneIsFree):
            for lent in [engine.raw_connection() for _ in range(lending(engine).checkedin())]:
                opened_with, connection = lent.info[OPENED_WITH], lent.driver_connection
                lent.detach()
                kept.give_back(opened_with, connection)
    engine.dispose()


def _kept_of(engine: Engine) -> KeptConnections | None:
    return _kept.get(_place(engine.url))


def _place(url: str | URL) -> tuple[str | None, int | None, str | None]:
    found = make_url(url)
    return found.host, found.port, found.database


def _is_as_new(connection: Any) -> bool:
    """Make it as a new one is; False where it is of no use any more."""
    try:
        # Which discards all: settings, roles, what is prepared, listened for, locked or temporary.
        connection.reset()
    except psycopg2.Error:
        return False
    connection.notices.clear()
    connection.notifies.clear()
    return True


def _has_spoken(connection: Any) -> bool:
    """Whether the server sent something unasked, such as that it ends it."""
    poll = select.poll()
    poll.register(connection, select.POLLIN)
    return bool(poll.poll(0))
