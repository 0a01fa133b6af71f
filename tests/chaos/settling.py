"""Let time pass once the faults are over, until the workers have finished what is left."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta

from flask import Flask
from sqlalchemy import ColumnElement, and_, func, or_, select, update
from sqlalchemy.orm import InstrumentedAttribute

from portal.access.radius.sessions import is_fresh
from portal.core.database import reading, writing
from portal.core.records import Base, from_now
from portal.models import Access, Job, RadiusSession, Sale, WebhookEvent, utc_now
from portal.models.sale_states import FINAL
from portal.ports import settings
from tests.chaos.deployment import USAGE_SYNC_SECONDS
from tests.chaos.environment import ChaosEnvironment

LOOK_SECONDS = 0.25
# Longer than a card token lives, than 3DS may take, and than a paid sale waits for its router.
LONG = timedelta(minutes=30)
# A round that ends now may have begun a moment ago.
ROUND_LASTS = timedelta(seconds=1)
UNFINISHED = and_(Sale.state.not_in(FINAL), Sale.parked_reason.is_(None))
ASTRAY = and_(Access.actual != Access.wanted, Access.parked_reason.is_(None))


def let_time_pass(app: Flask, seconds: float) -> bool:
    """Age what is unfinished until every sale is final or parked; False when the time is over.

    It is as if half an hour had gone by since money was asked for, or came.
    """

    def is_over() -> bool:
        for moment in (Sale.charging_at, Sale.paid_at):
            _age(moment)
        return _count(Sale, UNFINISHED) == 0

    return _wait(app, seconds, is_over)


def _age(moment: InstrumentedAttribute[datetime | None]) -> None:
    young = and_(UNFINISHED, moment > utc_now() - LONG / 2)
    with writing() as session:
        for sale_id, at in session.execute(select(Sale.id, moment).where(young)).all():
            aged = update(Sale).where(Sale.id == sale_id, young)
            session.execute(aged.values({moment: at and at - LONG}))


def wait_for_calm(
    app: Flask, environment: ChaosEnvironment, seconds: float, soonest: float
) -> bool:
    """Wait until nothing is due, and a round of every router has found nothing; False as above.

    Never before the moment `soonest` of the monotonic clock.
    """
    busy = [utc_now()]

    def is_calm() -> bool:
        if _something_is_due() or environment.notices_under_way():
            busy.append(utc_now())
        return time.monotonic() > soonest and _rounds_were_made(busy[-1])

    return _wait(app, seconds, is_calm)


def _something_is_due() -> bool:
    due = Access.next_attempt_at <= from_now()
    told = WebhookEvent.next_attempt_at.is_not(None)
    return any(
        _count(record, condition)
        for record, condition in (
            (Sale, UNFINISHED),
            (Access, or_(ASTRAY, due)),
            (WebhookEvent, told),
            (Access, _ends_soon()),
            (RadiusSession, _is_fading()),
        )
    )


def _ends_soon() -> ColumnElement[bool]:
    return (Access.wanted == "enabled") & (Access.expires_at < utc_now() + LONG)


def _is_fading() -> ColumnElement[bool]:
    """Whether the router is silent about a session that is still taken for open."""
    return is_fresh() & (RadiusSession.heard_at < from_now(-1.5 * settings().radius_interim))


def _rounds_were_made(since: datetime) -> bool:
    """A round sets when the next one is due, which tells when it was made."""
    since += timedelta(seconds=USAGE_SYNC_SECONDS) + ROUND_LASTS
    rounds = Job.id.startswith("usage_sync:")
    return _count(Job, rounds) > 0 and _count(Job, and_(rounds, Job.next_attempt_at < since)) == 0


def _count(record: type[Base], condition: ColumnElement[bool]) -> int:
    with reading() as session:
        query = select(func.count()).select_from(record).where(condition)
        return session.scalar(query) or 0


def _wait(app: Flask, seconds: float, done: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + seconds
    with app.app_context():
        while not done():
            if time.monotonic() > deadline:
                return False
            time.sleep(LOOK_SECONDS)
    return True
