"""Lay out the charts of a page as shapes, which its template draws: no script, no style within."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from portal.operators.takings.overview import DayTakings

WIDTH, HEIGHT = 300.0, 96.0
GAP = 0.25
# A sale in a year's best hour must show, if faintly.
FAINTEST = 0.12


@dataclass(frozen=True)
class Bar:
    """Place one bar of a chart that is WIDTH by HEIGHT."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Square:
    """Place an hour of a weekday; `strength` is from 0 to 1."""

    x: int
    y: int
    strength: float


def day_bars(days: Sequence[DayTakings]) -> list[Bar]:
    """Give a bar for each day, as high as what stayed of its money."""
    amounts = [max(0, day.takings.net) for day in days]
    most = max(amounts, default=0) or 1
    step = WIDTH / max(1, len(days))
    return [
        _bar(number * step, step * (1 - GAP), amount / most)
        for number, amount in enumerate(amounts)
    ]


def _bar(x: float, width: float, share: float) -> Bar:
    height = share * HEIGHT
    return Bar(round(x, 1), round(HEIGHT - height, 1), round(width, 1), round(height, 1))


def hour_squares(by_hour: Sequence[Sequence[int]]) -> list[Square]:
    """Give a square for each hour in which anything was sold."""
    most = max((sales for day in by_hour for sales in day), default=0) or 1
    return [
        Square(hour, weekday, round(FAINTEST + (1 - FAINTEST) * sales / most, 2))
        for weekday, day in enumerate(by_hour)
        for hour, sales in enumerate(day)
        if sales
    ]
