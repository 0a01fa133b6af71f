"""Show the deployment's companies at a glance: their people, and what they took lately."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.core.database import reading
from portal.core.local_time import DAY, day_of
from portal.models import AdminUser, Company, Router, TakingsDay, utc_now
from portal.operators.lookup import ListPage, page
from portal.ports import time_zone_of

DAYS = 30


@dataclass(frozen=True)
class CompanyTotals:
    """Tell what a company took in one currency: sales, and centavos less what was refunded."""

    currency: str
    sales: int
    amount: int


@dataclass(frozen=True)
class CompanyGlance:
    """Hold a company, how many people may enter and routers sell, and its last 30 full days."""

    company: Company
    people: int
    routers: int
    totals: Sequence[CompanyTotals]


def companies(limit: int, offset: int) -> ListPage[CompanyGlance]:
    """List all companies, by name: five queries, however many there are."""
    with reading() as session:
        found = page(session, select(Company).order_by(Company.name, Company.id), limit, offset)
        ids = [company.id for company in found.rows]
        people = dict(_counted(session, AdminUser, ids))
        routers = dict(_counted(session, Router, ids))
        totals = _totals(session, ids)
    rows = [
        CompanyGlance(each, people.get(each.id, 0), routers.get(each.id, 0), totals[each.id])
        for each in found.rows
    ]
    return ListPage(found.total, rows)


def _counted(session: Session, record: Any, ids: Sequence[str]) -> list[tuple[str, int]]:
    """How many active ones each company has."""
    query = (
        select(record.company_id, func.count())
        .where(record.company_id.in_(ids), record.active)
        .group_by(record.company_id)
    )
    return [(company_id, number) for company_id, number in session.execute(query)]


def _totals(session: Session, ids: Sequence[str]) -> dict[str, list[CompanyTotals]]:
    first = day_of(utc_now(), time_zone_of(None)) - DAYS * DAY
    query = (
        select(
            TakingsDay.company_id,
            TakingsDay.currency,
            func.sum(TakingsDay.sales),
            func.sum(TakingsDay.charged - TakingsDay.refunded),
        )
        .where(TakingsDay.company_id.in_(ids), TakingsDay.day >= first)
        .group_by(TakingsDay.company_id, TakingsDay.currency)
        .order_by(TakingsDay.currency)
    )
    found: dict[str, list[CompanyTotals]] = defaultdict(list)
    for company_id, currency, sales, amount in session.execute(query):
        found[company_id].append(CompanyTotals(currency, int(sales), int(amount)))
    return found
