"""Send mail through the configured server, one message a connection."""

from __future__ import annotations

import smtplib
import ssl
from email.message import EmailMessage

from config import Settings


class MailRefused(Exception):
    """Say that the server will never take this message: sending it again is of no use."""


class MailDelayed(Exception):
    """Say that the server was not reached, or asks for patience."""


def header_text(text: str) -> str:
    """Give what people wrote as a header takes it: in one line, and meaning what stands there.

    An encoded word in it (RFC 2047) would be decoded by `email`, with line ends and all.
    """
    return " ".join(text.replace("=?", "= ?").split())


def send_mail(message: EmailMessage, settings: Settings) -> None:
    """Hand the message to the server. Raises MailRefused, MailDelayed; neither names a secret."""
    try:
        with _connect(settings) as server:
            if settings.smtp_username:
                server.login(settings.smtp_username, settings.smtp_password)
            server.send_message(message)
    except smtplib.SMTPRecipientsRefused as error:
        codes = [code for code, _ in error.recipients.values()]
        raise _refusal(max(codes)) from None
    except smtplib.SMTPDataError as error:
        raise _refusal(error.smtp_code) from None
    except (smtplib.SMTPException, OSError) as error:
        raise MailDelayed(type(error).__name__) from None


def check_mail(settings: Settings) -> None:
    """Log in at the server, and send nothing. Raises MailDelayed, with what went wrong."""
    try:
        with _connect(settings) as server:
            if settings.smtp_username:
                server.login(settings.smtp_username, settings.smtp_password)
    except (smtplib.SMTPException, OSError) as error:
        raise MailDelayed(type(error).__name__) from None


def _connect(settings: Settings) -> smtplib.SMTP:
    place, seconds = (settings.smtp_host, settings.smtp_port), settings.smtp_timeout
    if settings.smtp_security == "tls":
        return smtplib.SMTP_SSL(*place, timeout=seconds, context=ssl.create_default_context())
    server = smtplib.SMTP(*place, timeout=seconds)
    if settings.smtp_security == "starttls":
        try:
            server.starttls(context=ssl.create_default_context())
        except BaseException:
            server.close()
            raise
    return server


def _refusal(code: int) -> MailRefused | MailDelayed:
    """From 500 on a refusal is for good (RFC 5321, 4.2.1)."""
    return MailRefused(str(code)) if code >= 500 else MailDelayed(str(code))
