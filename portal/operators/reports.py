"""Report what was sold and earned: paid sales only, less what was refunded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import BigInteger, ColumnElement, Integer, case, cast, extract, func, select
from sqlalchemy.orm import Session

from portal.core.database import reading
from portal.core.local_time import When, begin_of, day_of, end_of, offsets
from portal.models import Company, Plan, Router, Sale, utc_now
from portal.models.sale_states import UNDECIDED, SaleState
from portal.operators.lookup import company_in
from portal.ports import time_zone_of

EARNED = (SaleState.PAID, SaleState.DELIVERED, SaleState.REFUNDING)
USUAL_DAYS = 30
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


@dataclass(frozen=True)
class Report:
    """Report what was paid from `since` on and before `until`; what waits is as of now.

    `time_zone`: the zone whose days are meant, by its IANA name. `undecided`: sales whose money
    is not decided. `parked`: sales that wait for a person.
    """

    since: datetime
    until: datetime
    time_zone: str
    totals: Sequence[Income]
    per_day: Sequence[Income]
    per_product: Sequence[Income]
    per_router: Sequence[Income]
    per_company: Sequence[Income]
    undecided: int
    parked: int
    routers: int
    products: int


def of_company(company_id: str, since: When | None = None, until: When | None = None) -> Report:
    """Report on one company, of its last 30 days if nothing is said. Raises NotFound.

    Days are the company's, and both count; of moments, `until` does not.
    """
    with reading() as session:
        zone = time_zone_of(company_in(session, company_id))
        return _report(session, company_id, zone, *_period(since, until, zone))


def of_all(since: When | None = None, until: When | None = None) -> Report:
    """Report on all companies in the deployment's days, the last 30 if nothing is said."""
    zone = time_zone_of(None)
    with reading() as session:
        return _report(session, None, zone, *_period(since, until, zone))


def _period(since: When | None, until: When | None, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Without a begin it is whole days, today among them."""
    end = end_of(until, zone) if until else utc_now()
    last_day = day_of(end - timedelta(microseconds=1), zone)
    return begin_of(since or last_day - timedelta(days=USUAL_DAYS - 1), zone), end


def _report(
    session: Session, company_id: str | None, zone: ZoneInfo, since: datetime, until: datetime
) -> Report:
    paid = [*_of(Sale, company_id), Sale.state.in_(EARNED)]
    paid += [Sale.paid_at >= since, Sale.paid_at < until]

    def earned(key: Any = None, name: Any = None) -> list[Income]:
        return _earned(session, paid, key, name)

    return Report(
        since=since,
        until=until,
        time_zone=zone.key,
        totals=earned(),
        per_day=[_dated(income) for income in earned(_day(session, zone, since, until))],
        per_product=earned(Sale.plan_id, func.max(Sale.plan_name)),
        per_router=earned(Sale.router_id, _name_of(Router, Sale.router_id)),
        per_company=earned(Sale.company_id, _name_of(Company, Sale.company_id)),
        undecided=_count(session, Sale, *_of(Sale, company_id), Sale.state.in_(UNDECIDED)),
        parked=_count(session, Sale, *_of(Sale, company_id), Sale.parked_reason.is_not(None)),
        routers=_count(session, Router, *_of(Router, company_id), Router.active),
        products=_count(session, Plan, *_of(Plan, company_id), Plan.active),
    )


def _of(model: Any, company_id: str | None) -> list[ColumnElement[bool]]:
    return [] if company_id is None else [model.company_id == company_id]


def _earned(session: Session, paid: list[ColumnElement[bool]], key: Any, name: Any) -> list[Income]:
    keys = [] if key is None else [key]
    query = (
        select(
            Sale.currency,
            func.count(),
            func.sum(Sale.amount - Sale.amount_refunded),
            *keys,
            *([] if name is None else [name]),
        )
        .where(*paid)
        .group_by(Sale.currency, *keys)
        .order_by(*keys, Sale.currency)
    )
    return [_income(*row) for row in session.execute(query)]


def _income(currency: str, sales: int, amount: Any, key: Any = "", name: Any = "") -> Income:
    return Income(str(key), name or "", currency, sales, int(amount))


def _day(session: Session, zone: ZoneInfo, since: datetime, until: datetime) -> ColumnElement[Any]:
    """The day of the payment in this zone, as days since 1970.

    Databases are only asked to add and compare, so that all of them tell the same day.
    """
    known = list(offsets(since, until, zone))
    before = [(Sale.paid_at < known[i + 1][0], known[i][1]) for i in range(len(known) - 1)]
    ahead = case(*before, else_=known[-1][1]) if before else known[-1][1]
    return (_unix_seconds(session) + ahead) // DAY_SECONDS


def _unix_seconds(session: Session) -> ColumnElement[int]:
    if session.get_bind().dialect.name == "sqlite":
        # It rounds to milliseconds, which would push the last of a day into the next.
        whole_second = func.substr(Sale.paid_at, 1, len("2025-01-31 23:59:59"))
        return cast(func.strftime("%s", whole_second), Integer)
    return cast(func.floor(extract("epoch", Sale.paid_at)), BigInteger)


def _dated(income: Income) -> Income:
    """The same, its key a day such as 2025-01-31."""
    return replace(income, key=str((EPOCH + timedelta(days=int(income.key))).date()))


def _name_of(model: Any, key: Any) -> Any:
    return select(model.name).where(model.id == key).scalar_subquery()


def _count(session: Session, model: Any, *conditions: Any) -> int:
    return session.scalar(select(func.count()).select_from(model).where(*conditions)) or 0
