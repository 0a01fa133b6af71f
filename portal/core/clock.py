"""The database's own clock, so that machines whose clocks differ agree on leases."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Float, bindparam
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.expression import ColumnElement
from sqlalchemy.sql.functions import FunctionElement

from portal.core.records import UtcDateTime


class _FromNow(FunctionElement[datetime]):
    name = "from_now"
    type = UtcDateTime()
    inherit_cache = True


def from_now(seconds: float = 0.0, name: str | None = None) -> ColumnElement[datetime]:
    """The moment so many seconds from now, by the database's clock, as an SQL expression.

    With a `name`, the parameter of that name gives the seconds when the statement is executed.
    """
    return _FromNow(bindparam(name, float(seconds), type_=Float))


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
