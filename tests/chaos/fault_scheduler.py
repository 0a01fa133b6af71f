"""Share what all faults need: chance, a count of what went wrong, and what is mended later."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from operator import itemgetter
from random import Random

Action = Callable[[], None]


class FaultScheduler:
    """Used by one thread alone. `counts` says what went wrong how often."""

    def __init__(self, seed: int) -> None:
        self.chance = Random(f"{seed}:faults")
        self.counts: Counter[str] = Counter()
        self._later: list[tuple[float, Action]] = []

    def later(self, least: float, most: float, action: Action) -> None:
        """Have it done in so many seconds, at random between the two."""
        at = time.monotonic() + self.chance.uniform(least, most)
        self._later.append((at, action))

    @property
    def owes(self) -> bool:
        """Whether something is still to be mended."""
        return bool(self._later)

    def mend(self, until: float) -> None:
        """Do what is due by this moment of the monotonic clock."""
        due = [item for item in self._later if item[0] <= until]
        self._later = [item for item in self._later if item[0] > until]
        for _, action in sorted(due, key=itemgetter(0)):
            try:
                action()
            except OSError:
                # Somebody's outgoing connection has drawn the port; it is free again soon.
                self.later(0.1, 0.3, action)
