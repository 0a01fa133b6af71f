"""Choose some of many cases, so that every pair of them still comes up.

Where three things are combined, what goes wrong nearly always takes two of them. `PORTAL_CASES=all`
runs the whole product.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TypeVar

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
