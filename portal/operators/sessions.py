"""Logging in and out: sessions that a row stands behind, so that each can be ended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from sqlalchemy import ColumnElement, case, or_, select, update
from sqlalchemy.orm import Session

from portal.database import reading, writing
from portal.errors import Invalid, Unauthorized
from portal.models import AdminSession, AdminUser, utc_now
from portal.models.clock import from_now
from portal.operators import passwords
from portal.operators.audit import Actor, record
from portal.ports import settings

WRONG = "Credenciales incorrectas"
NOT_CURRENT = "La contraseña actual no es correcta."


@dataclass(frozen=True)
class Administrator:
    """Who is logged in, as of this request. `company_id` is null for a super_admin."""

    user_id: int
    email: str
    name: str
    role: str
    company_id: str | None
    session_id: str


@dataclass(frozen=True)
class Login:
    """A session that has just begun."""

    session_id: str
    expires_at: datetime
    user: AdminUser


def log_in(email: str, password: str, ip: str | None, user_agent: str | None) -> Login:
    """Begin a session. Raises Unauthorized, with one sentence whatever the reason.

    Each try is counted before its password is looked at, so that tries made side by side
    count like those made in turn; an account locks after `login_failures` of them.
    """
    user = _user_to_try(email)
    good = passwords.fits(password, user.password_hash if user else _nobodys_hash())
    if user is None or not good:
        raise Unauthorized(WRONG)
    with writing() as session:
        _forgive(session, user.id)
        opened = _open(session, user, ip, user_agent)
    return Login(opened.id, opened.expires_at, user)


def find(session_id: str) -> Administrator | None:
    """Whose session this is, while it lasts and the user is active."""
    query = (
        select(AdminUser)
        .join(AdminSession, AdminSession.user_id == AdminUser.id)
        .where(AdminSession.id == session_id, AdminUser.active, *_lasting())
    )
    with reading() as session:
        user = session.scalar(query)
    if user is None:
        return None
    return Administrator(user.id, user.email, user.name, user.role, user.company_id, session_id)


def log_out(session_id: str) -> None:
    """End one session."""
    ended = update(AdminSession).where(AdminSession.id == session_id, *_lasting())
    with writing() as session:
        session.execute(ended.values(ended_at=from_now()))


def change_password(who: Administrator, actor: Actor, current: str, new: str) -> None:
    """Set a new password and end all of the user's sessions, this one too.

    Raises Invalid; a wrong current password counts like a failed login.
    """
    user = _user_to_try(who.email)
    if user is None or not passwords.fits(current, user.password_hash):
        raise Invalid(NOT_CURRENT, errores={"current_password": [NOT_CURRENT]})
    hashed = passwords.hash_password(new)
    with writing() as session:
        _forgive(session, user.id)
        _set_password(session, user.id, hashed)
        record(session, actor, "user.change_password", user.id, user.company_id)


def _user_to_try(email: str) -> AdminUser | None:
    """The user, with one more try counted; None where there is none who may log in."""
    lower = email.lower()
    unlocked = or_(AdminUser.locked_until.is_(None), AdminUser.locked_until <= from_now())
    counted = update(AdminUser).where(AdminUser.email == lower, AdminUser.active, unlocked)
    last_try = AdminUser.failed_logins + 1 >= settings().login_failures
    lock = from_now(settings().login_lock_seconds)
    values = {
        "failed_logins": case((last_try, 0), else_=AdminUser.failed_logins + 1),
        "locked_until": case((last_try, lock), else_=None),
    }
    with writing() as session:
        if not session.execute(counted.values(values).returning(AdminUser.id)).first():
            return None
        return session.scalar(select(AdminUser).where(AdminUser.email == lower))


def _forgive(session: Session, user_id: int) -> None:
    counter = update(AdminUser).where(AdminUser.id == user_id)
    session.execute(counter.values(failed_logins=0, locked_until=None))


def _open(session: Session, user: AdminUser, ip: str | None, agent: str | None) -> AdminSession:
    opened = AdminSession(
        user_id=user.id,
        expires_at=utc_now().replace(microsecond=0) + timedelta(hours=settings().session_hours),
        ip=ip,
        user_agent=agent[:300] if agent else None,
    )
    session.add(opened)
    session.flush()
    return opened


def _set_password(session: Session, user_id: int, hashed: str) -> None:
    session.execute(update(AdminUser).where(AdminUser.id == user_id).values(password_hash=hashed))
    theirs = update(AdminSession).where(AdminSession.user_id == user_id, *_lasting())
    session.execute(theirs.values(ended_at=from_now()))


def _lasting() -> tuple[ColumnElement[bool], ...]:
    return AdminSession.ended_at.is_(None), AdminSession.expires_at > from_now()


@cache
def _nobodys_hash() -> str:
    """A hash that no password fits, so that an unknown user takes as long as a known one."""
    return passwords.hash_password("")
