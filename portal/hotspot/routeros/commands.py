"""Compose the commands that a router is sent, and bound what is taken in of its replies.

A router is a tenant's own machine: what it sends may be made to exhaust ours. So a reply is read
as a stream, row by row, and ends where it is more than an honest router can have to say.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from sys import getsizeof

from portal.hotspot.errors import RouterRefused
from portal.hotspot.routeros import messages
from portal.hotspot.routeros.errors import TooMuch
from portal.hotspot.routeros.values import ItemId, Row, is_sendable, readable

Wanted = Callable[[Row], bool]

_BLANK = "\0"
_BARE_VALUE = 3
# What Python spends on a dictionary, and on each entry besides its text.
_ROW_BYTES, _ENTRY_BYTES = 200, 100
_MOST_OTHERS = 50_000
_MOST_NOISE = 100


@dataclass(frozen=True)
class Bounds:
    """Limit a reply: rows kept, bytes on the wire, bytes of memory for the rows."""

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
    """Give the bounds for our users among all of a router's, of whom `count` can have been made.

    Others' are not kept, so that their number costs nothing but the way.
    """
    rows = count + 1_000
    return Bounds(rows, received=(16 << 20) + rows * 1_000, kept=(1 << 20) + rows * 2_000)


@dataclass(frozen=True)
class Command:
    """Describe a command: path, arguments and query words it may carry, properties it asks for.

    Paths and names are RouterOS' own and fixed here. What people type only ever becomes the
    value behind `=name=` or `?name=`, in a word whose length is sent before it.
    """

    path: str
    arguments: tuple[str, ...] = ()
    queries: tuple[str, ...] = ()
    properties: tuple[str, ...] = ()
    bounds: Bounds = FEW

    @property
    def read_only(self) -> bool:
        """Tell whether it changes nothing, so that it may be sent again when its reply was lost."""
        return self.path.endswith("/print")

    def order(
        self,
        arguments: Mapping[str, str] | None = None,
        *,
        where: Mapping[str, str] | None = None,
        any_of: tuple[str, Sequence[str]] | None = None,
        item: ItemId | None = None,
        bounds: Bounds | None = None,
        wanted: Wanted | None = None,
    ) -> Invocation:
        """Give this command with values, and what to keep of its reply.

        Without query words all of a menu is asked for. `any_of` is a property, and values of
        which it must have one. Raises RouterRefused for text that cannot be sent.
        """
        words = [self.path]
        if item is not None:
            words.append(f"=.id={item.raw}")
        words += _words("=", self.arguments, arguments or {})
        if self.properties:
            words.append(f"=.proplist={','.join(self.properties)}")
        words += _words("?", self.queries, where or {})
        words += _alternatives(self.queries, *any_of) if any_of else []
        usual = FEW if where else self.bounds
        return Invocation(self, words, item, bounds or usual, wanted)


@dataclass(frozen=True)
class Invocation:
    """Hold a command ready to send. `item`: the id in it, which holds on some connections only."""

    command: Command
    sentence: list[str] = field(repr=False)
    item: ItemId | None = None
    bounds: Bounds = FEW
    wanted: Wanted | None = None

    @property
    def is_long(self) -> bool:
        """Tell whether its reply may be one that others should not wait behind."""
        return self.bounds.received > MENU.received

    def intake(self) -> Intake:
        """Make the intake for one reply to this command."""
        return Intake(self.bounds, self.command.properties, self.wanted)

    def blank(self, text: str) -> str:
        """Give what people read of what a router says of this command, without any value sent."""
        values = {word.partition("=")[2] for word in (w[1:] for w in self.sentence[1:])}
        for value in sorted(values, key=len, reverse=True):
            text = text.replace(value, _BLANK) if value else text
        return readable(text).replace(_BLANK, "…")


def _words(sign: str, allowed: tuple[str, ...], values: Mapping[str, str]) -> list[str]:
    for name, value in values.items():
        if name not in allowed:
            raise ValueError(f"{name} is not among the command's words")
        if not is_sendable(value):
            raise RouterRefused(messages.BAD_VALUE, executed=False)
    return [f"{sign}{name}={value}" for name, value in values.items()]


def _alternatives(allowed: tuple[str, ...], name: str, values: Sequence[str]) -> list[str]:
    """Give the query for rows of any of these values."""
    words = [word for value in values for word in _words("?", allowed, {name: value})]
    # Each sign joins the last two of what the words before it have found.
    return [*words, f"?#{'|' * (len(words) - 1)}"] if len(words) > 1 else words


class Intake:
    """Take in one reply. `names` are the properties to keep, all where there are none.

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
        """Give the row of these words, without what was not asked for."""
        if not self._names:
            return pairs(words)
        names = self._names
        return {names[key]: value for key, value in pairs(words).items() if key in names}


def pairs(words: Sequence[str]) -> Row:
    """Give the `=name=value` words of a sentence."""
    # librouteros' own parser would make numbers and truths of names and passwords.
    parts = (word.split("=", 2) for word in words)
    return {part[1]: part[2] for part in parts if len(part) == _BARE_VALUE}
