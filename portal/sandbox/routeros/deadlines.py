"""Know which rows are due to end, and when."""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Iterator

from portal.sandbox.routeros.menus.store import Row, Table


class Deadlines:
    """Find the rows of a table whose gauge (seconds since 1970) was reached, soonest first.

    A row that was removed, or whose gauge moved, is passed over when its turn comes.
    """

    def __init__(self, table: Table, gauge: str) -> None:
        self._table = table
        self._gauge = gauge
        self._heap: list[tuple[float, int, Row]] = []
        self._order = itertools.count()

    def watch(self, row: Row) -> None:
        """Remember the row's deadline, if it has one."""
        if self._gauge in row.gauges:
            heapq.heappush(self._heap, (row.gauges[self._gauge], next(self._order), row))

    def due(self, now: float) -> Iterator[Row]:
        """Give the rows that should have ended by now."""
        while self._heap and self._heap[0][0] <= now:
            deadline, _, row = heapq.heappop(self._heap)
            stands = self._table.rows.get(row.number) is row
            if stands and row.gauges.get(self._gauge) == deadline:
                yield row
