"""Change rows by statements that are built once.

A sale is a handful of updates, and SQLAlchemy takes several times longer to build one than a
database to carry it out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import lru_cache
from typing import Any

from sqlalchemy import Insert, insert, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from portal.core.records import Base
from portal.core.rows.columns import (
    FromNow,
    default_of,
    described,
    filled,
    insert_of,
    table_of,
    update_of,
)
from portal.core.rows.prepared import execute_at_once

WHOLE_TABLES = ("enable_seqscan", "enable_hashjoin", "enable_mergejoin")
OFF = text("; ".join(f"SET {name} = off" for name in WHOLE_TABLES))
RESET = text("; ".join(f"RESET {name}" for name in WHOLE_TABLES))


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
    except BaseException:
        # A transaction that failed takes the settings back itself, and refuses to be told.
        with suppress(DBAPIError):
            session.execute(RESET)
        raise
    session.execute(RESET)


def change_rows(
    session: Session, record: type[Base], where: Mapping[str, Any], values: Mapping[str, Any]
) -> int:
    """Set columns of the rows whose columns are as `where` says; how many rows there were."""
    sought, known = described("where", where)
    new, sent = described("set", values)
    result: Any = session.execute(update_of(record, sought, new), known | sent)
    rows: int = result.rowcount
    return rows


def change_alone(record: type[Base], where: Mapping[str, Any], values: Mapping[str, Any]) -> None:
    """Change rows as `change_rows` does, by a statement that is a transaction of its own."""
    sought, known = described("where", where)
    new, sent = described("set", values)
    execute_at_once(update_of(record, sought, new), known | sent)


def add_rows(session: Session, record: type[Base], *rows: Mapping[str, Any]) -> None:
    """Insert rows, all with the same columns; the others are as the record's defaults say."""
    session.execute(_insert(record), rows)


def add_record(session: Session, record: Base, **moments: FromNow) -> None:
    """Insert a record that was just made; it gets its defaults, and never belongs to the session.

    `moments` are columns that only the database's clock can fill.
    """
    shape, sent = described("set", filled(record) | moments)
    session.execute(insert_of(type(record), shape), sent)


def values_of(record: Base, *but: str) -> dict[str, Any]:
    """Give what all columns of a new record hold, defaults filled in, without those named."""
    known = vars(record)
    columns = (column for column in table_of(type(record)).c if column.key not in but)
    return {c.key: known[c.key] if c.key in known else default_of(c) for c in columns}


@lru_cache(maxsize=64)
def _insert(record: type[Base]) -> Insert:
    return insert(table_of(record)).inline()
