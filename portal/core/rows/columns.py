"""Know what a record's columns hold and how they are written, past the ORM.

It takes longer than the database does, and so does building a statement: one is built once for
each shape of it, which columns, and how each of them is set.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any, TypeVar, cast

from sqlalchemy import (
    Column,
    Insert,
    String,
    Table,
    Update,
    bindparam,
    case,
    insert,
    null,
    update,
)
from sqlalchemy.orm import ClassManager, class_mapper

from portal.core.records import Base, from_now

R = TypeVar("R", bound=Base)
NULL, VALUE, MOMENT = "null", "value", "moment"
MOST_SHAPES = 512


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
    lengths = _lengths_of(record)
    return {
        name: value[: lengths.get(name)] if isinstance(value, str) else value
        for name, value in values.items()
    }


@cache
def _lengths_of(record: type[Base]) -> dict[str, int | None]:
    return {c.key: c.type.length for c in table_of(record).c if isinstance(c.type, String)}


def note_written(record: Base, values: Mapping[str, Any]) -> None:
    """Have a record that belongs to no session hold what was written of it past the ORM."""
    # SQLAlchemy's attributes would note each as a change to be written later.
    vars(record).update(values)


@dataclass(frozen=True)
class FromNow:
    """Set a column to so many seconds from now, by the database's clock."""

    seconds: float


@dataclass(frozen=True)
class WhileStill:
    """Set a column to so many seconds from now, None for never, while another holds a value.

    Where the other holds something else by the time of writing, the column is set to now.
    """

    column: str
    value: str
    seconds: float | None


@dataclass(frozen=True)
class Conditional:
    """Stand for a `WhileStill` in a shape."""

    column: str
    never: bool


Kind = str | Conditional
Shape = tuple[tuple[str, Kind], ...]


def described(side: str, values: Mapping[str, Any]) -> tuple[Shape, dict[str, Any]]:
    """Give the shape of these values, and them as parameters, whose names begin with `side`."""
    shape: list[tuple[str, Kind]] = []
    sent: dict[str, Any] = {}
    for name, value in values.items():
        kind = type(value)
        if value is None:
            shape.append((name, NULL))
        elif kind is FromNow:
            shape.append((name, MOMENT))
            sent[f"{side}_{name}"] = value.seconds
        elif kind is WhileStill:
            shape.append((name, Conditional(value.column, value.seconds is None)))
            sent[f"{side}_{name}_while"] = value.value
            if value.seconds is not None:
                sent[f"{side}_{name}"] = value.seconds
        else:
            shape.append((name, VALUE))
            sent[f"{side}_{name}"] = value
    return tuple(shape), sent


@lru_cache(maxsize=MOST_SHAPES)
def update_of(record: type[Base], where: Shape, values: Shape, prefix: str = "") -> Update:
    """Build an update; its parameters begin with `where` and `set`, after the prefix."""
    columns = table_of(record).c
    conditions = [
        columns[name].is_(None)
        if kind == NULL
        else columns[name] == _slot(f"{prefix}where", name, kind, columns)
        for name, kind in where
    ]
    new = {name: _slot(f"{prefix}set", name, kind, columns) for name, kind in values}
    return update(table_of(record)).where(*conditions).values(new)


@lru_cache(maxsize=MOST_SHAPES)
def insert_of(record: type[Base], values: Shape, prefix: str = "", rows: int = 1) -> Insert:
    """Build an insert; its parameters begin with `set`, after the prefix.

    Of several rows, which get their numbers in this order, each has its own: `set`, `set1`, `set2`.
    """
    columns = table_of(record).c
    new = [
        {name: _slot(f"{prefix}set{row or ''}", name, kind, columns) for name, kind in values}
        for row in range(rows)
    ]
    return insert(table_of(record)).values(new if rows > 1 else new[0]).inline()


def _slot(side: str, name: str, kind: Kind, columns: Any) -> Any:
    parameter = f"{side}_{name}"
    if isinstance(kind, Conditional):
        other = columns[kind.column]
        still = other == bindparam(f"{parameter}_while", type_=other.type)
        return case((still, null() if kind.never else from_now(name=parameter)), else_=from_now())
    if kind == NULL:
        # A plain None would be a parameter, called as the same column of another part is.
        return null()
    if kind == MOMENT:
        return from_now(name=parameter)
    return bindparam(parameter, type_=columns[name].type)
