"""Log administrators in and out: a row stands behind each session, so that it can be ended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from portal.core.database import reading, writing
from portal.core.errors import Conflict, Invalid, Unauthorized
from portal.core.records import from_now
from portal.models import AdminSession, AdminUser, Company, utc_now
from portal.operators.audit import Actor, AuditAction, record
from portal.operators.people import login_tries, password_rules, passwords, second_factor
from portal.operators.people.login_tries import KnownBrowser
from portal.operators.people.second_factor import CodeProof, Lock
from portal.operators.trail.changes import HIDDEN, Changes
from portal.ports import settings

WRONG = "Credenciales incorrectas"
PASSWORD_CHANGED = Changes({"password": HIDDEN}, {"password": HIDDEN})
NOT_CURRENT = "La contraseña actual no es correcta."
NOT_THEIRS = "La contraseña no es correcta."
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


def log_in(
    email: str,
    password: str,
    network: str,
    ip: str | None,
    user_agent: str | None,
    browser: KnownBrowser | None = None,
    code: str | None = None,
) -> Login:
    """Begin a session. Raises Unauthorized, with one sentence whatever the reason.

    Each try is counted before its password is looked at, so that tries made side by side
    count like those made in turn; `login_tries` says for whom. `network` and, where it is known,
    `browser` say who asks. `code` is the second factor's: of who has one, password and code count
    as one (`second_factor` says why). Raises TooManyRequests where too many log in at once; such a
    try counts for nothing.
    """
    with passwords.turn():
        user, lock = _who(email)
        origin = _origin(user, network, browser)
        is_allowed = user is not None and _count(user, origin, known=origin != network)
        hashed = user.password_hash if user and is_allowed else _nobodys_hash()
        proof = second_factor.proof_of(lock, code or "") if lock else None
        fits = passwords.fits(password, hashed) and is_allowed
        good = fits and (lock is None or proof is not None)
        renewed = passwords.hash_now(password) if good and passwords.is_outdated(hashed) else None
    if user is not None and good and (proof is None or _take(proof)):
        with writing() as session:
            login_tries.forgive(session, user.id, origin)
            if renewed:
                _renew_hash(session, user, renewed)
            opened = _open(session, user, ip, user_agent)
        return Login(opened.id, opened.expires_at, user)
    if user is not None and is_allowed:
        login_tries.note_wrong(user)
    raise Unauthorized(WRONG)


def find(session_id: str) -> Administrator | None:
    """Tell whose session this is, while it lasts and the user is active."""
    is_stale = AdminSession.seen_at < from_now(-SEEN_SECONDS)
    query = (
        select(AdminUser, AdminSession.confirmed_at, is_stale)
        .join(AdminSession, AdminSession.user_id == AdminUser.id)
        .where(AdminSession.id == session_id, AdminUser.active, *_lasting())
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
    ended = update(AdminSession).where(AdminSession.id == session_id, *_lasting())
    with writing() as session:
        session.execute(ended.values(ended_at=from_now()))


def confirm(who: Administrator, password: str, code: str | None = None) -> None:
    """Note that whoever holds the session knows the password, for what asks for it again.

    With a `code` it asks for the second factor too, and uses it up. Wrong ones count for the
    session alone, as in `change_password`; of the two, a wrong code counts like a wrong password.
    Raises Invalid, TooManyRequests, and Conflict where a code is given and none is asked for.
    """
    origin = f"session:{who.session_id}"
    with passwords.turn():
        user, lock = _who(who.email)
        is_allowed = user is not None and _count(user, origin, known=True)
        if user is None or not is_allowed or not passwords.fits(password, user.password_hash):
            raise Invalid(NOT_THEIRS, errores={"password": [NOT_THEIRS]})
    if code is not None:
        _use_code(lock, code)
    theirs = update(AdminSession).where(AdminSession.id == who.session_id, *_lasting())
    with writing() as session:
        login_tries.forgive(session, user.id, origin)
        session.execute(theirs.values(confirmed_at=utc_now()))


def change_password(who: Administrator, actor: Actor, current: str, new: str) -> None:
    """Set a new password and end all of the user's sessions, this one too.

    Wrong ones are counted for the session alone: who cannot log in may still do it, and who
    stole a session cannot go on guessing. Raises Invalid (also a weak one), TooManyRequests.
    """
    password_rules.check(new, (who.email, who.name, _company_of(who)), "new_password")
    origin = f"session:{who.session_id}"
    with passwords.turn():
        user = _user_of(who.email)
        is_allowed = user is not None and _count(user, origin, known=True)
        if user is None or not is_allowed or not passwords.fits(current, user.password_hash):
            raise Invalid(NOT_CURRENT, errores={"current_password": [NOT_CURRENT]})
        hashed = passwords.hash_now(new)
    with writing() as session:
        login_tries.forgive(session, user.id, origin)
        set_password(session, user.id, hashed)
        action = AuditAction.USER_CHANGE_PASSWORD
        record(session, actor, action, user.id, user.company_id, PASSWORD_CHANGED)


def _company_of(who: Administrator) -> str | None:
    with reading() as session:
        return session.scalar(select(Company.name).where(Company.id == who.company_id))


def _user_of(email: str) -> AdminUser | None:
    """The user who may log in with this e-mail."""
    return _who(email)[0]


def _who(email: str) -> tuple[AdminUser | None, Lock | None]:
    """The user who may log in with this e-mail, and the second factor that they have on."""
    query = select(AdminUser).where(AdminUser.email == email.lower(), AdminUser.active)
    with reading() as session:
        user = session.scalar(query)
        return user, second_factor.lock_of(session, user.id) if user else None


def _use_code(lock: Lock | None, code: str) -> None:
    if lock is None:
        raise Conflict(second_factor.NOT_ON)
    proof = second_factor.proof_of(lock, code)
    if proof is None or not _take(proof):
        wrong = second_factor.WRONG_CODE
        raise Invalid(wrong, errores={"codigo": [wrong]})


def _take(proof: CodeProof) -> bool:
    with writing() as session:
        return second_factor.take(session, proof)


def _origin(user: AdminUser | None, network: str, browser: KnownBrowser | None) -> str:
    if user is not None and browser is not None and browser.user_id == user.id:
        return browser.origin
    return network


def _count(user: AdminUser, origin: str, *, known: bool) -> bool:
    with writing() as session:
        return login_tries.count(session, user.id, origin, known=known)


def _renew_hash(session: Session, user: AdminUser, hashed: str) -> None:
    """Keep the password at today's cost, unless it was changed meanwhile."""
    unchanged = (AdminUser.id == user.id, AdminUser.password_hash == user.password_hash)
    session.execute(update(AdminUser).where(*unchanged).values(password_hash=hashed))


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


def set_password(session: Session, user_id: int, hashed: str) -> None:
    """Set it, and end all of the user's sessions."""
    session.execute(update(AdminUser).where(AdminUser.id == user_id).values(password_hash=hashed))
    theirs = update(AdminSession).where(AdminSession.user_id == user_id, *_lasting())
    session.execute(theirs.values(ended_at=from_now()))


def _lasting() -> tuple[ColumnElement[bool], ...]:
    return AdminSession.ended_at.is_(None), AdminSession.expires_at > from_now()


@cache
def _nobodys_hash() -> str:
    """A hash that no password fits, so that an unknown user takes as long as a known one."""
    return passwords.hash_now("")
