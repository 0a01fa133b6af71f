"""Ids of items on a router, and for which connections they hold."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

_TOKEN = re.compile(r"([0-9a-f]+)\.(\d+)(\*[0-9A-Fa-f]+)", re.ASCII)


@dataclass(frozen=True)
class Generation:
    """When a connection came to be: the how-manieth of the `era` of one router in one process.

    RouterOS may give other ids after a reboot. A reboot ends every connection, so an id holds
    on those that were already open when it was learnt, and on no other.
    """

    era: str
    count: int


@dataclass(frozen=True)
class ItemId:
    """RouterOS' own id of an item, and the youngest connection on which it holds.

    `raw` may list several, separated by commas, as RouterOS takes them.
    """

    raw: str
    learnt: Generation

    def holds_on(self, birth: Generation) -> bool:
        """Whether a connection was already open when this id was learnt."""
        return birth.era == self.learnt.era and birth.count <= self.learnt.count

    @classmethod
    def several(cls, items: Sequence[ItemId]) -> ItemId:
        """The ids of one reply, for a command that acts on all of them."""
        return cls(",".join(item.raw for item in items), items[0].learnt)

    def token(self) -> str:
        """The id as callers keep it; it means nothing to another process."""
        return f"{self.learnt.era}.{self.learnt.count}{self.raw}"

    @classmethod
    def parse(cls, token: str | None) -> ItemId | None:
        """What `token` made; None for anything else, which then has to be looked up."""
        match = _TOKEN.fullmatch(token or "")
        if match is None:
            return None
        era, count, raw = match.groups()
        return cls(raw, Generation(era, int(count)))
