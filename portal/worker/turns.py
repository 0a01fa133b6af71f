"""Say whose turn it is: paid sales first, then kind by kind, and company by company."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Protocol

from portal.core.leases import NOBODY, Claim
from portal.models import Base

# A turn is forgotten when so many companies have had theirs: the statement that passes them
# over must not grow without end.
LONGEST_TURN = 200


class TakesDue(Protocol):
    """Claim the longest due record of a kind, but for some companies'."""

    def __call__(self, due_since: float, but: Collection[str]) -> Claim | None: ...


class Does(Protocol):
    """Do what is due of a claimed record."""

    __name__: str

    def __call__(self, claim: Claim) -> None: ...


@dataclass(frozen=True)
class Step:
    """Say how a record of one kind is claimed, and what is done with it then."""

    record: type[Base]
    claim: TakesDue
    do: Does


class Turns:
    """Give every company with something due of one kind its turn before any has a second one."""

    def __init__(self, step: Step) -> None:
        self.step = step
        self._served: set[str] = set()

    def claim(self, due_since: float, barred: Collection[str]) -> Claim | None:
        """Claim the next one's longest due record; None where nothing is due but of the barred."""
        found = self.step.claim(due_since, self._served.union(barred))
        if found is None and self._served:
            self._served.clear()
            found = self.step.claim(due_since, barred)
        if found is not None and found.company_id is not None:
            self._note(found.company_id)
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

    def take(
        self, due_since: float = 0.0, barred: Collection[str] = NOBODY
    ) -> tuple[Step, Claim] | None:
        """Claim one record that has been due for `due_since` seconds, of no barred company."""
        for turns in (*self._first, *self._others):
            claim = turns.claim(due_since, barred)
            if claim is not None:
                self._go_on(turns)
                return turns.step, claim
        return None

    def _go_on(self, served: Turns) -> None:
        """The kind that was served stands last from now on."""
        if served in self._others:
            self._others.remove(served)
            self._others.append(served)
