"""Give all records what they share: names of constraints, ids, and times in UTC.

Leases and due times go by the database's own clock, so that machines whose clocks differ agree.
"""

from __future__ import annotations

import re
import secrets
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import DateTime, Float, MetaData, and_, bindparam
from sqlalchemy.engine import Dialect
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.sql.expression import ColumnElement
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator

SANE_ID = re.compile(r"[A-Za-z0-9_]{1,40}")
LARGEST_INTEGER = 2**31 - 1
# Ids end in small hexadecimal digits, all of which come before this letter.
PAST_DIGITS = "g"


class UtcDateTime(TypeDecorator[datetime]):
    """Store a moment in UTC: with zone on PostgreSQL, as UTC text on SQLite; aware in Python."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None or dialect.name != "sqlite":
            return value
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """Give all records their base. Constraint names are fixed so that migrations can name them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {datetime: UtcDateTime}  # noqa: RUF012


def utc_now() -> datetime:
    """Tell the time by this machine's clock; leases and due times go by `from_now`."""
    return datetime.now(UTC)


def new_id(prefix: str, characters: int, *, upper: bool = True) -> str:
    """Make an unguessable id: the prefix and as many hex digits."""
    digits = secrets.token_hex((characters + 1) // 2)[:characters]
    return prefix + (digits.upper() if upper else digits)


def id_begins_with(column: Any, beginning: str) -> ColumnElement[bool]:
    """Tell whether an id of ours in small letters begins so, said so that its index serves."""
    between = and_(column >= beginning, column < beginning + PAST_DIGITS)
    return and_(between, column.startswith(beginning, autoescape=True))


def sane(row_id: str | int) -> bool:
    """Tell whether the database could hold such an id."""
    if isinstance(row_id, int):
        return 0 < row_id <= LARGEST_INTEGER
    return SANE_ID.fullmatch(row_id) is not None


class _FromNow(FunctionElement[datetime]):
    name = "from_now"
    type = UtcDateTime()
    inherit_cache = True


def from_now(seconds: float = 0.0, name: str | None = None) -> ColumnElement[datetime]:
    """Give the moment so many seconds from now, by the database's clock, as an SQL expression.

    With a `name`, the parameter of that name gives the seconds when the statement is executed.
    """
    return _FromNow(bindparam(name, float(seconds), type_=Float))


def from_now_by(seconds: ColumnElement[Any]) -> ColumnElement[datetime]:
    """Give the moment so many seconds from now, as `from_now`, where a column says how many."""
    return _FromNow(seconds)


@compiles(_FromNow, "postgresql")
def _postgresql(element: _FromNow, compiler: Any, **kw: Any) -> str:
    # Stable within a statement: with clock_timestamp(), which is volatile, no index would serve.
    seconds = compiler.process(element.clauses, **kw)
    return f"(statement_timestamp() + make_interval(secs => {seconds}))"


@compiles(_FromNow, "sqlite")
def _sqlite(element: _FromNow, compiler: Any, **kw: Any) -> str:
    seconds = compiler.process(element.clauses, **kw)
    # Three zeros bring SQLite's milliseconds to the microseconds that SQLAlchemy stores,
    # so that moments compare as text.
    return f"(strftime('%Y-%m-%d %H:%M:%f', 'now', {seconds} || ' seconds') || '000')"
