"""Change rows by statements that are built once.

A sale is a handful of updates, and SQLAlchemy takes several times longer to build one than a
database to carry it out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, cast

from sqlalchemy import (
    Column,
    ColumnElement,
    Insert,
    String,
    Table,
    Update,
    bindparam,
    insert,
    text,
    update,
)
from sqlalchemy.orm import Session

from portal.core.records import Base, from_now

NULL, VALUE, MOMENT = "null", "value", "moment"
WHOLE_TABLES = ("enable_seqscan", "enable_hashjoin", "enable_mergejoin")
OFF = text("; ".join(f"SET {name} = off" for name in WHOLE_TABLES))
RESET = text("; ".join(f"RESET {name}" for name in WHOLE_TABLES))
Shape = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class FromNow:
    """Set a column to so many seconds from now, by the database's clock."""

    seconds: float


@contextmanager
def row_by_row(session: Session) -> Iterator[None]:
    """Have PostgreSQL look up each row by an index in the block, where that is known to be best.

    It takes reading a whole table for as quick where it cannot tell how soon enough is found.
    """
    if session.get_bind().dialect.name != "postgresql":
        yield
        return
    session.execute(OFF)
    try:
        yield
    finally:
        # A transaction that failed takes the settings back itself.
        if session.is_active:
            session.execute(RESET)


def change_rows(
    session: Session, record: type[Base], where: Mapping[str, Any], values: Mapping[str, Any]
) -> int:
    """Set columns of the rows whose columns are as `where` says; how many rows there were."""
    statement = _update(record, _shape(where), _shape(values))
    result: Any = session.execute(statement, _sent("where", where) | _sent("set", values))
    rows: int = result.rowcount
    return rows


def add_rows(session: Session, record: type[Base], *rows: Mapping[str, Any]) -> None:
    """Insert rows, all with the same columns; the others are as the record's defaults say."""
    session.execute(_insert(record), rows)


def add_record(session: Session, record: Base, **moments: FromNow) -> None:
    """Insert a record that was just made; it gets its defaults, and never belongs to the session.

    `moments` are columns that only the database's clock can fill.
    """
    columns = table_of(type(record)).c
    # Past SQLAlchemy's attributes, which would note each as a change to be written later.
    known = vars(record)
    known |= {column.key: _default(column) for column in columns if column.key not in known}
    values = {column.key: known[column.key] for column in columns} | moments
    statement = _insert_of(type(record), _shape(values))
    session.execute(statement, _sent("set", values))


def values_of(record: Base, *but: str) -> dict[str, Any]:
    """Give what all columns of a new record hold, defaults filled in, without those named."""
    known = vars(record)
    columns = (column for column in table_of(type(record)).c if column.key not in but)
    return {c.key: known[c.key] if c.key in known else _default(c) for c in columns}


def _default(column: Column[Any]) -> Any:
    default: Any = column.default
    if default is None:
        return None
    return default.arg(None) if default.is_callable else default.arg


def truncate_to_columns(record: type[Base], values: Mapping[str, Any]) -> dict[str, Any]:
    """Cut the texts among the values to what their columns hold.

    For what others say: a sentence of theirs that is too long must not undo what happened.
    """
    columns = table_of(record).c
    return {
        name: value[: _length(columns[name])] if isinstance(value, str) else value
        for name, value in values.items()
    }


def _length(column: ColumnElement[Any]) -> int | None:
    return column.type.length if isinstance(column.type, String) else None


def table_of(record: type[Base]) -> Table:
    """Give the table behind a record."""
    return cast(Table, record.__table__)


def _shape(values: Mapping[str, Any]) -> Shape:
    return tuple((name, _kind(value)) for name, value in values.items())


def _kind(value: Any) -> str:
    return NULL if value is None else MOMENT if isinstance(value, FromNow) else VALUE


def _sent(side: str, values: Mapping[str, Any]) -> dict[str, Any]:
    return {
        f"{side}_{name}": value.seconds if isinstance(value, FromNow) else value
        for name, value in values.items()
        if value is not None
    }


@lru_cache(maxsize=512)
def _update(record: type[Base], where: Shape, values: Shape) -> Update:
    columns = table_of(record).c
    conditions = [
        columns[name].is_(None)
        if kind == NULL
        else columns[name] == _slot("where", name, kind, columns[name])
        for name, kind in where
    ]
    new = {name: _slot("set", name, kind, columns[name]) for name, kind in values}
    return update(table_of(record)).where(*conditions).values(new)


def _slot(side: str, name: str, kind: str, column: ColumnElement[Any]) -> Any:
    if kind == NULL:
        return None
    if kind == MOMENT:
        return from_now(name=f"{side}_{name}")
    return bindparam(f"{side}_{name}", type_=column.type)


@lru_cache(maxsize=512)
def _insert_of(record: type[Base], values: Shape) -> Insert:
    table = table_of(record)
    new = {name: _slot("set", name, kind, table.c[name]) for name, kind in values}
    return insert(table).values(new).inline()


@lru_cache(maxsize=64)
def _insert(record: type[Base]) -> Insert:
    return insert(table_of(record)).inline()
