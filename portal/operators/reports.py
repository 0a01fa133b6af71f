"""Report what was sold and earned: paid sales only, less what was refunded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from portal.core.database import reading
from portal.models import Company, Plan, Router, Sale, utc_now
from portal.models.sale_states import UNDECIDED, SaleState
from portal.operators.lookup import company_in

EARNED = (SaleState.PAID, SaleState.DELIVERED, SaleState.REFUNDING)
USUAL_DAYS = 30


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

    `undecided`: sales whose money is not decided. `parked`: sales that wait for a person.
    """

    since: datetime
    until: datetime
    totals: Sequence[Income]
    per_day: Sequence[Income]
    per_product: Sequence[Income]
    per_router: Sequence[Income]
    per_company: Sequence[Income]
    undecided: int
    parked: int
    routers: int
    products: int


def of_company(
    company_id: str, since: datetime | None = None, until: datetime | None = None
) -> Report:
    """Report on one company, of the last 30 days if nothing is said. Raises NotFound."""
    with reading() as session:
        company_in(session, company_id)
        return _report(session, company_id, since, until)


def of_all(since: datetime | None = None, until: datetime | None = None) -> Report:
    """Report on all companies, of the last 30 days if nothing is said."""
    with reading() as session:
        return _report(session, None, since, until)


def _report(
    session: Session, company_id: str | None, since: datetime | None, until: datetime | None
) -> Report:
    until = until or utc_now()
    since = since or until - timedelta(days=USUAL_DAYS)
    paid = [*_of(Sale, company_id), Sale.state.in_(EARNED)]
    paid += [Sale.paid_at >= since, Sale.paid_at < until]

    def earned(key: Any = None, name: Any = None) -> list[Income]:
        return _earned(session, paid, key, name)

    return Report(
        since=since,
        until=until,
        totals=earned(),
        per_day=earned(_day(session)),
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


def _day(session: Session) -> ColumnElement[Any]:
    """The day of the payment in UTC, as 2025-01-31."""
    if session.get_bind().dialect.name == "sqlite":
        return func.date(Sale.paid_at)
    return func.date(func.timezone("UTC", Sale.paid_at))


def _name_of(model: Any, key: Any) -> Any:
    return select(model.name).where(model.id == key).scalar_subquery()


def _count(session: Session, model: Any, *conditions: Any) -> int:
    return session.scalar(select(func.count()).select_from(model).where(*conditions)) or 0
