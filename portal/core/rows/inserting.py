"""Insert rows unless others stand in their place, on either database."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session


def insert_new(session: Session, record: type[Any], values: dict[str, Any]) -> bool:
    """Insert a row, unless one stands that a constraint keeps it apart from; whether it was new."""
    result: Any = session.execute(_insert(session, record).values(values).on_conflict_do_nothing())
    return bool(result.rowcount)


def insert_those_new(
    session: Session, record: type[Any], rows: Sequence[dict[str, Any]]
) -> set[Any]:
    """Insert rows as `insert_new` does each of them, in one statement; the ids of the new ones."""
    statement = (
        _insert(session, record).values(list(rows)).on_conflict_do_nothing().returning(record.id)
    )
    return set(session.scalars(statement)) if rows else set()


def insert_from(
    session: Session, record: type[Any], columns: Sequence[str], rows: Select[Any]
) -> int:
    """Insert what a query finds, as `insert_new` does a row, in one statement; how many were new.

    The query needs a condition: without one, SQLite takes what follows for part of it.
    """
    statement = _insert(session, record).from_select(list(columns), rows, include_defaults=False)
    result: Any = session.execute(statement.on_conflict_do_nothing())
    return int(result.rowcount)


def write_over(session: Session, record: type[Any], values: dict[str, Any]) -> None:
    """Insert a row, or write these values into the one that stands under its primary key."""
    keys = [column.name for column in record.__table__.primary_key]
    others = {name: value for name, value in values.items() if name not in keys}
    statement = _insert(session, record).values(values)
    session.execute(statement.on_conflict_do_update(index_elements=keys, set_=others))


def _insert(session: Session, record: type[Any]) -> Any:
    """Begin an INSERT of the session's database, which knows what to do on a conflict."""
    is_postgresql = session.get_bind().dialect.name == "postgresql"
    return (postgresql.insert if is_postgresql else sqlite.insert)(record)
