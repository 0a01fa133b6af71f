"""Change rows by statements that are built once.

A sale is a handful of updates, and SQLAlchemy takes several times longer to build one than a
database to carry it out.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from sqlalchemy import Column, ColumnElement, Insert, String, insert
from sqlalchemy.orm import Session

from portal.core.records import Base
from portal.core.rows.shapes import FromNow, insert_of, sent, shape_of, table_of, update_of


def change_rows(
    session: Session, record: type[Base], where: Mapping[str, Any], values: Mapping[str, Any]
) -> int:
    """Set columns of the rows whose columns are as `where` says; how many rows there were."""
    statement = update_of(record, shape_of(where), shape_of(values))
    result: Any = session.execute(statement, sent("where", where) | sent("set", values))
    rows: int = result.rowcount
    return rows


def add_rows(session: Session, record: type[Base], *rows: Mapping[str, Any]) -> None:
    """Insert rows, all with the same columns; the others are as the record's defaults say."""
    session.execute(_insert(record), rows)


def add_record(session: Session, record: Base, **moments: FromNow) -> None:
    """Insert a record that was just made; it gets its defaults, and never belongs to the session.

    `moments` are columns that only the database's clock can fill.
    """
    values = filled(record) | moments
    session.execute(insert_of(type(record), shape_of(values)), sent("set", values))


def filled(record: Base) -> dict[str, Any]:
    """Give a record that was just made its defaults, and what all of its columns hold."""
    # Past SQLAlchemy's attributes, which would note each as a change to be written later.
    known = vars(record)
    for column in table_of(type(record)).c:
        if column.key not in known:
            known[column.key] = _default(column)
    return {column.key: known[column.key] for column in table_of(type(record)).c}


def defaults_of(record: type[Base], known: Mapping[str, Any]) -> dict[str, Any]:
    """Give what the columns that have a default hold where nobody has set them."""
    return {
        column.key: _default(column)
        for column in table_of(record).c
        if column.default is not None and column.key not in known
    }


def touched_by_update(record: type[Base], known: Mapping[str, Any]) -> dict[str, Any]:
    """Give what an update sets in columns that it does not name."""
    columns: list[Any] = [c for c in table_of(record).c if c.onupdate is not None]
    return {c.key: c.onupdate.arg(None) for c in columns if c.key not in known}


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


@lru_cache(maxsize=64)
def _insert(record: type[Base]) -> Insert:
    return insert(table_of(record)).inline()
