"""Sum up what was paid, less what was given back of it, by day, product, router and company."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import (
    Subquery,
    func,
    literal,
    select,
    tuple_,
)
from sqlalchemy.orm import Session

from portal.models import Company, Router, Sale
from portal.models.sale_states import SaleState
from portal.operators.lookup import by_id
from portal.sales.takings.clock import local_seconds

EARNED = (SaleState.PAID, SaleState.DELIVERED, SaleState.REFUNDING)
DAY_SECONDS = 86_400
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Income:
    """Sum the sales of a day, product, router or company in one currency; `amount` in centavos."""

    key: str
    name: str
    currency: str
    sales: int
    amount: int


class Key(StrEnum):
    """Name what incomes are summed by."""

    DAY = "day"
    PRODUCT = "product"
    ROUTER = "router"
    COMPANY = "company"


# PostgreSQL's GROUPING: a bit is set for each key, the first the highest, that a sum is not by.
_NO_KEY = 2 ** len(Key) - 1
_GROUPED: dict[int, Key | None] = {_NO_KEY: None} | {
    _NO_KEY - 2 ** (len(Key) - 1 - place): key for place, key in enumerate(Key)
}


def _paid(
    session: Session, company_id: str | None, zone: ZoneInfo, since: datetime, until: datetime
) -> Subquery:
    # All companies are named as well: with them the index of payments begins.
    whose = [company_id] if company_id else session.scalars(select(Company.id)).all()
    query = select(
        Sale.currency,
        (Sale.amount - Sale.amount_refunded).label("amount"),
        Sale.plan_name,
        (local_seconds(session, Sale.paid_at, zone, since, until) // DAY_SECONDS).label(Key.DAY),
        Sale.plan_id.label(Key.PRODUCT),
        Sale.router_id.label(Key.ROUTER),
        Sale.company_id.label(Key.COMPANY),
    )
    within = (Sale.paid_at >= since, Sale.paid_at < until)
    return query.where(Sale.company_id.in_(whose), Sale.state.in_(EARNED), *within).subquery()


def earned(
    session: Session, company_id: str | None, zone: ZoneInfo, since: datetime, until: datetime
) -> dict[Key | None, list[Income]]:
    """Sum up by each key, and by none, in the keys' and the currencies' order.

    What was paid from `since` on and before `until`, of one company or of all, in days of a zone.
    A router and a company are named as they are now, a product as it was.
    """
    paid = _paid(session, company_id, zone, since, until)
    found: dict[Key | None, list[tuple[Any, str, Income]]] = {key: [] for key in (None, *Key)}
    for key, value, currency, sales, amount, name in _summed(session, paid):
        shown = name if key is Key.PRODUCT else ""
        income = Income(str(value), shown, currency, int(sales), int(amount))
        found[key].append((value, currency, income))
    sums = {key: [income for *_, income in sorted(rows)] for key, rows in found.items()}
    sums[Key.DAY] = [_dated(income) for income in sums[Key.DAY]]
    for key, model in ((Key.ROUTER, Router), (Key.COMPANY, Company)):
        sums[key] = _named(session, model, sums[key])
    return sums


def _summed(session: Session, paid: Subquery) -> Iterator[tuple[Any, ...]]:
    """Give each sum with its key; PostgreSQL makes all of them while it reads the sales once."""
    sums = (func.count(), func.sum(paid.c.amount), func.max(paid.c.plan_name))
    if session.get_bind().dialect.name == "postgresql":
        columns = [paid.c[key] for key in Key]
        sets = func.grouping_sets(
            tuple_(paid.c.currency), *(tuple_(paid.c.currency, column) for column in columns)
        )
        query = select(func.grouping(*columns), *columns, paid.c.currency, *sums).group_by(sets)
        for which, *row in session.execute(query):
            key = _GROUPED[which]
            yield key, "" if key is None else row[list(Key).index(key)], *row[len(Key) :]
        return
    for key in (None, *Key):
        value = literal("") if key is None else paid.c[key]
        keys = (paid.c.currency,) if key is None else (paid.c.currency, paid.c[key])
        query = select(value, paid.c.currency, *sums).group_by(*keys)
        yield from ((key, *row) for row in session.execute(query))


def _named(session: Session, model: Any, rows: Sequence[Income]) -> list[Income]:
    names = by_id(session, model, [income.key for income in rows]) if rows else {}
    return [replace(income, name=names[income.key].name) for income in rows]


def _dated(income: Income) -> Income:
    """The same, its key a day such as 2025-01-31."""
    return replace(income, key=str((EPOCH + timedelta(days=int(income.key))).date()))
