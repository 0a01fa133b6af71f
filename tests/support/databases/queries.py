"""Record what is asked of a database while a block runs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from flask import Flask
from sqlalchemy import Engine, event

from portal.core.extensions import db
from portal.core.rows.prepared import Prepared

TRANSACTIONS = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE")


@contextmanager
def recorded_queries(app: Flask) -> Iterator[list[str]]:
    """The statements that the application executes, as they come; transactions are not counted."""
    statements: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.lstrip().upper().startswith(TRANSACTIONS):
            statements.append(statement)

    def run(statement: Prepared, on: Engine, values: Mapping[str, Any]) -> list[Any]:
        if on is engine:
            statements.append(statement.text)
        return plain(statement, on, values)

    with app.app_context():
        engine = db.engine
    plain, Prepared.run = Prepared.run, run  # type: ignore[method-assign]
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(engine, "before_cursor_execute", note)
        Prepared.run = plain  # type: ignore[method-assign]
