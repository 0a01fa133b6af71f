"""Have the sessions of an access become what its record says, and ask again until they are.

A session whose access is closed is disconnected; of one that goes on the end is moved. An answer
that it was done is no proof: a session is over when its Stop is in the accounting.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from portal.access.radius.sessions import close_forgotten, close_unknown
from portal.access.radius.wire import SessionPlace, ask_to_change, ask_to_end, open_places
from portal.core.backoff import retry_delay
from portal.core.database import reading, writing
from portal.core.logs import log
from portal.core.records import from_now
from portal.core.rows.inserting import insert_new, write_over
from portal.hotspot.radius.sessions import AnswerKind, NasAnswer
from portal.models import Access, Job, RadiusSession, RadiusUser, utc_now
from portal.models.access import AccessState
from portal.models.job import JobKind, Pace

# A Stop comes within a second, so the first look after a Disconnect is soon, in seconds.
FIRST, LONGEST = 1.0, 120.0
# The router's word that it knows no such session (RFC 5176).
UNKNOWN_SESSION = 503


@dataclass(frozen=True)
class _Wanted:
    """Hold what is read of an access before anybody is asked."""

    user: RadiusUser | None
    places: list[SessionPlace]
    job_at: datetime | None
    attempts: int


def put_changes(session: Session, access_id: str, company_id: str, *, at_once: bool = True) -> None:
    """Have them seen to, in the transaction that changes the access.

    Unless `at_once`, what is under way already goes on at its own pace.
    """
    job: dict[str, Any] = {"id": JobKind.SESSION_CHANGES.about(access_id)}
    job |= {"company_id": company_id}
    job |= {"next_attempt_at": from_now(), "attempts": 0, "away": False, "lease": None}
    (write_over if at_once else insert_new)(session, Job, job)


def change_sessions(access_id: str) -> Pace:
    """Ask the routers where somebody is in by the access; say when to look again."""
    with writing() as session:
        close_forgotten(session, RadiusSession.access_id == access_id)
    wanted = _read(access_id)
    waiting = [place for place in wanted.places if not _is_done(wanted.user, place)]
    if not waiting:
        _finish(access_id, wanted.job_at)
        return Pace(LONGEST, 0)
    log().info("sessions asked to change", access=access_id, sessions=len(waiting))
    return Pace(retry_delay(wanted.attempts, FIRST, LONGEST), wanted.attempts + 1)


def _is_done(user: RadiusUser | None, place: SessionPlace) -> bool:
    """Ask, and tell whether nothing is left to be asked: a Disconnect waits for its Stop."""
    if user is None or user.disabled:
        _note(place, ask_to_end(place))
        return False
    answer = ask_to_change(place, user, utc_now())
    return answer is None or answer.kind is AnswerKind.ACK or _note(place, answer)


def _note(place: SessionPlace, answer: NasAnswer) -> bool:
    """Believe a router that it knows nothing of a session which it did not report either."""
    if answer.error_cause != UNKNOWN_SESSION:
        return False
    with writing() as session:
        return bool(close_unknown(session, place.session.id))


def _read(access_id: str) -> _Wanted:
    job_id = JobKind.SESSION_CHANGES.about(access_id)
    with reading() as session:
        job = session.execute(
            select(Job.next_attempt_at, Job.attempts).where(Job.id == job_id)
        ).one_or_none()
        user = session.get(RadiusUser, access_id)
        places = open_places(session, RadiusSession.access_id == access_id)
    return _Wanted(user, places, job and job[0], job[1] if job else 0)


def _finish(access_id: str, job_at: datetime | None) -> None:
    """Forget the job, unless more was asked meanwhile; who waits for the end goes on at once."""
    waits = (Access.actual == AccessState.UNKNOWN) & Access.next_attempt_at.is_not(None)
    job = Job.id == JobKind.SESSION_CHANGES.about(access_id)
    with writing() as session:
        if job_at is not None:
            session.execute(delete(Job).where(job, Job.next_attempt_at == job_at))
        access = session.scalar(select(Access).where(Access.id == access_id, waits))
        if access is not None:
            access.next_attempt_at = from_now()
