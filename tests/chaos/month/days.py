"""Live the days, one after another, each from its first minute to the books."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random

from portal.core import clock_guard
from portal.models import Sale
from portal.worker.dispatcher import run_pass
from portal.worker.schedule import plan_jobs
from tests.chaos.month.books import HERE, Books, close_books
from tests.chaos.month.cafe import Cafe, Happened
from tests.chaos.month.clock import WallClock

OPENS, CLOSES = 7 * 60, 23 * 60
# Before the last train, and through the hour that is not there in March.
NIGHT = (90, 100, 110, 125, 140, 155, 170, 185)
# How often the worker looks before the books are closed.
RIPENING = 12
AWAY = timedelta(minutes=25)
CASH_SHARE = 0.06


@dataclass(frozen=True)
class Lived:
    """A day, its books and what it brought."""

    books: Books
    happened: Happened


class Days:
    """A café's life by a clock that is moved: so many sales a day, the worker at each pace."""

    def __init__(
        self, cafe: Cafe, clock: WallClock, seed: int, sales: int, pace: timedelta
    ) -> None:
        self._cafe, self._clock, self._sales, self._seed = cafe, clock, sales, seed
        self._pace = pace
        self._looked = datetime.now(HERE)
        # This machine has no clock that is steady beside one that is moved.
        clock_guard._guard = clock_guard.ClockGuard(steady=time.time)

    def live(self, day: date) -> Lived:
        """Let a day go by, and close its books a quarter of an hour after midnight."""
        happened = Happened()
        chance = Random(f"{self._seed}:{day}")
        self._go_to(self._at(day, 1))
        with self._cafe.app.app_context():
            plan_jobs()
        for minute, act in sorted(self._programme(day, chance, happened), key=lambda pair: pair[0]):
            self._go_to(self._at(day, minute))
            act()
        self._cafe.close()
        self.ripen(self._at(day + timedelta(days=1), 15))
        return Lived(close_books(self._cafe, day, happened), happened)

    def ripen(self, until: datetime) -> None:
        """Let the worker finish what is left, the last of it just before then."""
        begin = datetime.now(HERE)
        for step in range(1, RIPENING + 1):
            self._clock.go_to(begin + (until - begin) * step / RIPENING)
            self._work()

    def _programme(
        self, day: date, chance: Random, happened: Happened
    ) -> Iterator[tuple[float, Callable[[], object]]]:
        cafe = self._cafe
        for number in range(self._sales):
            act = cafe.cash if chance.random() < CASH_SHARE else cafe.card
            minute = NIGHT[number] if number < len(NIGHT) else chance.uniform(OPENS, CLOSES)
            yield minute, lambda act=act: act(chance, happened)  # type: ignore[misc]
        # The router misses a phone some minutes after it went, and a week is for one at a time.
        yield OPENS - 30, cafe.close
        yield OPENS - 5, lambda: cafe.come_back(time.time(), happened)
        for power_cut in (False, True):
            yield (
                chance.uniform(OPENS, CLOSES),
                lambda power_cut=power_cut: self._reboot(power_cut, happened),  # type: ignore[misc]
            )
        if day.toordinal() % 3 == 0:
            yield from self._outage(chance.uniform(OPENS, CLOSES - 60), happened)
        yield CLOSES - 20, lambda: self._take_back(cafe.give_back, chance, happened)
        if day.toordinal() % 4 == 0:
            yield CLOSES - 10, lambda: self._take_back(cafe.charge_back, chance, happened)

    def _outage(
        self, minute: float, happened: Happened
    ) -> Iterator[tuple[float, Callable[[], object]]]:
        def go_down() -> None:
            self._cafe.router.go_down()
            happened.events["router away"] += 1

        yield minute, go_down
        yield minute + AWAY.total_seconds() / 60, self._cafe.router.come_up

    def _reboot(self, power_cut: bool, happened: Happened) -> None:
        self._cafe.router.reboot(power_cut=power_cut)
        happened.events["power cut" if power_cut else "reboot"] += 1

    def _take_back(
        self, act: Callable[[Sale, Happened], None], chance: Random, happened: Happened
    ) -> None:
        sold = [sale for sale in self._cafe.sales()[-self._sales :] if sale.state == "delivered"]
        act(chance.choice(sold), happened)

    def _at(self, day: date, minute: float) -> datetime:
        """That minute of the clock on the wall; one that there is not is an hour later."""
        hours, minutes = divmod(minute, 60)
        begin = datetime(day.year, day.month, day.day, int(hours), tzinfo=HERE)
        return begin + timedelta(minutes=minutes)

    def _go_to(self, moment: datetime) -> None:
        """Let time pass until then, with the worker at its work."""
        while self._looked + self._pace < moment:
            self._looked += self._pace
            self._clock.go_to(self._looked)
            self._work()
        self._clock.go_to(moment)

    def _work(self) -> None:
        self._looked = datetime.now(HERE)
        with self._cafe.app.app_context():
            run_pass()
