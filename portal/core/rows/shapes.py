"""Build a statement once for each shape of it: which columns, and how each of them is set.

To build one takes SQLAlchemy several times longer than a database to carry it out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import Insert, Update, bindparam, case, insert, null, update

from portal.core.records import Base, from_now
from portal.core.rows.columns import table_of

NULL, VALUE, MOMENT = "null", "value", "moment"
MOST_SHAPES = 512


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
