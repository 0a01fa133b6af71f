"""Write several rows at once: all of them, or none.

A transaction costs PostgreSQL a round trip for each statement, one to begin and one to commit. A
single statement is a transaction by itself, and its WITH clauses may each write to a table.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, reduce
from operator import mul
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Engine,
    Insert,
    Update,
    func,
    literal_column,
    select,
)
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import DataError
from sqlalchemy.orm import Session

from portal.core.database import server, writing, writing_rows
from portal.core.leases import LostRace
from portal.core.records import Base
from portal.core.rows.columns import (
    Shape,
    defaults_of,
    described,
    filled,
    insert_of,
    touched_by_update,
    update_of,
)
from portal.core.rows.prepared import Prepared

DIVISION_BY_ZERO = "22012"
Values = Mapping[str, Any]


@dataclass(frozen=True)
class RowChange:
    """Describe a change of one table without its values; `where` is None for new rows.

    `must_stand`: where no row is as `where` says, nothing of the batch is to be written.
    """

    record: type[Base]
    where: Shape | None
    values: Shape
    must_stand: bool = False
    rows: int = 1

    def statement(self, prefix: str) -> Update | Insert:
        """Build it; the prefix keeps its parameters apart from those of the others."""
        if self.where is None:
            return insert_of(self.record, self.values, prefix, self.rows)
        return update_of(self.record, self.where, self.values, prefix)


class RowBatch:
    """Collect what is to be written together, in this order; no row is changed twice."""

    def __init__(self) -> None:
        self._parts: list[tuple[RowChange, dict[str, Any]]] = []
        self._steps: list[Callable[[Session], object]] = []
        self.is_plain = True
        self._afterwards: list[Callable[[], object]] = []

    def add_record(self, record: Base, **moments: Any) -> None:
        """Insert a record that was just made, as `statements.add_record` does."""
        self._add(type(record), [filled(record) | moments])

    def add(self, record: type[Base], *rows: Values) -> None:
        """Insert rows, all with the same columns; the others are as the record's defaults say."""
        self._add(record, [defaults_of(record, row) | dict(row) for row in rows])

    def change(
        self, record: type[Base], where: Values, values: Values, *, must_stand: bool = False
    ) -> None:
        """Set columns of the rows that are as `where` says.

        `must_stand`: there has to be one, or nothing is written and LostRace raised.
        """
        prefix = self._prefix()
        sought, known = described(f"{prefix}where", where)
        new, sent = described(f"{prefix}set", touched_by_update(record, values) | dict(values))
        self._note(RowChange(record, sought, new, must_stand), prefix, known | sent)

    def also(self, action: Callable[[Session], object]) -> None:
        """Have more done in the same transaction, after what was noted so far."""
        self._steps.append(action)
        self.is_plain = False

    def afterwards(self, action: Callable[[], object]) -> None:
        """Have it done once all of it is written."""
        self._afterwards.append(action)

    def send(self) -> None:
        """Write it in a transaction of its own. Raises LostRace, IntegrityError."""
        engine = server() if self.is_plain else None
        if engine is not None:
            self._write_at_once(engine)
        elif self.is_plain:
            with writing_rows() as connection:
                self._write_in_turn(connection)
        else:
            with writing() as session:
                self._write_in_turn(session)
        self._finish()

    def write(self, session: Session) -> None:
        """Write it in this session's transaction. Raises LostRace."""
        self._write_in_turn(session)
        self._finish()

    def _add(self, record: type[Base], rows: Sequence[Values]) -> None:
        prefix = self._prefix()
        parameters: dict[str, Any] = {}
        for number, row in enumerate(rows):
            shape, sent = described(f"{prefix}set{number or ''}", row)
            parameters |= sent
        self._note(RowChange(record, None, shape, rows=len(rows)), prefix, parameters)

    def _prefix(self) -> str:
        return f"p{len(self._parts)}_"

    def _note(self, part: RowChange, prefix: str, parameters: dict[str, Any]) -> None:
        self._parts.append((part, parameters))
        self._steps.append(lambda session: _write(session, part, prefix, parameters))

    def _write_at_once(self, engine: Engine) -> None:
        statement = _together(tuple([part for part, _ in self._parts]), engine.dialect)
        values = {name: value for _, sent_ in self._parts for name, value in sent_.items()}
        try:
            statement.run(engine, values)
        except DataError as error:
            if getattr(error.orig, "pgcode", None) == DIVISION_BY_ZERO:
                raise LostRace from None
            raise

    def _write_in_turn(self, session: Any) -> None:
        for step in self._steps:
            step(session)

    def _finish(self) -> None:
        for action in self._afterwards:
            action()


def _write(session: Any, part: RowChange, prefix: str, parameters: dict[str, Any]) -> None:
    result = session.execute(part.statement(prefix), parameters)
    if part.must_stand and result.rowcount != 1:
        raise LostRace


@lru_cache(maxsize=512)
def _together(parts: tuple[RowChange, ...], dialect: Dialect) -> Prepared:
    """Build the one statement; it divides by zero, so that nothing is written, if a row is lost."""
    found, rest = [], []
    for number, part in enumerate(parts):
        statement = part.statement(f"p{number}_")
        if part.must_stand:
            clause = statement.returning(literal_column("1").label("one")).cte(f"p{number}")
            found.append(select(func.count()).select_from(clause).scalar_subquery())
        else:
            rest.append(statement.cte(f"p{number}"))
    one: ColumnElement[int] = literal_column("1")
    answer = select(one / reduce(mul, found) if found else one)
    return Prepared(answer.add_cte(*rest), dialect)
