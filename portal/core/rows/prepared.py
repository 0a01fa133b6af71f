"""Carry out statements as PostgreSQL does them fastest: compiled here once, and planned there once.

Past SQLAlchemy's engine, which takes longer for one than PostgreSQL does, each goes as one message
and is a transaction by itself. On SQLite, which has neither trips nor plans to spare, they go as
all others do.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from contextlib import closing
from functools import lru_cache
from itertools import count
from typing import Any

from sqlalchemy import Engine, Executable, Select
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import ConnectionPoolEntry

from portal.core.database import asking, execute_alone, lending, server

MOST_STATEMENTS = 512
PARAMETER = re.compile(r"%\((\w+)\)s|%%")
# What a connection no longer has, or has already: a pooler shares it out. And a table was changed.
UNKNOWN_NAME, NAME_TAKEN, PLAN_IS_OLD = "26000", "42P05", "0A000"


class FoundRow:
    """Hold a row: its values by place, and by name where names differ."""

    __slots__ = ("_places", "_values")

    def __init__(self, values: Sequence[Any], places: Mapping[str, int]) -> None:
        self._values, self._places = values, places

    def __getitem__(self, place: slice) -> Sequence[Any]:
        return self._values[place]

    def __getattr__(self, name: str) -> Any:
        return self._values[self._places[name]]


def find(query: Select[Any], values: Mapping[str, Any]) -> Any:
    """Give the first row of what is asked, None where there is none. Raises DBAPIError."""
    engine = server()
    if engine is not None:
        statement = prepared(query, engine.dialect)
        return statement.first(statement.run(engine, values))
    with asking() as connection:
        return connection.execute(query, values).first()


def find_all(query: Select[Any], values: Mapping[str, Any]) -> Sequence[Any]:
    """Give the rows of a query that was built once, planned by these values. Raises DBAPIError."""
    engine = server()
    if engine is not None:
        planned = compiled(query, engine.dialect)
        return planned.all(planned.run(engine, values))
    with asking() as connection:
        return connection.execute(query, values).all()


def execute_at_once(statement: Executable, values: Mapping[str, Any]) -> Sequence[Any]:
    """Execute a statement that was built once, as `execute_alone` does; give its rows.

    PostgreSQL plans it each time: by these values, not for any, and so by its partial indexes.
    Raises DBAPIError.
    """
    engine = server()
    if engine is None:
        return execute_alone(statement, values)
    planned = compiled(statement, engine.dialect)
    return planned.all(planned.run(engine, values))


@lru_cache(maxsize=MOST_STATEMENTS)
def prepared(statement: Select[Any], dialect: Dialect) -> Prepared:
    """Compile a statement, once for all connections."""
    return Prepared(statement, dialect)


@lru_cache(maxsize=MOST_STATEMENTS)
def compiled(statement: Executable, dialect: Dialect) -> Prepared:
    """Compile a statement that is planned anew each time."""
    return Prepared(statement, dialect, is_planned_once=False)


class Prepared:
    """Hold a statement in PostgreSQL's words, and how its values are sent and read."""

    def __init__(self, statement: Any, dialect: Dialect, *, is_planned_once: bool = True) -> None:
        compiled: Any = statement.compile(
            dialect=dialect, compile_kwargs={"render_postcompile": True}
        )
        self.text = str(compiled)
        self.is_planned_once = is_planned_once
        # By what it says: where a pooler shares connections out, others' statements lie there too.
        self.name = f"portal_{hashlib.sha256(self.text.encode()).hexdigest()[:24]}"
        found = [match[1] for match in PARAMETER.finditer(self.text) if match[1]]
        # Each place is a parameter of its own: its type is told by where it stands.
        self.preparation = f"PREPARE {self.name} AS {_numbered(self.text)}"
        slots = ", ".join(f"%({name})s" for name in found)
        self.execution = f"EXECUTE {self.name} ({slots})" if found else f"EXECUTE {self.name}"
        self._defaults: dict[str, Any] = dict(compiled.params)
        self._senders = _processors(
            {name: bind.type for name, bind in compiled.binds.items()}, dialect, "bind_processor"
        )
        # What an update sets by itself, as the moment of the change.
        self._touched = {column.key: column.onupdate for column in compiled.update_prefetch}
        columns = list(statement.exported_columns)
        types = {place: column.type for place, column in enumerate(columns)}
        self._readers = _processors(types, dialect, "result_processor", None)
        self._places = {str(column.key): place for place, column in enumerate(columns)}

    def run(self, engine: Engine, values: Mapping[str, Any]) -> list[Any]:
        """Carry it out in a transaction of its own; give its rows. Raises DBAPIError."""
        driver: Any = engine.dialect.loaded_dbapi
        parameters = self.parameters(values)
        try:
            with lending(engine).lent() as record:
                return self._rows(record, parameters)
        except driver.Error as error:
            is_lost = engine.dialect.is_disconnect(error, None, None)
            raise DBAPIError.instance(
                self.text, None, error, driver.Error, connection_invalidated=is_lost
            ) from error

    def _rows(self, record: ConnectionPoolEntry, parameters: dict[str, Any]) -> list[Any]:
        raw: Any = record.dbapi_connection
        with closing(raw.cursor()) as cursor:
            _execute(self, cursor, record.info, parameters)
            rows: list[Any] = [] if cursor.description is None else cursor.fetchall()
            return rows

    def parameters(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Give all values as the driver takes them."""
        found = self._defaults | dict(values)
        for name, touch in self._touched.items():
            found[name] = touch.arg(None)
        for name, send in self._senders:
            if found[name] is not None:
                found[name] = send(found[name])
        return found

    def first(self, rows: Sequence[Sequence[Any]]) -> FoundRow | None:
        """Read the first row, if there is one."""
        return self._row(rows[0]) if rows else None

    def all(self, rows: Sequence[Sequence[Any]]) -> list[FoundRow]:
        """Read all rows."""
        return [self._row(row) for row in rows]

    def _row(self, row: Sequence[Any]) -> FoundRow:
        values = list(row)
        for place, read in self._readers:
            values[place] = read(values[place])
        return FoundRow(values, self._places)


def _processors(types: Mapping[Any, Any], dialect: Dialect, kind: str, *more: Any) -> list[Any]:
    found = (
        (name, getattr(each.dialect_impl(dialect), kind)(dialect, *more))
        for name, each in types.items()
    )
    return [(name, process) for name, process in found if process is not None]


def _numbered(text: str) -> str:
    numbers = count(1)
    return PARAMETER.sub(lambda match: f"${next(numbers)}" if match[1] else "%", text)


def _execute(
    statement: Prepared, cursor: Any, known: dict[Any, Any], parameters: dict[str, Any]
) -> None:
    """Execute what the connection has prepared; where it has not after all, say it whole.

    Either is refused before anything is done.
    """
    if not statement.is_planned_once:
        cursor.execute(statement.text, parameters)
        return
    try:
        if statement.name not in known:
            cursor.execute(statement.preparation)
            known[statement.name] = True
        cursor.execute(statement.execution, parameters)
    except cursor.connection.Error as error:
        if error.pgcode not in (UNKNOWN_NAME, NAME_TAKEN, PLAN_IS_OLD):
            raise
        cursor.execute(statement.text, parameters)
