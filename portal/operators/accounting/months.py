"""Sum up months, by router, with the tax and the gateway's fees within."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from portal.core.database import reading
from portal.core.errors import Invalid
from portal.core.local_time import begin_of
from portal.models import Router
from portal.operators.accounting.cash import CashLine, cash_of
from portal.operators.lookup import company_in
from portal.ports import time_zone_of
from portal.sales.takings.amounts import NOTHING, Takings
from portal.sales.takings.reading import Month, MonthTakings, months, year

FIRST_YEAR, LAST_YEAR = 2000, 2999
NO_SUCH_MONTH = "Ese mes no existe: escríbalo como 2026-01."


@dataclass(frozen=True)
class RouterLine:
    """Hold what a router took in a month, in one currency."""

    router_id: str
    name: str
    currency: str
    takings: Takings


@dataclass(frozen=True)
class MonthLine:
    """Hold what the whole company took in a month, in one currency."""

    month: Month
    currency: str
    takings: Takings


@dataclass(frozen=True)
class Year:
    """Hold a year's months, oldest first, and of one of them the routers and the sellers, by name.

    What came by gateway and what came in cash stand apart: one is on the bank's list.
    """

    months: Sequence[MonthLine]
    routers: Sequence[RouterLine]
    totals: Sequence[RouterLine]
    cash: Sequence[CashLine]


def month_of(text: str) -> Month:
    """Read a month such as 2026-01. Raises Invalid."""
    year, _, month = text.partition("-")
    plain = year.isascii() and month.isascii() and year.isdigit() and month.isdigit()
    if not plain or len(year) != 4 or len(month) != 2:
        raise Invalid(NO_SUCH_MONTH)
    found = (int(year), int(month))
    if not (FIRST_YEAR <= found[0] <= LAST_YEAR and 1 <= found[1] <= 12):
        raise Invalid(NO_SUCH_MONTH)
    return found


def bounds(month: Month) -> tuple[date, date]:
    """Give the month's first day, and the first of the one after."""
    year, number = month
    following = date(year + number // 12, number % 12 + 1, 1)
    return date(year, number, 1), following


def year_of(company_id: str, month: Month) -> Year:
    """Account for the year that the month is in, and for the month by router. Raises NotFound."""
    first, end = bounds(month)
    with reading() as session:
        company = company_in(session, company_id)
        zone = time_zone_of(company)
        by_month = year(session, company_id, zone, month[0])
        found = months(session, company_id, zone, first, end)
        named = select(Router.id, Router.name).where(Router.company_id == company_id)
        begins, ends = (begin_of(day, zone) for day in bounds(month))
        cash = cash_of(session, company_id, (begins, ends))
        names = {row.id: row.name for row in session.execute(named)}
    routers = [
        RouterLine(part.router_id, names.get(part.router_id, ""), part.currency, part.takings)
        for part in found
    ]
    routers.sort(key=lambda line: (line.name.casefold(), line.router_id, line.currency))
    return Year(_by_month(by_month), routers, _totals(routers), cash)


def _by_month(found: Iterable[MonthTakings]) -> list[MonthLine]:
    sums: dict[tuple[Month, str], Takings] = {}
    for part in found:
        key = (part.month, part.currency)
        sums[key] = sums.get(key, NOTHING) + part.takings
    return [MonthLine(*key, takings) for key, takings in sorted(sums.items())]


def _totals(routers: Sequence[RouterLine]) -> list[RouterLine]:
    sums: dict[str, Takings] = {}
    for line in routers:
        sums[line.currency] = sums.get(line.currency, NOTHING) + line.takings
    return [RouterLine("", "", currency, takings) for currency, takings in sorted(sums.items())]
