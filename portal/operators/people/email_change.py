"""Change one's own e-mail address: the new one shows by a link that it is theirs.

The address is what one logs in with, and where a forgotten password's link goes: whoever finds a
session open must not be able to take the account away by it. So the password is asked for again,
the new address has to answer, and the old one is told while there is time to do something.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.core.database import reading, writing
from portal.core.errors import Invalid, NotFound, TooManyRequests, Unavailable
from portal.core.links import email_links
from portal.models import AdminUser, EmailChange, utc_now
from portal.operators.audit import Actor, AuditAction, record
from portal.operators.people import users
from portal.operators.people.sessions import Administrator
from portal.ports import settings

HOUR = timedelta(hours=1)
MOST_AN_HOUR = 3
NO_MAIL = (
    "Esta instalación no envía correo. Quien administra el servidor puede cambiar el suyo con: "
    "flask change-email"
)
SAME = "Ese ya es su correo."
DEAD_LINK = "Este enlace ya no sirve: vale 30 minutos y una sola vez. Pida otro en «Mi cuenta»."


@dataclass(frozen=True)
class AskedEmail:
    """Hold whose address is to become which."""

    user: AdminUser
    new_email: str


def ask(actor: Actor, who: Administrator, email: str) -> None:
    """Write down which address they want, for the worker to send a link there.

    Raises Unavailable where no mail is sent at all, Invalid, TooManyRequests.
    """
    if not settings().smtp_host:
        raise Unavailable(NO_MAIL)
    email = email.lower()
    if email == who.email:
        raise Invalid(SAME, errores={"email": [SAME]})
    with writing() as session:
        _refuse_taken(session, email)
        lately = EmailChange.asked_at > utc_now() - HOUR
        query = select(func.count()).where(EmailChange.user_id == who.user_id, lately)
        if (session.scalar(query) or 0) >= MOST_AN_HOUR:
            raise TooManyRequests(int(HOUR.total_seconds()))
        session.add(EmailChange(user_id=who.user_id, old_email=who.email, new_email=email))
        action = AuditAction.USER_ASK_EMAIL
        record(session, actor, action, who.user_id, who.company_id, email=email)


def asked_by(sealed: str) -> AskedEmail:
    """Tell what a link is for. Raises Invalid where it is not good any more."""
    with reading() as session:
        return _asked_in(session, sealed)


def confirm(sealed: str, ip: str | None, request_id: str | None) -> AdminUser:
    """Set the address by a link, which is used up, and end all sessions.

    Raises Invalid, and Conflict where somebody else has the address by now.
    """
    with writing() as session:
        asked = _asked_in(session, sealed, lock=True)
        actor = Actor(asked.user.email, request_id, ip)
        _set(session, actor, asked.user, asked.new_email, how="link")
    return asked.user


def set_directly(actor: Actor, email: str, new_email: str) -> AdminUser:
    """Set an address from the server's own shell, and end all sessions.

    Raises NotFound, Conflict.
    """
    with writing() as session:
        active = (AdminUser.email == email.lower()) & AdminUser.active
        user = session.scalar(select(AdminUser).where(active).with_for_update())
        if user is None:
            raise NotFound("Usuario no encontrado")
        _set(session, actor, user, new_email.lower(), how="command line")
    return user


def _set(session: Session, actor: Actor, user: AdminUser, email: str, *, how: str) -> None:
    changed = users.change_in(session, user, {"email": email})
    action = AuditAction.USER_UPDATE
    record(session, actor, action, user.id, user.company_id, changed, how=how)


def _asked_in(session: Session, sealed: str, *, lock: bool = False) -> AskedEmail:
    said = email_links.opened(settings().secret_key, sealed)
    if said is None:
        raise Invalid(DEAD_LINK)
    query = select(AdminUser).where(AdminUser.id == said.user_id, AdminUser.active)
    user = session.scalar(query.with_for_update() if lock else query)
    if user is None or not email_links.is_still_good(said, user.email, user.password_hash):
        raise Invalid(DEAD_LINK)
    return AskedEmail(user, said.new_email)


def _refuse_taken(session: Session, email: str) -> None:
    if session.scalar(select(AdminUser.id).where(AdminUser.email == email)) is not None:
        raise Invalid(users.EMAIL_TAKEN, errores={"email": [users.EMAIL_TAKEN]})
