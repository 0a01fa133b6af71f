"""List in how many ways a process can die over what it does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import Any

from tests.crash.checkpoints import Point


@dataclass(frozen=True)
class CrashPoint:
    """Where a process dies, and how far what runs beside has come: done, or not begun."""

    at: str
    first: tuple[str, ...] = ()
    last: tuple[str, ...] = ()

    @property
    def checkpoints(self) -> dict[str, Any]:
        """What the child's `Checkpoints` is told."""
        return {"die_at": self.at, "first": self.first, "last": self.last}

    @property
    def kind(self) -> str:
        """Which call or commit it is about, the first or a later one, and on which side of it."""
        return self.at.rpartition(" ")[0]

    def __str__(self) -> str:
        if self.first:
            return f"{self.at} (with {self.first[-1]})"
        return f"{self.at} (without {self.last[0]})" if self.last else self.at


def crash_points(points: Sequence[Point]) -> list[CrashPoint]:
    """All the ways in which a process that passes these points can die."""
    found: list[CrashPoint] = []
    for section in _sections(points):
        threads = list(dict.fromkeys(point.thread for point in section))
        for thread in threads:
            ours = [point.name for point in section if point.thread == thread]
            others = tuple(point.name for point in section if point.thread != thread)
            for name in distinct(ours):
                found += _beside(name, others)
    return found


def _beside(name: str, others: tuple[str, ...]) -> list[CrashPoint]:
    if not others:
        return [CrashPoint(name)]
    return [CrashPoint(name, first=others), CrashPoint(name, last=others[:1])]


def _sections(points: Sequence[Point]) -> list[list[Point]]:
    """What lies between two commits; calls run side by side within such a section only."""
    return [list(section) for _, section in groupby(points, lambda p: "commit" in p.name)]


def distinct(names: Sequence[str]) -> list[str]:
    """One point for each state of the world that this thread leaves behind.

    From the end of one call or commit to the beginning of the next nothing is asked and
    nothing is stored: dying anywhere between is the same, so the last of these points stands
    for all. That is: every point but those that are followed by no effect.
    """
    kept = [name for name, after in pairwise(names) if _is_effect(name, after)]
    return [*kept, names[-1]]


def _is_effect(name: str, after: str) -> bool:
    """Whether something happens between two neighbouring points: a call, from begin to end."""
    return name.startswith("before ") and after.startswith("after ")
