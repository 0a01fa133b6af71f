"""Report what was sold and earned: paid sales only, less what was refunded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from portal.core.database import reading
from portal.core.local_time import When, begin_of, day_of, end_of
from portal.models import Plan, Router, Sale, utc_now
from portal.models.sale import is_over_for_buyer
from portal.models.sale_states import UNDECIDED
from portal.operators.lookup import company_in
from portal.operators.takings.income import Income, Key, earned
from portal.ports import time_zone_of

USUAL_DAYS = 30


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
    sums = earned(session, company_id, zone, since, until)
    return Report(
        since=since,
        until=until,
        time_zone=zone.key,
        totals=sums[None],
        per_day=sums[Key.DAY],
        per_product=sums[Key.PRODUCT],
        per_router=sums[Key.ROUTER],
        per_company=sums[Key.COMPANY],
        undecided=_count(
            session,
            Sale,
            *_of(Sale, company_id),
            Sale.state.in_(UNDECIDED),
            is_over_for_buyer(utc_now()),
        ),
        parked=_count(session, Sale, *_of(Sale, company_id), Sale.parked_reason.is_not(None)),
        routers=_count(session, Router, *_of(Router, company_id), Router.active),
        products=_count(session, Plan, *_of(Plan, company_id), Plan.active),
    )


def _of(model: Any, company_id: str | None) -> list[ColumnElement[bool]]:
    return [] if company_id is None else [model.company_id == company_id]


def _count(session: Session, model: Any, *conditions: Any) -> int:
    return session.scalar(select(func.count()).select_from(model).where(*conditions)) or 0
