"""Name what stands in a table's cells, whatever file it is written to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias
from zoneinfo import ZoneInfo


@dataclass(frozen=True)
class MoneyCell:
    """Hold an amount of money in centavos; what went out is less than 0."""

    centavos: int


@dataclass(frozen=True)
class CodeCell:
    """Hold what is read sign by sign and never counted with: a code, a telephone."""

    text: str


# A moment is what clocks there show, without its zone; a text is whatever people wrote.
Cell: TypeAlias = str | int | float | MoneyCell | CodeCell | datetime | None


@dataclass(frozen=True)
class Table:
    """Hold the names of the columns, and the rows as they are read."""

    head: Sequence[str]
    rows: Iterable[Sequence[Cell]]


def clock(moment: datetime | None, zone: ZoneInfo) -> datetime | None:
    """Give a moment as clocks there show it, in whole seconds."""
    if moment is None:
        return None
    return moment.astimezone(zone).replace(tzinfo=None, microsecond=0)


def code(text: str | None) -> CodeCell | None:
    """Give a code that stays as it is; nothing where there is none."""
    return CodeCell(text) if text else None
