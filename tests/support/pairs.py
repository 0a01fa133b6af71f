"""Choose some of many cases, so that every pair of them still comes up.

Where three things are combined, what goes wrong nearly always takes two of them. `PORTAL_CASES=all`
runs the whole product.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from typing import Generic, TypeVar

Choice = TypeVar("Choice")
ALL = os.environ.get("PORTAL_CASES") == "all"


def some(choices: Sequence[Choice], row: int, column: int, *, number: int) -> list[Choice]:
    """So many of the choices, evenly spread, and others in each row and in each column.

    Over all columns of a row each choice comes up, and so it does over all rows of a column, as
    long as there are at least `len(choices) / number` of them.
    """
    if ALL:
        return list(choices)
    step = len(choices) // number
    return [choices[(row + column + nth * step) % len(choices)] for nth in range(number)]


class Share(Generic[Choice]):
    """Every nth of what stands in the rows of a table, and whatever is the first of its kind.

    `kind_of` names what a run must meet at least once, whichever row it stands in.
    """

    def __init__(self, nth: int, kind_of: Callable[[Choice], object]) -> None:
        self._nth, self._kind_of = nth, kind_of
        self._met: set[object] = set()

    def of(self, choices: Iterable[Choice], row: int) -> list[Choice]:
        """Those of this row, at other places than in the row before it."""
        chosen = []
        for place, choice in enumerate(choices):
            kind = self._kind_of(choice)
            if ALL or (place + row) % self._nth == 0 or kind not in self._met:
                chosen.append(choice)
                self._met.add(kind)
        return chosen
