"""Who may begin now: quick steps, slow ones, and no company in more than its share of places."""

from __future__ import annotations

from collections import Counter
from threading import Condition
from time import monotonic

# A step that takes longer waits for somebody outside: it costs a thread, hardly any CPU.
SLOW_AFTER = 0.5
# A company may hold places as long as so many times as many are free: however many companies
# are in trouble, some places stay free for those that are not.
FREE_FOR_ONE = 4


class Places:
    """The places of one lane of a process.

    `quick` steps begin at a time. One that turns out slow gives way to the next and goes on,
    until `most` steps are under way in all.
    """

    def __init__(self, quick: int, most: int) -> None:
        self._quick, self._most = quick, most
        self._at_work: dict[int, tuple[str | None, float]] = {}
        self._number = 0
        self._changed = Condition()

    def wait_for_room(self, patience: float) -> bool:
        """Wait until a step may begin, for so many seconds at the most; whether it may."""
        with self._changed:
            wait = self._until_room()
            if wait > 0:
                self._changed.wait(min(wait, patience))
            return self._until_room() <= 0

    def wait_for_change(self, patience: float) -> None:
        """Wait until a step ends, or somebody wakes us."""
        with self._changed:
            self._changed.wait(patience)

    def wake(self) -> None:
        """Let nobody wait any longer."""
        with self._changed:
            self._changed.notify_all()

    def barred(self) -> frozenset[str]:
        """The companies that hold their share."""
        with self._changed:
            held = Counter(company for company, _ in self._at_work.values() if company)
            free = self._most - len(self._at_work)
        return frozenset(c for c, places in held.items() if places * FREE_FOR_ONE >= free)

    def begin(self, company_id: str | None) -> int:
        """Take a place for a step of this company; `end` wants the number."""
        with self._changed:
            self._number += 1
            self._at_work[self._number] = (company_id, monotonic())
            return self._number

    def end(self, number: int) -> None:
        """Give the place back."""
        with self._changed:
            del self._at_work[number]
            self._changed.notify_all()

    def _until_room(self) -> float:
        """Seconds until a step may begin, if none ends before."""
        if len(self._at_work) >= self._most:
            return float("inf")
        now = monotonic()
        quick = sorted(
            until for _, began in self._at_work.values() if (until := began + SLOW_AFTER - now) > 0
        )
        return quick[-self._quick] if len(quick) >= self._quick else 0.0
