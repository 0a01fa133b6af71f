"""Sum the days that are over, once and for all: a job that no sale waits for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import asdict
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from portal.core.database import reading, writing
from portal.core.local_time import DAY, begin_of, day_of, end_of
from portal.core.statements import add_rows
from portal.hotspot.deadline import Deadline
from portal.models import Company, Sale, TakingsDay, TakingsHour, TakingsState, utc_now
from portal.ports import time_zone_of
from portal.sales.takings.amounts import NOTHING, Takings
from portal.sales.takings.slots import RouterPart, Slot, by_router, slots

# Longer than a write of ours takes, and than clocks of machines differ.
SETTLED = timedelta(hours=6)
# Fees that the gateway tells some days later are counted by the way.
RECOUNTED = timedelta(days=3)
# A job's lease must not end before it does; the rest is done when it comes round again.
SECONDS = 20.0


def sum_days(company_id: str, now: datetime | None = None) -> int:
    """Sum the company's days that are over and were not, oldest first; how many."""
    deadline, summed = Deadline(SECONDS), 0
    moment = now or utc_now()
    with reading() as session:
        zone = time_zone_of(session.get_one(Company, company_id))
        last = last_settled(moment, zone)
        day = _first(session, company_id, zone, last)
    while day is not None and day <= last and not deadline.passed:
        _sum(company_id, day, zone)
        day, summed = day + DAY, summed + 1
    return summed


def last_settled(now: datetime, zone: ZoneInfo) -> date:
    """Give the last day to which nothing will be added any more."""
    return day_of(now - SETTLED, zone) - DAY


def reopen(session: Session, company_id: str, moment: datetime) -> None:
    """Have the days from this moment on summed again: something in them has changed."""
    state = session.get(TakingsState, company_id)
    if state is None:
        return
    before = day_of(moment, ZoneInfo(state.time_zone)) - DAY
    session.execute(
        update(TakingsState)
        .where(TakingsState.company_id == company_id, TakingsState.through > before)
        .values(through=before),
        execution_options={"synchronize_session": False},
    )


def _first(session: Session, company_id: str, zone: ZoneInfo, last: date) -> date | None:
    """Give the day to begin with: some were summed before, unless in another zone."""
    state = session.get(TakingsState, company_id)
    if state is not None and state.time_zone == zone.key:
        return None if state.through >= last else state.through + DAY - RECOUNTED
    oldest = session.scalar(select(func.min(Sale.paid_at)).where(Sale.company_id == company_id))
    return day_of(oldest, zone) if oldest else None


def _sum(company_id: str, day: date, zone: ZoneInfo) -> None:
    """Put the day's sums in the place of what stood there."""
    with writing() as session:
        # Whoever reopens days meanwhile waits, and reopens what is written here.
        state = session.get(TakingsState, company_id, with_for_update=True)
        span = (begin_of(day, zone), end_of(day, zone))
        found = list(slots(session, company_id, [span]))
        routers = by_router(session, company_id, span)
        for record in (TakingsDay, TakingsHour):
            session.execute(
                delete(record).where(record.company_id == company_id, record.day == day)
            )
        where = {"company_id": company_id, "day": day}
        if found:
            add_rows(session, TakingsDay, *_of_routers(routers, where))
            add_rows(session, TakingsHour, *_of_hours(found, zone, where))
        _note(session, state or _begun(session, company_id, day, zone), day, zone)


def _begun(session: Session, company_id: str, day: date, zone: ZoneInfo) -> TakingsState:
    state = TakingsState(company_id=company_id, time_zone=zone.key, through=day)
    session.add(state)
    return state


def _note(session: Session, state: TakingsState, day: date, zone: ZoneInfo) -> None:
    """Note how far all days are summed; one that was reopened meanwhile is not passed over."""
    if state.time_zone != zone.key:
        # Sums of days that began at another hour mean nothing any more.
        for record in (TakingsDay, TakingsHour):
            old = record.company_id == state.company_id
            session.execute(delete(record).where(old, record.day != day))
        state.time_zone, state.through = zone.key, day
    elif state.through == day - DAY:
        state.through = day


def _of_routers(found: Iterable[RouterPart], where: dict[str, Any]) -> list[dict[str, Any]]:
    sums: dict[tuple[str, str], Takings] = defaultdict(Takings)
    for part in found:
        sums[part.router_id, part.currency] += part.takings
    return [
        where | {"router_id": router_id, "currency": currency} | asdict(takings)
        for (router_id, currency), takings in sums.items()
    ]


def _of_hours(found: Iterable[Slot], zone: ZoneInfo, where: dict[str, Any]) -> list[dict[str, Any]]:
    sums: dict[tuple[int, str], Takings] = defaultdict(lambda: NOTHING)
    for slot in found:
        sums[slot.local(zone)[1], slot.currency] += slot.takings
    return [
        where | {"hour": hour, "currency": currency} | asdict(takings)
        for (hour, currency), takings in sums.items()
    ]
