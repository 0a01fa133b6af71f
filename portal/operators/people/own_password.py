"""Ask administrators for their password again, and let them choose another."""

from __future__ import annotations

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from portal.core.database import reading, writing
from portal.core.errors import Conflict, Invalid
from portal.core.records import from_now
from portal.models import AdminSession, AdminUser, Company, EmailChange, utc_now
from portal.operators.audit import Actor, AuditAction, record
from portal.operators.people import login_tries, password_rules, passwords, second_factor
from portal.operators.people.identity import count_try, take_code, who_is
from portal.operators.people.second_factor import Lock
from portal.operators.people.sessions import Administrator, lasting
from portal.operators.trail.changes import HIDDEN, Changes

PASSWORD_CHANGED = Changes({"password": HIDDEN}, {"password": HIDDEN})
NOT_CURRENT = "La contraseña actual no es correcta."
NOT_THEIRS = "La contraseña no es correcta."


def confirm(who: Administrator, password: str, code: str | None = None) -> None:
    """Note that whoever holds the session knows the password, for what asks for it again.

    With a `code` it asks for the second factor too, and uses it up. Wrong ones count for the
    session alone, as in `change_password`; of the two, a wrong code counts like a wrong password.
    Raises Invalid, TooManyRequests, and Conflict where a code is given and none is asked for.
    """
    origin = f"session:{who.session_id}"
    with passwords.turn():
        user, lock = who_is(who.email)
        is_allowed = user is not None and count_try(user, origin, known=True)
        if user is None or not is_allowed or not passwords.fits(password, user.password_hash):
            raise Invalid(NOT_THEIRS, errores={"password": [NOT_THEIRS]})
    if code is not None:
        _use_code(lock, code)
    theirs = update(AdminSession).where(AdminSession.id == who.session_id, *lasting())
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
        user = who_is(who.email)[0]
        is_allowed = user is not None and count_try(user, origin, known=True)
        if user is None or not is_allowed or not passwords.fits(current, user.password_hash):
            raise Invalid(NOT_CURRENT, errores={"current_password": [NOT_CURRENT]})
        hashed = passwords.hash_now(new)
    with writing() as session:
        login_tries.forgive(session, user.id, origin)
        set_password(session, user.id, hashed)
        action = AuditAction.USER_CHANGE_PASSWORD
        record(session, actor, action, user.id, user.company_id, PASSWORD_CHANGED)


def set_password(session: Session, user_id: int, hashed: str) -> None:
    """Set it, and end all of the user's sessions; what they asked for before counts no more."""
    session.execute(update(AdminUser).where(AdminUser.id == user_id).values(password_hash=hashed))
    theirs = update(AdminSession).where(AdminSession.user_id == user_id, *lasting())
    session.execute(theirs.values(ended_at=from_now()))
    forget_email_changes(session, user_id)


def forget_email_changes(session: Session, user_id: int) -> None:
    """Send no more links to addresses that were asked for in the person's name."""
    session.execute(delete(EmailChange).where(EmailChange.user_id == user_id))


def _company_of(who: Administrator) -> str | None:
    with reading() as session:
        return session.scalar(select(Company.name).where(Company.id == who.company_id))


def _use_code(lock: Lock | None, code: str) -> None:
    if lock is None:
        raise Conflict(second_factor.NOT_ON)
    proof = second_factor.proof_of(lock, code)
    if proof is None or not take_code(proof):
        wrong = second_factor.WRONG_CODE
        raise Invalid(wrong, errores={"codigo": [wrong]})
