"""Keep rows with ids, found by indexed properties without scanning."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

_ID = re.compile(r"\*[0-9A-Fa-f]{1,8}")


@dataclass(eq=False)
class Row:
    """Hold an item of a menu. `values` as printed; `gauges`: numbers behind computed properties."""

    number: int
    values: dict[str, str]
    gauges: dict[str, float] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """Spell it as the API does: `*1`, `*2A`."""
        return f"*{self.number:X}"

    def get(self, name: str, default: str = "") -> str:
        """Give a stored value, or the default where it is absent."""
        return self.values.get(name, default)


class Table:
    """Keep the rows of one menu, in the order they were added."""

    def __init__(self, indexed: tuple[str, ...] = ()) -> None:
        self.rows: dict[int, Row] = {}
        self.next_number = 1
        self.revision = 0
        self._indexes: dict[str, dict[str, dict[int, Row]]] = {name: {} for name in indexed}

    def __iter__(self) -> Iterator[Row]:
        return iter(list(self.rows.values()))

    def __len__(self) -> int:
        return len(self.rows)

    def add(self, values: dict[str, str], gauges: dict[str, float] | None = None) -> Row:
        """Give a new row under the next id."""
        row = Row(self.next_number, values, gauges or {})
        self.next_number += 1
        self.restore(row)
        return row

    def restore(self, row: Row) -> None:
        """Put a row in under the id it has."""
        self.touch()
        self.rows[row.number] = row
        for name in self._indexes:
            self._enter(row, name)

    def update(self, row: Row, changes: dict[str, str | None]) -> None:
        """Set the values that changed; None takes the property away."""
        self.touch()
        for name, value in changes.items():
            self._leave(row, name)
            if value is None:
                row.values.pop(name, None)
            else:
                row.values[name] = value
            self._enter(row, name)

    def remove(self, row: Row) -> None:
        """Take the row out."""
        self.touch()
        for name in self._indexes:
            self._leave(row, name)
        del self.rows[row.number]

    def move(self, rows: list[Row], before: Row | None) -> None:
        """Put rows before another one, in the order given; None: after all."""
        self.touch()
        moved = {row.number for row in rows}
        order = [row for row in self.rows.values() if row.number not in moved]
        at = order.index(before) if before in order else len(order)
        order[at:at] = rows
        self.rows = {row.number: row for row in order}

    def touch(self) -> None:
        """Count a change, so that whoever keeps the table notices."""
        self.revision += 1

    def get(self, id_: str) -> Row | None:
        """Give the row of an id as the API spells it."""
        return self.rows.get(int(id_[1:], 16)) if _ID.fullmatch(id_) else None

    def is_indexed(self, name: str) -> bool:
        """Tell whether `find` knows this property."""
        return name in self._indexes

    def find(self, name: str, value: str) -> list[Row]:
        """Give the rows with this value, at a cost that does not grow with the table."""
        return list(self._indexes[name].get(value, {}).values())

    def first(self, name: str, value: str) -> Row | None:
        """Give the oldest of the rows with this value."""
        return next(iter(self._indexes[name].get(value, {}).values()), None)

    def clear(self) -> None:
        """Take all rows out; ids go on counting."""
        for row in self:
            self.remove(row)

    def renumber(self) -> None:
        """Give every row the id of the next one, so that an old id names another row, not none."""
        rows = list(self.rows.values())
        numbers = [row.number for row in rows]
        if len(rows) == 1:
            numbers.append(self.next_number)
            self.next_number += 1
        self.clear()
        for row, number in zip(rows, numbers[1:] + numbers[:1], strict=False):
            row.number = number
            self.restore(row)

    def _enter(self, row: Row, name: str) -> None:
        if name in self._indexes and name in row.values:
            self._indexes[name].setdefault(row.values[name], {})[row.number] = row

    def _leave(self, row: Row, name: str) -> None:
        if name not in self._indexes or name not in row.values:
            return
        same = self._indexes[name][row.values[name]]
        same.pop(row.number, None)
        if not same:
            del self._indexes[name][row.values[name]]
