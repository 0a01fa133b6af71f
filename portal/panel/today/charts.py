"""Lay out the charts of a page as shapes, which its template draws: no script, no style within."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from portal.operators.takings.records import DayTakings

WIDTH, HEIGHT = 300.0, 96.0
GAP = 0.25
# A sale in a year's best hour must show, if faintly.
FAINTEST = 0.12


@dataclass(frozen=True)
class Bar:
    """Place one bar of a chart that is WIDTH by HEIGHT; `is_cash`: of what came in cash."""

    x: float
    y: float
    width: float
    height: float
    is_cash: bool = False


@dataclass(frozen=True)
class Square:
    """Place an hour of a weekday; `strength` is from 0 to 1."""

    x: int
    y: int
    strength: float


def day_bars(days: Sequence[DayTakings]) -> list[Bar]:
    """Give a bar for each day, as high as what stayed of its money; what is cash stands on top."""
    amounts = [(max(0, day.takings.net), max(0, day.cash.net)) for day in days]
    most = max(map(sum, amounts), default=0) or 1
    step = WIDTH / max(1, len(days))
    return [
        bar
        for number, (online, cash) in enumerate(amounts)
        for bar in _stacked(number * step, step * (1 - GAP), online / most, cash / most)
    ]


def _stacked(x: float, width: float, online: float, cash: float) -> list[Bar]:
    return [
        _bar(x, width, 0.0, online),
        *([replace(_bar(x, width, online, cash), is_cash=True)] if cash else []),
    ]


def _bar(x: float, width: float, below: float, share: float) -> Bar:
    top = HEIGHT * (1 - below - share)
    return Bar(round(x, 1), round(top, 1), round(width, 1), round(share * HEIGHT, 1))


def hour_squares(by_hour: Sequence[Sequence[int]]) -> list[Square]:
    """Give a square for each hour in which anything was sold."""
    most = max((sales for day in by_hour for sales in day), default=0) or 1
    return [
        Square(hour, weekday, round(FAINTEST + (1 - FAINTEST) * sales / most, 2))
        for weekday, day in enumerate(by_hour)
        for hour, sales in enumerate(day)
        if sales
    ]
