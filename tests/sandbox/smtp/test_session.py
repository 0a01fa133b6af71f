"""Test the simulated mail server against RFC 5321, through Python's own client."""

from __future__ import annotations

import smtplib
from collections.abc import Iterator
from email.message import EmailMessage

import pytest

from portal.sandbox.smtp import SmtpSandbox
from tests.support.patience import PATIENCE


@pytest.fixture
def server() -> Iterator[SmtpSandbox]:
    with SmtpSandbox(password="planted-password") as running:
        yield running


@pytest.fixture
def client(server: SmtpSandbox) -> Iterator[smtplib.SMTP]:
    with smtplib.SMTP("127.0.0.1", server.port, timeout=PATIENCE) as client:
        yield client


def message(text: str = "Hola\n") -> EmailMessage:
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = "a@example.com", "b@example.com", "Ñandú"
    made.set_content(text)
    return made


def test_a_message_is_kept_as_it_was_sent(server: SmtpSandbox, client: smtplib.SMTP) -> None:
    client.login("ana", "planted-password")
    client.send_message(message(".\n..dots\nand end\n"))
    [kept] = server.messages
    assert kept.get_content() == ".\n..dots\nand end\n"
    assert kept["Subject"] == "Ñandú"
    assert (server.recipients, server.logins) == ([["b@example.com"]], ["ana"])


def test_nobody_sends_without_logging_in(server: SmtpSandbox, client: smtplib.SMTP) -> None:
    with pytest.raises(smtplib.SMTPSenderRefused):
        client.send_message(message())
    with pytest.raises(smtplib.SMTPAuthenticationError):
        client.login("ana", "wrong")
    assert server.messages == []


def test_commands_come_in_their_order(client: smtplib.SMTP) -> None:
    assert client.docmd("MAIL", "FROM:<a@example.com>")[0] == 503
    client.ehlo()
    client.login("ana", "planted-password")
    assert client.docmd("RCPT", "TO:<b@example.com>")[0] == 503
    assert client.docmd("DATA")[0] == 503
    assert client.docmd("MAIL", "FROM:<a@example.com>")[0] == 250
    assert client.docmd("MAIL", "FROM:<a@example.com>")[0] == 503
    assert client.docmd("DATA")[0] == 554
    assert client.docmd("RCPT", "TO:<nobody>")[0] == 501
    assert client.docmd("HELLO")[0] == 500


def test_refusals_are_answered_in_turn(server: SmtpSandbox, client: smtplib.SMTP) -> None:
    client.login("ana", "planted-password")
    server.refusals.append("451 later")
    with pytest.raises(smtplib.SMTPRecipientsRefused):
        client.send_message(message())
    client.send_message(message())
    assert len(server.messages) == 1


def test_a_message_too_big_is_refused(server: SmtpSandbox, client: smtplib.SMTP) -> None:
    client.login("ana", "planted-password")
    with pytest.raises(smtplib.SMTPException):
        client.send_message(message("x" * 70 + "\n" + ("y" * 70 + "\n") * 20_000))
    assert server.messages == []
