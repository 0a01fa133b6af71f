"""Know what a record's columns hold, past the ORM, which takes longer than the database does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, TypeVar, cast

from sqlalchemy import Column, ColumnElement, String, Table
from sqlalchemy.orm import ClassManager, class_mapper

from portal.core.records import Base

R = TypeVar("R", bound=Base)


def table_of(record: type[Base]) -> Table:
    """Give the table behind a record."""
    return cast(Table, record.__table__)


def columns_of(record: type[Base]) -> tuple[Column[Any], ...]:
    """Give the columns to select, from which `loaded` makes the record."""
    return tuple(table_of(record).c)


def loaded(record: type[R], row: Sequence[Any], start: int = 0) -> R:
    """Give the record whose columns begin at `start` of the row. It belongs to no session."""
    manager, names = _plan_of(record)
    found: R = manager.new_instance()
    vars(found).update(zip(names, row[start : start + len(names)], strict=True))
    return found


def new_record(record: type[R], **values: Any) -> R:
    """Make a record that only `statements.add_record` or a batch will write.

    SQLAlchemy's own constructor notes each value as a change to be written later.
    """
    found: R = _plan_of(record)[0].new_instance()
    vars(found).update(values)
    return found


@cache
def _plan_of(record: type[Base]) -> tuple[ClassManager[Any], tuple[str, ...]]:
    return class_mapper(record).class_manager, tuple(table_of(record).c.keys())


def filled(record: Base) -> dict[str, Any]:
    """Give a record that was just made its defaults, and what all of its columns hold."""
    # Past SQLAlchemy's attributes, which would note each as a change to be written later.
    known = vars(record)
    _, names = _plan_of(type(record))
    if not known.keys() >= set(names):
        known |= {c.key: default_of(c) for c in columns_of(type(record)) if c.key not in known}
    return {name: known[name] for name in names}


def defaults_of(record: type[Base], known: Mapping[str, Any]) -> dict[str, Any]:
    """Give what the columns that have a default hold where nobody has set them."""
    return {c.key: default_of(c) for c in _defaulted(record) if c.key not in known}


def touched_by_update(record: type[Base], known: Mapping[str, Any]) -> dict[str, Any]:
    """Give what an update sets in columns that it does not name."""
    return {c.key: c.onupdate.arg(None) for c in _touched(record) if c.key not in known}


@cache
def _defaulted(record: type[Base]) -> tuple[Column[Any], ...]:
    return tuple(column for column in table_of(record).c if column.default is not None)


@cache
def _touched(record: type[Base]) -> tuple[Any, ...]:
    return tuple(column for column in table_of(record).c if column.onupdate is not None)


def default_of(column: Column[Any]) -> Any:
    """Give what a column of a new record holds that nobody has set."""
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
