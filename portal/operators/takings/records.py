"""Hold how business goes: online and in cash, by stretch, by day and by hour."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from portal.operators.takings.cash import NO_CASH, CashTaken
from portal.operators.takings.spans import SpanKind
from portal.sales.takings.amounts import Takings


@dataclass(frozen=True)
class SpanTakings:
    """Hold what was taken in a stretch so far, and in as much of the one before.

    `now` and `before` came by gateway, `cash` and `cash_before` for codes at the counter.
    """

    kind: SpanKind
    now: Takings
    before: Takings
    cash: CashTaken
    cash_before: CashTaken

    @property
    def net(self) -> int:
        """Give what stayed of all of it, in centavos."""
        return self.now.net + self.cash.net

    @property
    def net_before(self) -> int:
        """Give what had stayed of all of it by then."""
        return self.before.net + self.cash_before.net


@dataclass(frozen=True)
class DayTakings:
    """Hold what was taken on a day: by gateway, and in cash."""

    day: date
    takings: Takings
    cash: CashTaken

    @property
    def net(self) -> int:
        """Give what stayed of all of it, in centavos."""
        return self.takings.net + self.cash.net


@dataclass(frozen=True)
class Overview:
    """Hold how business goes in one currency.

    `by_hour` are the sales of the last eight weeks, codes among them, which end with today, by
    weekday, Monday the first of seven, and by hour, of 24.
    """

    currency: str
    spans: Sequence[SpanTakings]
    days: Sequence[DayTakings]
    by_hour: Sequence[Sequence[int]]

    @property
    def has_cash(self) -> bool:
        """Tell whether any of it came in cash."""
        cash = [day.cash for day in self.days] + [span.cash for span in self.spans]
        return any(one != NO_CASH for one in (*cash, *(s.cash_before for s in self.spans)))

    @property
    def has_sold(self) -> bool:
        """Tell whether anything was sold on its days."""
        return any(day.takings.sales + day.cash.vouchers for day in self.days)
