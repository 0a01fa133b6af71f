"""Read whole records past the ORM, which takes longer to load one than a database to find it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any, TypeVar

from sqlalchemy import Column
from sqlalchemy.orm import ClassManager, class_mapper

from portal.core.records import Base
from portal.core.rows.shapes import table_of

R = TypeVar("R", bound=Base)


def columns_of(record: type[Base]) -> tuple[Column[Any], ...]:
    """Give the columns to select, from which `loaded` makes the record."""
    return tuple(table_of(record).c)


def loaded(record: type[R], row: Sequence[Any], start: int = 0) -> R:
    """Give the record whose columns begin at `start` of the row. It belongs to no session."""
    manager, names = _plan_of(record)
    found: R = manager.new_instance()
    vars(found).update(zip(names, row[start : start + len(names)], strict=True))
    return found


@cache
def _plan_of(record: type[Base]) -> tuple[ClassManager[Any], tuple[str, ...]]:
    return class_mapper(record).class_manager, tuple(table_of(record).c.keys())
