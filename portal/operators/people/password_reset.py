"""Let people set a new password who forgot theirs, by a link that is sealed, short and good once.

Who asks for one learns nothing: an address is written down as it was typed, whosever it is, and
only the worker looks whether it is anybody's (`worker.password_mail`). So neither the answer nor
its time tells. A network may ask so often an hour, and an address is sent so much, whoever asks.

A reset ends every session of the person. A second factor stays: a mailbox that was broken into
must not be enough.
"""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.orm import Session

from portal.core.database import reading, writing
from portal.core.errors import Invalid, NotFound, TooManyRequests, Unavailable
from portal.core.links import password_links
from portal.models import AdminUser, Company, LoginFailure, PasswordRequest, utc_now
from portal.operators.audit import Actor, AuditAction, record
from portal.operators.people import password_rules, passwords
from portal.operators.people.login_tries import EVERYWHERE
from portal.operators.people.own_password import PASSWORD_CHANGED, set_password
from portal.ports import settings

HOUR = timedelta(hours=1)
# A café's people and customers share one address.
NETWORK_AN_HOUR = 20
WAITING_OF_AN_ADDRESS = 5
NO_MAIL = (
    "Esta instalación no envía correo. Quien administra el servidor puede darle un enlace con: "
    "flask reset-password --link"
)
DEAD_LINK = "Este enlace ya no sirve: vale 30 minutos y una sola vez. Pida otro."


def ask(email: str, network: str) -> None:
    """Write down that somebody forgot the password of this address, for the worker.

    Raises TooManyRequests for the network, Unavailable where no mail is sent at all.
    """
    if not settings().smtp_host:
        raise Unavailable(NO_MAIL)
    email = email.lower()
    with writing() as session:
        lately = PasswordRequest.asked_at > utc_now() - HOUR
        if _count(session, lately, PasswordRequest.network == network) >= NETWORK_AN_HOUR:
            raise TooManyRequests(int(HOUR.total_seconds()))
        # More of them would make it no more likely that a mail arrives.
        if _count(session, lately, PasswordRequest.email == email) < WAITING_OF_AN_ADDRESS:
            session.add(PasswordRequest(email=email, network=network))


def link_for(email: str) -> str:
    """Make a link for whoever runs the server to hand over. Raises NotFound."""
    with reading() as session:
        user = session.scalar(select(AdminUser).where(_active(email)))
    if user is None:
        raise NotFound("Usuario no encontrado")
    secret = settings().secret_key
    sealed = password_links.seal_link(secret, user.id, user.email, user.password_hash)
    return password_links.address_of(settings().public_url, sealed)


def person_of(sealed: str) -> AdminUser:
    """Tell who may set a password by this link. Raises Invalid where it is not good any more."""
    with reading() as session:
        return _person_in(session, sealed)


def reset(sealed: str, password: str, ip: str | None, request_id: str | None) -> AdminUser:
    """Set the password by a link, which is used up, and end all sessions.

    Raises Invalid, about the link or the password.
    """
    with reading() as session:
        user = _person_in(session, sealed)
        own = (user.email, user.name, _company_of(session, user))
    password_rules.check(password, own)
    hashed = passwords.hash_password(password)
    with writing() as session:
        user = _person_in(session, sealed, lock=True)
        _set(session, Actor(user.email, request_id, ip), user, hashed, how="link")
    return user


def set_directly(actor: Actor, email: str, password: str) -> AdminUser:
    """Set a password from the server's own shell, and end all sessions.

    Raises NotFound, Invalid.
    """
    with reading() as session:
        user = session.scalar(select(AdminUser).where(_active(email)))
        if user is None:
            raise NotFound("Usuario no encontrado")
        own = (user.email, user.name, _company_of(session, user))
    password_rules.check(password, own)
    hashed = passwords.hash_password(password)
    with writing() as session:
        _set(session, actor, user, hashed, how="command line")
    return user


def _set(session: Session, actor: Actor, user: AdminUser, hashed: str, *, how: str) -> None:
    set_password(session, user.id, hashed)
    # Who was locked out by his own wrong passwords knows the right one now.
    tries = delete(LoginFailure).where(LoginFailure.user_id == user.id)
    session.execute(tries.where(LoginFailure.origin != EVERYWHERE))
    action, company_id = AuditAction.USER_RESET_PASSWORD, user.company_id
    record(session, actor, action, user.id, company_id, PASSWORD_CHANGED, how=how)


def _person_in(session: Session, sealed: str, *, lock: bool = False) -> AdminUser:
    secret = settings().secret_key
    user_id = password_links.person_in(secret, sealed)
    query = select(AdminUser).where(AdminUser.id == user_id, AdminUser.active)
    user = session.scalar(query.with_for_update() if lock else query) if user_id else None
    if user is None or not password_links.is_still_good(
        secret, sealed, user.email, user.password_hash
    ):
        raise Invalid(DEAD_LINK)
    return user


def _company_of(session: Session, user: AdminUser) -> str | None:
    return session.scalar(select(Company.name).where(Company.id == user.company_id))


def _active(email: str) -> ColumnElement[bool]:
    return (AdminUser.email == email.lower()) & AdminUser.active


def _count(session: Session, *conditions: ColumnElement[bool]) -> int:
    query = select(func.count()).select_from(PasswordRequest).where(*conditions)
    return session.scalar(query) or 0
