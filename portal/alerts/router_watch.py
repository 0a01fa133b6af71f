"""Ask routers from time to time whether they are there, and tell whoever wants to hear of it."""

from __future__ import annotations

from sqlalchemy import select, update

from portal import ports
from portal.alerts.events import AlertEvent
from portal.alerts.kinds import AlertKind
from portal.alerts.open_alerts import raise_alert, resolve_alerts
from portal.alerts.outbox import is_wanted, tell
from portal.alerts.router_contact import note_answer, note_failure, silent_seconds
from portal.core import formatting
from portal.core.database import reading, writing
from portal.hotspot.errors import RouterBusy, RouterError, RouterUnavailable
from portal.models import Alert, Company, Job, Router
from portal.models.job import JobKind, Pace
from portal.ports import time_zone_of

SECONDS = 60.0
# One that is away is asked seldom, but who waits to hear that it is back hears it within this.
LONGEST = 120.0
# One lost answer is no outage: a router that restarts is back by then.
AWAY_AFTER = 3
AWAY = (
    "El router «{}» no responde desde hace unos minutos: revise que tenga luz e Internet. Lo que "
    "se pague entretanto se activa cuando vuelva, o se devuelve."
)
BACK = "El router «{}» volvió a responder; no lo hacía desde {}."


def watch_router(router_id: str) -> Pace:
    """Ask it, and note whether it answers and which version it runs; say when to ask again.

    Where somebody wants to hear of it, tell when it has been away for three tries in a row, and
    when it is back.
    """
    with reading() as session:
        router = session.get_one(Router, router_id)
        wanted = router.active and is_wanted(session, router.company_id, AlertEvent.ROUTER_AWAY)
    if not wanted:
        _forget(router)
    is_there = _ask(router) if router.active else None
    if wanted and is_there is not None:
        (_note_answer if is_there else _note_silence)(router)
    if is_there is not False:
        return Pace(SECONDS, away=None if is_there is None else False)
    return Pace(min(max(SECONDS, silent_seconds(router_id)), LONGEST), away=True)


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
        if not session.scalar(select(Job.attempts).where(Job.id == job)):
            return
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
