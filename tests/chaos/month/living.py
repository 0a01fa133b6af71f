"""Open the café, live its days and say what they came to."""

from __future__ import annotations

import sys
import tempfile
import time
from collections import Counter
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.benchmarks.tables import table
from tests.chaos.month.books import HERE, gone_back, gone_back_there, without_codes
from tests.chaos.month.cafe import Cafe
from tests.chaos.month.clock import WallClock
from tests.chaos.month.days import Days, Lived
from tests.support.environment import open_environment

# Where it is there: nothing has to outlive the month.
MEMORY = "/dev/shm" if Path("/dev/shm").is_dir() else None
# As in production, except that customers and gateway come from one address, and that orphan
# orders are searched for once an hour.
SETTINGS: dict[str, Any] = {
    "retry_first": 2.0,
    "retry_longest": 300.0,
    "sale_lease": 40.0,
    "router_breaker_seconds": 0.01,
    "address_sales": 0,
    "address_webhooks": 0,
    "orphan_orders_minutes": 60,
    "log_level": "CRITICAL",
}


def live(begin: date, days: int, sales: int, pace: timedelta, seed: int) -> int:
    """Print the table, and what is wrong; 1 where anything is."""
    began, clock = time.monotonic(), WallClock()
    clock.go_to(datetime(begin.year, begin.month, begin.day, tzinfo=HERE))
    with (
        tempfile.TemporaryDirectory(dir=MEMORY) as folder,
        open_environment(Path(folder), None, kind=Cafe, **SETTINGS) as cafe,
    ):
        life = Days(cafe, clock, seed, sales, pace)
        lived = []
        for number in range(days):
            lived.append(life.live(begin + timedelta(days=number)))
            _say(began, lived[-1])
        wrong = [*_wrong_days(lived), *_wrong_in_all(cafe, lived)]
    print(_table(lived))
    print("\n".join(wrong) or "the books agree to the centavo")
    return int(bool(wrong))


def _wrong_days(lived: list[Lived]) -> list[str]:
    return [f"{day.books.day}: {what}" for day in lived for what in day.books.wrong]


def _wrong_in_all(cafe: Cafe, lived: list[Lived]) -> list[str]:
    ledgers = without_codes(cafe, cafe.ledgers())
    wrong = ledgers.wrong()
    booked = sum(day.books.charged for day in lived)
    if booked != ledgers.charged():
        wrong.append(f"{booked} centavos booked in all, {ledgers.charged()} charged")
    back = gone_back(cafe, {(d.books.day.year, d.books.day.month) for d in lived})
    if back != gone_back_there(ledgers):
        wrong.append(f"{back} centavos booked as gone back, {gone_back_there(ledgers)} there")
    return wrong


def _say(began: float, day: Lived) -> None:
    books = day.books
    wrong = f"  {len(books.wrong)} wrong" if books.wrong else ""
    took = time.monotonic() - began
    said = f"{took:6.1f} s  {books.day}  {books.sales} charged{wrong}"
    print(said, *books.wrong, sep="\n          ", file=sys.stderr, flush=True)


def _table(lived: list[Lived]) -> str:
    books = [day.books for day in lived]
    answers = sum((day.happened.answers for day in lived), Counter[int]())
    events = sum((day.happened.events for day in lived), Counter[str]())
    hours = Counter(day.hours for day in books)
    rows = [
        ("days, by their hours", ", ".join(f"{n} of {h:g} h" for h, n in sorted(hours.items()))),
        ("purchases charged", f"{sum(day.sales for day in books):,}"),
        ("answers to a purchase", ", ".join(f"{s}: {n:,}" for s, n in sorted(answers.items()))),
        *((f"… {what}", f"{count:,}") for what, count in sorted(events.items())),
        ("charged", _pesos(sum(day.charged for day in books))),
        ("gone back", _pesos(sum(day.gone_back for day in books))),
        ("fees told by the gateway", _pesos(sum(day.fees for day in books))),
        ("cash", _pesos(sum(day.cash for day in books))),
        ("days whose books agree", f"{sum(not day.wrong for day in books)} of {len(books)}"),
    ]
    return table(("a café's month", "came to"), rows, markdown=False)


def _pesos(centavos: int) -> str:
    return f"${centavos / 100:,.2f}"
