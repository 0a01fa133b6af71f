"""Decide who may begin now: quick steps, slow ones, no company in more than its share of places."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from threading import Condition
from time import monotonic

# A step that takes longer waits for somebody outside: it costs a thread, hardly any CPU.
SLOW_AFTER = 0.5
# A company may hold places as long as so many times as many are free.
FREE_FOR_ONE = 4
# Of so many places one is kept for companies that have not been slow for a while: however many
# are in trouble, who is not finds room.
ONE_KEPT_OF = 4
REMEMBERED_SECONDS = 60.0


class Places:
    """Share out the places of one lane of a process.

    `quick` steps begin at a time. One that turns out slow gives way to the next and goes on,
    until `most` steps are under way in all. `gives_way` says after how many seconds a step does:
    it waits for somebody outside by then.
    """

    def __init__(
        self,
        quick: int,
        most: int,
        slow_after: float = SLOW_AFTER,
        gives_way: Callable[[], float] | None = None,
    ) -> None:
        self._quick, self._most, self._slow_after = quick, most, slow_after
        self._gives_way = gives_way or (lambda: slow_after)
        self._at_work: dict[int, tuple[str | None, float]] = {}
        self._slow_until: dict[str, float] = {}
        self._number = 0
        self._news = 0
        self._changed = Condition()

    @property
    def taken(self) -> int:
        """Count the steps under way."""
        return len(self._at_work)

    @property
    def ended(self) -> int:
        """Count the steps that have given their place back."""
        return self._number - len(self._at_work)

    @property
    def news(self) -> int:
        """Count the ends and the calls to wake up; who sees it grow has missed something."""
        return self._news

    def wait_for_room(self, patience: float) -> int:
        """Wait until a step may begin, for so many seconds at the most; how many may."""
        with self._changed:
            wait = self._until_room()
            if wait > 0:
                self._changed.wait(min(wait, patience))
            return self._room()

    def wait_for_change(self, patience: float, seen: int) -> None:
        """Wait until a step ends, or somebody wakes us, unless that was after `seen`."""
        with self._changed:
            self._changed.wait_for(lambda: self._news != seen, patience)

    def wake(self) -> None:
        """Let nobody wait any longer."""
        with self._changed:
            self._tell()

    def barred(self) -> frozenset[str]:
        """Name the companies that hold their share, and the slow ones where room is scarce."""
        with self._changed:
            held = Counter(company for company, _ in self._at_work.values() if company)
            free = self._most - len(self._at_work)
            full = {c for c, places in held.items() if places * FREE_FOR_ONE >= free}
            scarce = free <= self._most // ONE_KEPT_OF
            return frozenset(full | self._slow_lately() if scarce else full)

    def begin(self, company_id: str | None) -> int:
        """Take a place for a step of this company; `end` wants the number."""
        with self._changed:
            self._number += 1
            self._at_work[self._number] = (company_id, monotonic())
            return self._number

    def end(self, number: int) -> None:
        """Give the place back."""
        with self._changed:
            company_id, began = self._at_work.pop(number)
            if company_id and monotonic() >= began + self._slow_after:
                self._slow_until[company_id] = monotonic() + REMEMBERED_SECONDS
            self._tell()

    def _tell(self) -> None:
        self._news += 1
        self._changed.notify_all()

    def _slow_lately(self) -> set[str]:
        now = monotonic()
        self._slow_until = {c: until for c, until in self._slow_until.items() if until > now}
        slow = {c for c, began in self._at_work.values() if c and now >= began + self._slow_after}
        return slow.union(self._slow_until)

    def _room(self) -> int:
        """Count the steps that may begin at this moment."""
        free = self._most - len(self._at_work)
        return max(0, min(free, self._quick - len(self._ages_left())))

    def _until_room(self) -> float:
        """Seconds until a step may begin, if none ends before."""
        if len(self._at_work) >= self._most:
            return float("inf")
        quick = sorted(self._ages_left())
        return quick[-self._quick] if len(quick) >= self._quick else 0.0

    def _ages_left(self) -> list[float]:
        """Give for each step that has not given way yet in how many seconds it will."""
        now, after = monotonic(), self._gives_way()
        ages = (began + after - now for _, began in self._at_work.values())
        return [until for until in ages if until > 0]
