"""Send by the deployment's mail server."""

from __future__ import annotations

from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import make_msgid

from portal.alerts.senders.letter import Letter, NotDelivered
from portal.core.mail import MailDelayed, MailRefused, header_text, send_mail
from portal.ports import settings

NO_SERVER = (
    "Esta instalación no tiene servidor de correo: quien la administra debe poner SMTP_HOST."
)
REFUSED = "El servidor de correo no acepta esas direcciones (error {}): revíselas."
DELAYED = "No se pudo entregar al servidor de correo; se intenta otra vez."


def send(letter: Letter) -> None:
    """Send one e-mail to all of the channel's addresses. Raises NotDelivered."""
    if not settings().smtp_host:
        raise NotDelivered(NO_SERVER, theirs=True)
    try:
        send_mail(_message(letter), settings())
    except MailRefused as refused:
        raise NotDelivered(REFUSED.format(refused), theirs=True) from None
    except MailDelayed:
        raise NotDelivered(DELAYED) from None


def _message(letter: Letter) -> EmailMessage:
    sender = settings().smtp_from
    message = EmailMessage()
    message["Subject"] = header_text(f"{letter.title} · {letter.company.name}")
    message["From"] = Address(display_name="Portal", addr_spec=sender)
    message["To"] = [Address(addr_spec=to) for to in (letter.channel.target or "").split(",")]
    message["Auto-Submitted"] = "auto-generated"
    message["Message-ID"] = make_msgid(domain=sender.rpartition("@")[2])
    message.set_content(letter.text)
    return message
