"""Send links for a new password to whoever asked for one and is somebody."""

from __future__ import annotations

from datetime import timedelta
from email.message import EmailMessage

from sqlalchemy import delete, func, select, update

from portal.core.database import reading, writing
from portal.core.links import password_links
from portal.core.logs import log
from portal.core.mail import MailDelayed, MailRefused, send_mail
from portal.core.records import from_now
from portal.hotspot.deadline import Deadline
from portal.models import AdminUser, PasswordRequest, utc_now
from portal.ports import settings
from portal.worker.people_mail import mail_to

PERIOD_SECONDS = 5.0
# A mail that comes later answers nobody any more; who still waits asks again.
LATEST = timedelta(minutes=30)
MOST_AN_HOUR = 3
KEPT = timedelta(days=1)
AT_ONCE = 50
SECONDS = 20.0
SUBJECT = "Su contraseña de Portal"
TEXT = """Alguien, probablemente usted, pidió cambiar la contraseña con la que {email} entra
a Portal.

Para elegir otra abra este enlace:

{link}

Vale 30 minutos y una sola vez. Al cambiarla se cierran todas sus sesiones; la verificación en dos
pasos sigue como estaba.

Si usted no lo pidió, no tiene que hacer nada: su contraseña sigue siendo la misma.
"""


def send_password_links() -> int:
    """Send what waits, one mail an address however often it was asked for; give how many.

    What was not delivered is tried again in the next round, until it is too late.
    """
    deadline, sent = Deadline(SECONDS), 0
    for email in _waiting():
        if deadline.passed:
            break
        user = _person(email)
        try:
            if user is not None:
                send_mail(_message(user), settings())
        except MailDelayed as delayed:
            log().warning("password links wait", why=str(delayed))
            break
        except MailRefused as refused:
            log().warning("password link refused", user=user and user.id, code=str(refused))
            user = None
        _settle(email, was_sent=user is not None)
        sent += user is not None
    return sent


def _waiting() -> list[str]:
    """List the addresses; what is too old is settled with the others of its address."""
    first = func.min(PasswordRequest.asked_at)
    query = select(PasswordRequest.email).where(PasswordRequest.done_at.is_(None))
    oldest = query.group_by(PasswordRequest.email).order_by(first).limit(AT_ONCE)
    with reading() as session:
        return list(session.scalars(oldest))


def _person(email: str) -> AdminUser | None:
    """Give whose address it is, unless nobody waits for a mail or they were sent enough."""
    asked = (PasswordRequest.email == email) & (PasswordRequest.asked_at > utc_now() - LATEST)
    waits = select(PasswordRequest.id).where(asked, PasswordRequest.done_at.is_(None))
    lately = PasswordRequest.sent_at > utc_now() - timedelta(hours=1)
    sent = select(func.count(func.distinct(PasswordRequest.sent_at))).where(
        PasswordRequest.email == email, lately
    )
    with reading() as session:
        if session.scalar(waits.limit(1)) is None or session.scalars(sent).one() >= MOST_AN_HOUR:
            return None
        return session.scalar(select(AdminUser).where(AdminUser.email == email, AdminUser.active))


def _settle(email: str, *, was_sent: bool) -> None:
    theirs = update(PasswordRequest).where(
        PasswordRequest.email == email, PasswordRequest.done_at.is_(None)
    )
    with writing() as session:
        # One moment for all of them: so many mails are counted by it.
        values = {"done_at": from_now()} | ({"sent_at": from_now()} if was_sent else {})
        session.execute(theirs.values(values), execution_options={"synchronize_session": False})
        session.execute(delete(PasswordRequest).where(PasswordRequest.asked_at < utc_now() - KEPT))


def _message(user: AdminUser) -> EmailMessage:
    secret = settings().secret_key
    sealed = password_links.seal_link(secret, user.id, user.email, user.password_hash)
    link = password_links.address_of(settings().public_url, sealed)
    return mail_to(user.name, user.email, SUBJECT, TEXT.format(email=user.email, link=link))
