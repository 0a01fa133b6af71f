"""Say whose turn it is: paid sales first, then kind by kind, and company by company."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from math import ceil
from time import monotonic
from typing import Protocol

from sqlalchemy.exc import SQLAlchemyError

from portal.core.leases import NOBODY, Claim, DueRows
from portal.models import Base

# A turn is forgotten when so many companies have had theirs: the statement that passes them
# over must not grow without end.
LONGEST_TURN = 200
# To find out that nobody else waits, all is passed over that is due of those who were served. So
# they are taken for all that wait for as many times as long as that took, and no longer than this.
KNOWN_FACTOR, LONGEST_KNOWN = 20.0, 1.0
# While other kinds have something due, one that had nothing is not asked again for so long.
NOTHING_SECONDS = 0.05


class Does(Protocol):
    """Do what is due of a claimed record."""

    __name__: str

    def __call__(self, claim: Claim) -> None: ...


@dataclass(frozen=True)
class Step:
    """Say which rows of one kind are claimed, for how many seconds, and what is done with each."""

    rows: DueRows
    seconds: Callable[[], float]
    do: Does

    @property
    def record(self) -> type[Base]:
        """Give the kind of record."""
        record: type[Base] = self.rows.record
        return record

    def claim(self, most: int, due_since: float, but: Collection[str]) -> list[Claim]:
        """Claim the longest due records, so many at most, but for some companies'."""
        return self.rows.claim_some(most, self.seconds(), due_since=due_since, but=but)


class Turns:
    """Give every company with something due of one kind its turn before any has a second one.

    A turn is one claim: a lane claims no more than it can begin at once.
    """

    def __init__(self, step: Step) -> None:
        self.step = step
        self._served: set[str] = set()
        self._all_that_wait: frozenset[str] = NOBODY
        self._known_until = 0.0
        self._had_nothing_at = -NOTHING_SECONDS

    @property
    def had_nothing(self) -> bool:
        """Tell whether nothing of this kind was due a moment ago."""
        return monotonic() < self._had_nothing_at + NOTHING_SECONDS

    def claim(self, most: int, due_since: float, barred: Collection[str]) -> list[Claim]:
        """Claim the next ones' longest due records; none where only the barred have any due."""
        found = self._claim_of_others(most, due_since, barred)
        if not found:
            self._served.clear()
            found = self.step.claim(most, due_since, barred)
        if not found:
            self._had_nothing_at = monotonic()
        for company_id in {claim.company_id for claim in found if claim.company_id is not None}:
            self._note(company_id)
        return found

    def _claim_of_others(self, most: int, due_since: float, barred: Collection[str]) -> list[Claim]:
        """Claim of those who had no turn yet, unless nobody else waited a moment ago."""
        began = monotonic()
        is_over = began < self._known_until and self._served >= self._all_that_wait
        if is_over or not self._served:
            return []
        found = self.step.claim(most, due_since, self._served.union(barred))
        if not found:
            took = monotonic() - began
            self._all_that_wait = frozenset(self._served)
            self._known_until = began + min(KNOWN_FACTOR * took, LONGEST_KNOWN)
        return found

    def _note(self, company_id: str) -> None:
        if len(self._served) >= LONGEST_TURN:
            self._served.clear()
        self._served.add(company_id)


class Queue:
    """Say what is to be done next, of several kinds: `first` always, the others in rotation.

    For one thread at a time.
    """

    def __init__(self, first: Sequence[Step], others: Sequence[Step]) -> None:
        self._first = [Turns(step) for step in first]
        self._others = deque(Turns(step) for step in others)

    @property
    def steps(self) -> tuple[Step, ...]:
        """List the kinds that it takes."""
        return tuple(turns.step for turns in (*self._first, *self._others))

    def take(
        self, due_since: float = 0.0, barred: Collection[str] = NOBODY
    ) -> tuple[Step, Claim] | None:
        """Claim one record that has been due for `due_since` seconds, of no barred company."""
        return next(iter(self.take_some(1, due_since, barred)), None)

    def take_some(
        self, most: int, due_since: float = 0.0, barred: Collection[str] = NOBODY
    ) -> list[tuple[Step, Claim]]:
        """Claim so many records at most, as `take` does one.

        Those `first` come first; what room is left is shared evenly by the other kinds.
        """
        seldom = [turns for turns in (*self._first, *self._others) if turns.had_nothing]
        return self._take(most, due_since, barred, seldom) or (
            self._take(most, due_since, barred, ()) if seldom else []
        )

    def _take(
        self, most: int, due_since: float, barred: Collection[str], but: Collection[Turns]
    ) -> list[tuple[Step, Claim]]:
        taken: list[tuple[Step, Claim]] = []
        for turns in (turns for turns in self._first if turns not in but):
            taken += self._from(turns, most - len(taken), due_since, barred, taken)
        others = [turns for turns in self._others if turns not in but]
        for kinds, turns in zip(range(len(others), 0, -1), others, strict=True):
            share = ceil((most - len(taken)) / kinds)
            found = self._from(turns, share, due_since, barred, taken)
            if found:
                self._go_on(turns)
            taken += found
        return taken

    def _from(
        self,
        turns: Turns,
        most: int,
        due_since: float,
        barred: Collection[str],
        taken: Collection[tuple[Step, Claim]],
    ) -> list[tuple[Step, Claim]]:
        if most <= 0:
            return []
        try:
            return [(turns.step, claim) for claim in turns.claim(most, due_since, barred)]
        except SQLAlchemyError:
            # What is taken would be nobody's until its leases end; whoever asks next hears of it.
            if not taken:
                raise
            return []

    def _go_on(self, served: Turns) -> None:
        """The kind that was served stands last from now on."""
        self._others.remove(served)
        self._others.append(served)
