"""Ask routers from time to time whether they are there, and tell whoever wants to hear of it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, literal, select, update
from sqlalchemy.exc import NoResultFound
from sqlalchemy.orm import Session

from portal import ports
from portal.alerts.events import AlertEvent
from portal.alerts.kinds import AlertKind
from portal.alerts.open_alerts import raise_alert, resolve_alerts, unresolved
from portal.alerts.outbox import channels_for, tell
from portal.alerts.router_contact import note_answer, note_failure, silent_seconds
from portal.core import formatting
from portal.core.database import reading, writing
from portal.core.records import from_now
from portal.core.rows.columns import columns_of, loaded
from portal.core.rows.prepared import find
from portal.hotspot.errors import RouterBusy, RouterError, RouterUnavailable
from portal.models import Alert, Company, Job, Router
from portal.models.job import JobKind, Pace
from portal.ports import time_zone_of

SECONDS = 60.0
# One that is away is asked seldom, but who waits to hear that it is back hears it within this.
LONGEST = 120.0
# One lost answer is no outage: a router that restarts is back by then.
AWAY_AFTER = 3
# Who is not waited for is read in rounds as well: this is so that it counts as heard from.
SELDOM_SECONDS = 240.0
AWAY = (
    "El router «{}» no responde desde hace unos minutos: revise que tenga luz e Internet. Lo que "
    "se pague entretanto se activa cuando vuelva, o se devuelve."
)
BACK = "El router «{}» volvió a responder; no lo hacía desde {}."


@dataclass(frozen=True)
class _Watched:
    """Hold a router, whether somebody wants to hear of it, and was told that it is away.

    `in_vain`: how often in a row it was asked so.
    """

    router: Router
    wanted: bool
    was_told: bool
    in_vain: int


def watch_router(router_id: str) -> Pace:
    """Ask it, and note whether it answers and which version it runs; say when to ask again.

    Where somebody wants to hear of it, tell when it has been away for three tries in a row, and
    when it is back. Raises NoResultFound.
    """
    watched = _watched(router_id)
    router, wanted = watched.router, watched.wanted
    if not wanted and watched.was_told:
        _forget(router)
    is_there = _ask(router) if router.active else None
    if wanted and is_there is False:
        _note_silence(router)
    elif wanted and is_there and watched.in_vain:
        _note_answer(router)
    if is_there is not False:
        seconds = SECONDS if wanted else SELDOM_SECONDS
        return Pace(seconds, away=None if is_there is None else False)
    return Pace(min(max(SECONDS, silent_seconds(router_id)), LONGEST), away=True)


def watch_soon(session: Session, which: ColumnElement[bool]) -> None:
    """Have these routers asked as soon as any is that somebody waits to hear of, from now on."""
    jobs = select(literal(JobKind.ROUTER_REACH.about("")) + Router.id).where(which)
    is_late = Job.id.in_(jobs) & ~Job.away & (Job.next_attempt_at > from_now(SECONDS))
    sooner = update(Job).where(is_late).values(next_attempt_at=from_now(SECONDS))
    session.execute(sooner.execution_options(synchronize_session=False))


def _watched(router_id: str) -> _Watched:
    row = find(_with_watchers(), {"router_id": router_id})
    if row is None:
        raise NoResultFound
    router = loaded(Router, row)
    return _Watched(router, router.active and row.wanted, row.was_told, row.in_vain or 0)


@cache
def _with_watchers() -> Select[Any]:
    wanted = channels_for(Router.company_id, AlertEvent.ROUTER_AWAY).correlate(Router).exists()
    told = unresolved(Router.company_id, AlertKind.ROUTER_AWAY, Router.id)
    job = Job.id == literal(JobKind.ROUTER_REACH.about("")) + Router.id
    return (
        select(
            *columns_of(Router),
            wanted.label("wanted"),
            select(Alert.id).where(*told).correlate(Router).exists().label("was_told"),
            select(Job.attempts).where(job).correlate(Router).scalar_subquery().label("in_vain"),
        )
        .select_from(Router)
        .where(Router.id == bindparam("router_id", ""))
    )


def _ask(router: Router) -> bool | None:
    """Tell whether it is there; None where it was not asked, so that nothing is known of it."""
    try:
        version = ports.inspector_of(router).info(ports.settings().router_timeout).version
    except RouterError as error:
        note_failure(router, error)
        is_silent = isinstance(error, RouterUnavailable)
        return None if isinstance(error, RouterBusy) else not is_silent
    note_answer(router, version or None, reported=True)
    return True


def _forget(router: Router) -> None:
    """Close what is open about a router that is switched off here, or of no interest any more."""
    with writing() as session:
        resolve_alerts(session, router.company_id, AlertKind.ROUTER_AWAY, router.id)


def _note_silence(router: Router) -> None:
    job = JobKind.ROUTER_REACH.about(router.id)
    with writing() as session:
        session.execute(update(Job).where(Job.id == job).values(attempts=Job.attempts + 1))
        silent = session.scalar(select(Job.attempts).where(Job.id == job)) or 0
        if silent >= AWAY_AFTER:
            said = AWAY.format(router.name)
            raise_alert(session, router.company_id, AlertKind.ROUTER_AWAY, router.id, said)


def _note_answer(router: Router) -> None:
    job = JobKind.ROUTER_REACH.about(router.id)
    with reading() as session:
        company = session.get_one(Company, router.company_id)
        since = session.scalar(
            select(Alert.created_at).where(
                Alert.company_id == router.company_id,
                Alert.kind == AlertKind.ROUTER_AWAY,
                Alert.subject == router.id,
                Alert.resolved_at.is_(None),
            )
        )
    with writing() as session:
        session.execute(update(Job).where(Job.id == job).values(attempts=0))
        is_back = resolve_alerts(session, company.id, AlertKind.ROUTER_AWAY, router.id)
        if is_back and since is not None:
            said = BACK.format(router.name, formatting.moment(since, time_zone_of(company)))
            tell(session, company.id, AlertEvent.ROUTER_BACK, router.id, said)
