"""Let time pass once the faults are over, until the workers have finished what is left."""

from __future__ import annotations

import time
from collections.abc import Callable, Container
from datetime import datetime, timedelta
from unittest.mock import patch

from flask import Flask
from sqlalchemy import ColumnElement, and_, func, select, update
from sqlalchemy.orm import InstrumentedAttribute

from portal.access.provisioning import mark_of
from portal.access.radius.sessions import is_fresh
from portal.core.database import reading, writing
from portal.core.records import Base, from_now
from portal.models import (
    Access,
    GatewayAccount,
    Job,
    PaymentPass,
    RadiusSession,
    Sale,
    WebhookEvent,
    utc_now,
)
from portal.models.passes.payment_pass import PASS_STANDS
from portal.models.sale_states import FINAL
from portal.ports import settings
from portal.worker import orphan_orders
from tests.chaos.deployment import USAGE_SYNC_SECONDS
from tests.chaos.environment import ChaosEnvironment

LOOK_SECONDS = 0.25
# Longer than a card token lives, than 3DS may take, and than a paid sale waits for its router.
LONG = timedelta(minutes=30)
# A round that ends now may have begun a moment ago.
ROUND_LASTS = timedelta(seconds=1)
PAID_OUTSIDE = and_(Sale.payable_until.is_not(None), Sale.parked_reason.is_(None))
CANCELED_LATER = and_(Sale.state == "canceled", PAID_OUTSIDE)
WAITS_FOR_BUYER = and_(Sale.state == "pending", PAID_OUTSIDE)
UNFINISHED = and_(Sale.state.not_in(FINAL), Sale.parked_reason.is_(None))
ASTRAY = and_(Access.actual != Access.wanted, Access.parked_reason.is_(None))


def let_time_pass(
    app: Flask, environment: ChaosEnvironment, seconds: float, give_back: Callable[[], None]
) -> list[str]:
    """Age what is unfinished until every sale is final or parked; what is not, if time is over.

    It is as if half an hour had gone by since money was asked for, or came; and a day since who
    pays outside was told how. For money that comes still later a few days are looked at once. What
    no gateway gives back operators do, who `give_back`.
    """
    with app.app_context():
        _look_now(CANCELED_LATER)

    def left() -> list[str]:
        for moment in (Sale.charging_at, Sale.paid_at):
            _age(moment)
        give_back()
        _end_passes()
        _end_time_to_pay(environment)
        due = and_(CANCELED_LATER, Sale.next_attempt_at <= from_now())
        return _counted(
            ("sales undecided", Sale, UNFINISHED),
            ("canceled sales not looked at", Sale, due),
            ("passes on routers", PaymentPass, PASS_STANDS),
        )

    deadline = time.monotonic() + seconds
    return _wait(app, seconds, left) or _search_orders(app, deadline - time.monotonic())


def _end_time_to_pay(environment: ChaosEnvironment) -> None:
    """Of all that waits for its buyer, be it that its order has just come to wait."""
    with reading() as session:
        waiting = session.scalars(select(Sale.order_id).where(WAITS_FOR_BUYER)).all()
    for order_id in filter(None, waiting):
        environment.end_time_to_pay(order_id)
    _look_now(WAITS_FOR_BUYER)


def _look_now(which: ColumnElement[bool]) -> None:
    later = and_(which, Sale.next_attempt_at > from_now(), Sale.lease.is_(None))
    with writing() as session:
        session.execute(update(Sale).where(later).values(next_attempt_at=from_now()))


def _end_passes() -> None:
    """Of sales that still wait for their buyer: of the others each is to be gone by itself."""
    waiting = select(Sale.id).where(Sale.state == "pending")
    young = and_(PASS_STANDS, PaymentPass.expires_at > utc_now(), PaymentPass.lease.is_(None))
    young &= PaymentPass.sale_id.in_(waiting)
    over = {"expires_at": utc_now(), "next_attempt_at": from_now()}
    with writing() as session:
        session.execute(update(PaymentPass).where(young).values(over))


def _search_orders(app: Flask, seconds: float) -> list[str]:
    """A quarter of an hour later, for what nobody told us of."""
    with app.app_context(), reading() as session:
        unsearched = set(session.scalars(select(GatewayAccount.id)))

    def left() -> list[str]:
        for account_id in sorted(unsearched):
            if orphan_orders.search_orphan_orders(account_id) is not None:
                unsearched.discard(account_id)
        return [f"{len(unsearched)} accounts not searched for orders"] if unsearched else []

    with patch.object(orphan_orders, "GRACE", timedelta(0)):
        return _wait(app, seconds, left)


def _age(moment: InstrumentedAttribute[datetime | None]) -> None:
    young = and_(UNFINISHED, moment > utc_now() - LONG / 2)
    with writing() as session:
        for sale_id, at in session.execute(select(Sale.id, moment).where(young)).all():
            aged = update(Sale).where(Sale.id == sale_id, young)
            session.execute(aged.values({moment: at and at - LONG}))


def wait_for_calm(
    app: Flask,
    environment: ChaosEnvironment,
    seconds: float,
    soonest: float,
    enable: Callable[[Container[str]], None],
) -> list[str]:
    """Wait until nothing is due, and a round of every router has found nothing; else what is due.

    Never before the moment `soonest` of the monotonic clock. `enable` is told the marks of those
    whom a person disabled on a router.
    """
    busy = [utc_now()]

    def left() -> list[str]:
        enable(_blocked_marks())
        due = _what_is_due()
        if environment.notices_under_way():
            due.append(f"{environment.notices_under_way()} notices under way")
        if due:
            busy.append(utc_now())
        if time.monotonic() < soonest:
            due.append("too soon")
        return due or ([] if _rounds_were_made(busy[-1]) else ["rounds of routers to be made"])

    return _wait(app, seconds, left)


def count_passes(app: Flask) -> int:
    """How many passes to pay with were given, and let somebody in."""
    with app.app_context():
        return _count(PaymentPass, PaymentPass.id.is_not(None))


def _blocked_marks() -> set[str]:
    with reading() as session:
        blocked = session.scalars(select(Access.id).where(Access.blocked_at.is_not(None))).all()
    return {mark_of(access_id) for access_id in blocked}


def _what_is_due() -> list[str]:
    due = Access.next_attempt_at <= from_now()
    return _counted(
        ("sales undecided", Sale, UNFINISHED),
        ("accesses due", Access, and_(due, Access.parked_reason.is_(None))),
        ("accesses not as wanted", Access, ASTRAY),
        ("of them blocked by hand", Access, and_(ASTRAY, Access.blocked_at.is_not(None))),
        ("notices not followed", WebhookEvent, WebhookEvent.next_attempt_at.is_not(None)),
        ("accesses that end soon", Access, _ends_soon()),
        ("passes on routers", PaymentPass, PASS_STANDS),
        ("sessions that fade", RadiusSession, _is_fading()),
    )


def _counted(*queries: tuple[str, type[Base], ColumnElement[bool]]) -> list[str]:
    """How many there are of each, where there are any."""
    found = [(name, _count(record, condition)) for name, record, condition in queries]
    return [f"{count} {name}" for name, count in found if count]


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


def _wait(app: Flask, seconds: float, left: Callable[[], list[str]]) -> list[str]:
    """What is left when all is done, which is nothing, or when the time is over."""
    deadline = time.monotonic() + seconds
    with app.app_context():
        while found := left():
            if time.monotonic() > deadline:
                return found
            time.sleep(LOOK_SECONDS)
    return []
