"""Write mail to people about their way in to the panel."""

from __future__ import annotations

from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import make_msgid

from portal.core.mail import header_text
from portal.ports import settings


def mail_to(name: str, address: str, subject: str, text: str) -> EmailMessage:
    """Give a message of Portal's own, which asks for no answer."""
    sender = settings().smtp_from
    message = EmailMessage()
    message["Subject"] = subject
    message["From"] = Address(display_name="Portal", addr_spec=sender)
    message["To"] = Address(display_name=header_text(name), addr_spec=address)
    message["Auto-Submitted"] = "auto-generated"
    message["Message-ID"] = make_msgid(domain=sender.rpartition("@")[2])
    message.set_content(text)
    return message
