"""Ask a router over the wire to end a session, or to move its end; nothing is held meanwhile."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from portal import ports
from portal.access.radius.keys import radius_keys
from portal.access.radius.routers import secret_of
from portal.access.radius.sessions import is_open
from portal.hotspot.errors import RouterError
from portal.hotspot.presence import Session as Online
from portal.hotspot.radius.sessions import (
    AnswerKind,
    NasAddress,
    NasAnswer,
    SessionChanges,
    SessionKey,
    change,
    disconnect,
)
from portal.models import Access, RadiusRouter, RadiusSession, RadiusUser, Router

# A router answers within milliseconds, and far ones within some hundred.
SECONDS = 1.5
LONGEST_TIMEOUT = 2**31 - 1


@dataclass(frozen=True)
class SessionPlace:
    """Hold a session, whose it is, and the router that it is on."""

    session: RadiusSession
    access: Access
    router: Router
    radius: RadiusRouter

    @property
    def key(self) -> SessionKey:
        """Give by what its router knows it: all three, since with less another may be meant."""
        session = self.session
        return SessionKey(self.access.name, session.address, session.acct_session_id, session.mac)


def open_places(session: Session, *which: ColumnElement[bool]) -> list[SessionPlace]:
    """List those of our accesses' sessions that are open, and where they are."""
    query = (
        select(RadiusSession, Access, Router, RadiusRouter)
        .join(Access, Access.id == RadiusSession.access_id)
        .join(Router, Router.id == RadiusSession.router_id)
        .join(RadiusRouter, RadiusRouter.router_id == Router.id)
        .where(is_open(), *which)
    )
    return [SessionPlace(*row) for row in session.execute(query)]


def ask_to_end(place: SessionPlace) -> NasAnswer:
    """Ask for a Disconnect; where the router does not hear it, its API is told to log it out."""
    nas = nas_of(place.router, place.radius)
    answer = disconnect(nas, place.key, SECONDS) if nas else NasAnswer(AnswerKind.SILENT)
    if answer.kind is not AnswerKind.ACK and place.router.has_api:
        _log_out(place)
    return answer


def ask_to_change(place: SessionPlace, user: RadiusUser, now: datetime) -> NasAnswer | None:
    """Ask to move a session's end; None where no time ends it.

    A router counts from the session's start. Data cannot be changed: it would be refused, so that
    the session ends where the old amount does, and the next one has what was added.
    """
    seconds = _timeout(place.session, user, now)
    if seconds is None:
        return None
    nas = nas_of(place.router, place.radius)
    if nas is None:
        return NasAnswer(AnswerKind.SILENT)
    return change(nas, place.key, SessionChanges(session_timeout=seconds), SECONDS)


def _timeout(session: RadiusSession, user: RadiusUser, now: datetime) -> int | None:
    ends = [] if user.expires_at is None else [(user.expires_at - now).total_seconds()]
    if user.expires_at is None and user.first_use_seconds is not None:
        begun = user.first_started_at or now
        ends.append((begun + timedelta(seconds=user.first_use_seconds) - now).total_seconds())
    lasted = (now - session.started_at).total_seconds()
    if user.limit_seconds is not None:
        counted = max(0.0, lasted - session.seconds)
        ends.append(user.limit_seconds - user.used_seconds - counted)
    if not ends:
        return None
    return int(min(max(1.0, lasted + min(ends)), LONGEST_TIMEOUT))


def hears(router: Router, radius: RadiusRouter) -> bool:
    """Tell whether the router answers at all: it is asked for a session that nobody has."""
    nobodys = SessionKey("-", "0.0.0.0", "0", "00:00:00:00:00:00")  # noqa: S104 - of nobody
    nas = nas_of(router, radius)
    return nas is not None and disconnect(nas, nobodys, SECONDS).kind is not AnswerKind.SILENT


def nas_of(router: Router, radius: RadiusRouter) -> NasAddress | None:
    """Give where the router listens to us; None while nobody knows."""
    host = router.host or radius.heard_from
    if host is None:
        return None
    secret = secret_of(radius_keys().of(radius), radius)
    return NasAddress(host, router.coa_port, secret)


def _log_out(place: SessionPlace) -> None:
    """Tell the router's API; what came of it the accounting says."""
    session, timeout = place.session, ports.settings().router_timeout
    seen = Online("", place.access.name, session.address, session.mac, session.seconds)
    with suppress(RouterError):
        ports.api_of(place.router).presence.end_session(seen, timeout)
