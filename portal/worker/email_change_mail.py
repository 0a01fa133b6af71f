"""Send the link to a new address, and tell the old one that somebody asked for it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from email.message import EmailMessage
from functools import partial

from sqlalchemy import delete, select, update

from portal.core.database import reading, writing
from portal.core.links import email_links
from portal.core.logs import log
from portal.core.mail import MailDelayed, MailRefused, send_mail
from portal.core.records import from_now
from portal.hotspot.deadline import Deadline
from portal.models import AdminUser, EmailChange, utc_now
from portal.ports import settings
from portal.worker.people_mail import mail_to

# A link that comes later helps nobody: who still waits asks again.
LATEST = timedelta(minutes=30)
# So long the old address is told of it, should its server be away.
LATEST_NOTICE = timedelta(days=1)
KEPT = timedelta(days=2)
AT_ONCE = 50
SECONDS = 20.0
LINK_SUBJECT = "Confirme su correo nuevo de Portal"
LINK_TEXT = """{old} pidió entrar a Portal con este correo, {new}.

Para confirmarlo abra este enlace:

{link}

Vale 30 minutos y una sola vez. Se cierran todas sus sesiones, y desde entonces entra con {new}.

Si usted no lo pidió, no haga nada: no cambia nada.
"""
NOTICE_SUBJECT = "Alguien pidió cambiar su correo de Portal"
NOTICE_TEXT = """Alguien, probablemente usted, pidió entrar a Portal con {new} en lugar de {old}.

El cambio se hace cuando lo confirma un enlace que se envió a {new}.

Si usted no lo pidió, entre ahora y cambie su contraseña en «Mi cuenta»: con eso el enlace deja de
servir. Cierre también las sesiones que no conozca.
"""


def send_email_changes() -> int:
    """Send what waits; how many mails. What was not delivered is tried again in the next round."""
    deadline, sent = Deadline(SECONDS), 0
    for change, user in _waiting():
        if deadline.passed:
            break
        sent += _send(change, "link_sent_at", partial(_link, change, user), LATEST)
        sent += _send(change, "notice_sent_at", partial(_notice, change, user), LATEST_NOTICE)
        _settle(change)
    return sent


def _waiting() -> Sequence[tuple[EmailChange, AdminUser]]:
    query = select(EmailChange, AdminUser).join(AdminUser, AdminUser.id == EmailChange.user_id)
    oldest = query.where(EmailChange.done_at.is_(None)).order_by(EmailChange.asked_at)
    with reading() as session:
        return [(change, user) for change, user in session.execute(oldest.limit(AT_ONCE))]


def _send(
    change: EmailChange, sent: str, write: Callable[[], EmailMessage], latest: timedelta
) -> bool:
    """Send one of a change's mails, unless it was sent or is too late; whether it went out."""
    if getattr(change, sent) is not None or change.asked_at < utc_now() - latest:
        return False
    try:
        send_mail(write(), settings())
    except MailDelayed as delayed:
        log().warning("mail about an address waits", why=str(delayed))
        return False
    except MailRefused as refused:
        log().warning("mail about an address refused", user=change.user_id, code=str(refused))
    with writing() as session:
        row = update(EmailChange).where(EmailChange.id == change.id)
        session.execute(row.values({sent: from_now()}))
    setattr(change, sent, utc_now())
    return True


def _settle(change: EmailChange) -> None:
    """Close it when both are sent or too late, and let old ones go."""
    is_open = change.link_sent_at is None and change.asked_at > utc_now() - LATEST
    is_untold = change.notice_sent_at is None and change.asked_at > utc_now() - LATEST_NOTICE
    with writing() as session:
        if not (is_open or is_untold):
            row = update(EmailChange).where(EmailChange.id == change.id)
            session.execute(row.values(done_at=from_now()))
        session.execute(delete(EmailChange).where(EmailChange.asked_at < utc_now() - KEPT))


def _link(change: EmailChange, user: AdminUser) -> EmailMessage:
    bound = (user.id, change.new_email, change.old_email, user.password_hash)
    sealed = email_links.seal_link(settings().secret_key, *bound)
    link = email_links.address_of(settings().public_url, sealed)
    text = LINK_TEXT.format(old=change.old_email, new=change.new_email, link=link)
    return mail_to(user.name, change.new_email, LINK_SUBJECT, text)


def _notice(change: EmailChange, user: AdminUser) -> EmailMessage:
    text = NOTICE_TEXT.format(old=change.old_email, new=change.new_email)
    return mail_to(user.name, change.old_email, NOTICE_SUBJECT, text)
