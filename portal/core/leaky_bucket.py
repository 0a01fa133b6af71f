"""Keep a budget of tries that fills again by itself as one moment.

The moment is when the budget will be whole again. Each try puts it off by the time in which
one try comes back; the budget is used up while it lies further ahead than the window.
(Known as the generic cell rate algorithm, from ATM networks.)
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True)
class Budget:
    """Allow so many `tries` in a `window`. Once used up, it stays so for `calm` after the last."""

    tries: float
    window: timedelta
    calm: timedelta

    def after_a_try(self, whole_at: datetime | None, now: datetime) -> datetime:
        """Give the new moment, after one more try at `now`.

        However many come, it lies no further than `calm` beyond the window: whoever tried
        all day must not make others wait all night.
        """
        spent = max(whole_at or now, now) + self.window / self.tries
        if self.is_used_up(spent, now):
            return now + self.window + self.calm
        return spent

    def is_used_up(self, whole_at: datetime | None, now: datetime) -> bool:
        """Tell whether a further try is one too many."""
        return whole_at is not None and whole_at > now + self.window
