"""Compare two builds by figures that were taken of them in turn."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from statistics import median
from typing import TypeVar

T = TypeVar("T")
HEAD = ("figure", "pairs", "before", "now", "now : before", "from", "to", "aim", "")


@dataclass(frozen=True)
class Aim:
    """A figure of a build, and what it has to come to against the older build's.

    Held is what `holds` says of the older build's figure and this one's, both medians of all
    pairs, and of the ratio.
    """

    figure: str
    aim: str
    holds: Callable[[float, float, float], bool]
    digits: int = 1


def at_least(times: float) -> Callable[[float, float, float], bool]:
    """Whether it is so many times as much."""
    return lambda _before, _now, ratio: ratio >= times


def at_most(times: float) -> Callable[[float, float, float], bool]:
    """Whether it is no more than so many times as much."""
    return lambda _before, _now, ratio: ratio <= times


Found = Iterator[tuple[Aim, float]]


class Pairs:
    """Both builds' figures, taken in turn."""

    def __init__(self) -> None:
        self._taken: dict[Aim, dict[str, list[float]]] = {}

    def note(self, name: str, found: Found) -> None:
        """Keep the figures of one measurement of a build."""
        for aim, figure in found:
            self._taken.setdefault(aim, {}).setdefault(name, []).append(figure)

    def rows(self, before: str, now: str) -> Iterator[tuple[str, ...]]:
        """Each figure as a line of the table."""
        for aim, taken in self._taken.items():
            old, new = taken[before], taken[now]
            ratios = [mine / theirs for theirs, mine in zip(old, new, strict=True)]
            middles = median(old), median(new), median(ratios)
            yield (
                *(aim.figure, str(len(ratios))),
                *(f"{middle:,.{aim.digits}f}" for middle in middles[:2]),
                *(f"{ratio:.2f}" for ratio in (middles[2], min(ratios), max(ratios))),
                *(aim.aim, "met" if aim.holds(*middles) else "missed"),
            )


def in_turn(number: int, both: Sequence[T]) -> Sequence[T]:
    """Both, and every other time the other way round."""
    return both if number % 2 == 0 else both[::-1]
