"""How much of a router's reply is taken in, and what of it is kept.

A router is a tenant's own machine: what it sends may be made to exhaust ours. So a reply is read
as a stream, row by row, and ends where it is more than an honest router can have to say.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from sys import getsizeof

from portal.hotspot.routeros.errors import TooMuch

Row = dict[str, str]
Wanted = Callable[[Row], bool]

_BARE_VALUE = 3
# What Python spends on a dictionary, and on each entry besides its text.
_ROW_BYTES, _ENTRY_BYTES = 200, 100
_MOST_OTHERS = 50_000
_MOST_NOISE = 100


@dataclass(frozen=True)
class Bounds:
    """The most that a reply may be: rows kept, bytes on the wire, bytes of memory for the rows."""

    rows: int
    received: int
    kept: int


FEW = Bounds(rows=500, received=512 << 10, kept=1 << 20)
"""What one name, one address or one change brings."""

MENU = Bounds(rows=2_500, received=4 << 20, kept=4 << 20)
"""What somebody has set up by hand."""

CROWD = Bounds(rows=8_000, received=8 << 20, kept=8 << 20)
"""What is there for each device."""


def sold(count: int) -> Bounds:
    """For users of ours among all of a router's, of whom `count` can have been made.

    Others' are not kept, so that their number costs nothing but the way.
    """
    rows = count + 1_000
    return Bounds(rows, received=(16 << 20) + rows * 1_000, kept=(1 << 20) + rows * 2_000)


class Intake:
    """Takes in one reply. `names` are the properties to keep, all where there are none.

    Only rows that are `wanted` are kept.
    """

    def __init__(
        self, bounds: Bounds, names: Sequence[str] = (), wanted: Wanted | None = None
    ) -> None:
        self.bounds = bounds
        self.rows: list[Row] = []
        self.traps: list[str] = []
        self._names = {name: name for name in names}
        self._wanted = wanted
        self._left = bounds.kept
        self._others = 0
        self._noise = 0

    def take(self, words: Sequence[str]) -> None:
        """Keep a row of the reply, if it is wanted. Raises TooMuch."""
        row = self.read(words)
        if self._wanted is not None and not self._wanted(row):
            self._others += 1
            if self._others > _MOST_OTHERS:
                raise TooMuch
            return
        self._left -= _ROW_BYTES + sum(_ENTRY_BYTES + getsizeof(value) for value in row.values())
        if self._left < 0 or len(self.rows) == self.bounds.rows:
            raise TooMuch
        self.rows.append(row)

    def take_trap(self, words: Sequence[str]) -> None:
        """Keep the message of an error. Raises TooMuch."""
        self.take_noise()
        self.traps.append(pairs(words).get("message", ""))

    def take_noise(self) -> None:
        """Pass over a sentence that is no row. Raises TooMuch."""
        self._noise += 1
        if self._noise > _MOST_NOISE:
            raise TooMuch

    def read(self, words: Sequence[str]) -> Row:
        """The row of these words, without what was not asked for."""
        if not self._names:
            return pairs(words)
        names = self._names
        return {names[key]: value for key, value in pairs(words).items() if key in names}


def pairs(words: Sequence[str]) -> Row:
    """The `=name=value` words of a sentence."""
    # librouteros' own parser would make numbers and truths of names and passwords.
    parts = (word.split("=", 2) for word in words)
    return {part[1]: part[2] for part in parts if len(part) == _BARE_VALUE}
