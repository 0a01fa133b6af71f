"""Keep administrators' sessions: a row stands behind each, so that it can be ended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from portal.core.database import reading, writing
from portal.core.records import from_now
from portal.models import AdminSession, AdminUser, utc_now
from portal.ports import settings

FRESH = timedelta(minutes=15)
# How old what is known of a session's last use may be.
SEEN_SECONDS = 60.0


@dataclass(frozen=True)
class Administrator:
    """Name who is logged in, as of this request. `company_id` is null for a super_admin.

    `confirmed_at`: when they last gave their password.
    """

    user_id: int
    email: str
    name: str
    role: str
    company_id: str | None
    session_id: str
    confirmed_at: datetime

    @property
    def was_just_confirmed(self) -> bool:
        """Tell whether they gave their password in the last 15 minutes."""
        return utc_now() - self.confirmed_at < FRESH


@dataclass(frozen=True)
class Login:
    """Hold a session that has just begun."""

    session_id: str
    expires_at: datetime
    user: AdminUser


def find(session_id: str) -> Administrator | None:
    """Tell whose session this is, while it lasts and the user is active."""
    is_stale = AdminSession.seen_at < from_now(-SEEN_SECONDS)
    query = (
        select(AdminUser, AdminSession.confirmed_at, is_stale)
        .join(AdminSession, AdminSession.user_id == AdminUser.id)
        .where(AdminSession.id == session_id, AdminUser.active, *lasting())
    )
    with reading() as session:
        found = session.execute(query).first()
    if found is None:
        return None
    user, confirmed_at, seen_long_ago = found
    if seen_long_ago:
        _note_use(session_id)
    return Administrator(
        user.id, user.email, user.name, user.role, user.company_id, session_id, confirmed_at
    )


def _note_use(session_id: str) -> None:
    """Remember that the session is used; of many requests a minute, one does."""
    stale = update(AdminSession).where(
        AdminSession.id == session_id, AdminSession.seen_at < from_now(-SEEN_SECONDS)
    )
    with writing() as session:
        session.execute(stale.values(seen_at=from_now()))


def log_out(session_id: str) -> None:
    """End one session."""
    ended = update(AdminSession).where(AdminSession.id == session_id, *lasting())
    with writing() as session:
        session.execute(ended.values(ended_at=from_now()))


def open_session(
    session: Session, user: AdminUser, ip: str | None, agent: str | None
) -> AdminSession:
    """Begin a session within a transaction."""
    opened = AdminSession(
        user_id=user.id,
        expires_at=utc_now().replace(microsecond=0) + timedelta(hours=settings().session_hours),
        ip=ip,
        user_agent=agent[:300] if agent else None,
    )
    session.add(opened)
    session.flush()
    return opened


def lasting() -> tuple[ColumnElement[bool], ...]:
    """Tell which sessions last."""
    return AdminSession.ended_at.is_(None), AdminSession.expires_at > from_now()
