"""What a customer or an operator writes into our mail: its words, and no mail of their own."""

from __future__ import annotations

from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest

from portal.alerts.senders import email
from portal.alerts.senders.letter import Letter
from portal.models import AlertChannel, Company, Sale
from portal.sandbox.smtp import SmtpSandbox
from portal.worker.receipts import send_receipts
from tests.support.mail import mailing
from tests.support.shop import Shop, open_shop

# Words as mail encodes them (RFC 2047), which mail programs and libraries decode.
ENCODED = (
    "=?utf-8?q?Ana=0D=0ABcc:_all=40evil.example?=",
    "=?utf-8?q?Ana=0D=0A=0D=0AGana_dinero:_evil.example?=",
    "Ana =?utf-8?b?DQpCY2M6IGFsbEBldmlsLmV4YW1wbGU=?= García",
    "=?utf-8?q?=3Call=40evil.example=3E?=",
    "==?utf-8?q?=0ABcc:_all=40evil.example?==?utf-8?q?=0AX:_y?=",
    "=?xx?q?=E9=0A?=",
)
NO_MAILBOXES = ("=?utf-8?q?x=0ABcc?=@example.com", "=?utf-8?b?eA==?=@example.com")


@pytest.fixture
def server() -> Iterator[SmtpSandbox]:
    with SmtpSandbox() as running:
        yield running


@pytest.fixture
def shop(tmp_path: Path, database_url: str | None, server: SmtpSandbox) -> Iterator[Shop]:
    with open_shop(tmp_path, database_url, **mailing(server.port)) as opened:
        yield opened


def send(shop: Shop) -> int:
    with shop.app.app_context():
        return send_receipts(shop.company_id)


def check(message: EmailMessage) -> None:
    """It is a receipt to who bought, from us, and all of what they wrote is in one line each."""
    usual = {"Subject", "From", "To", "Auto-Submitted", "Message-ID", "MIME-Version"}
    usual |= {"Content-Type", "Content-Transfer-Encoding"}
    assert set(message.keys()) <= usual
    assert [one.addr_spec for one in message["To"].addresses] == ["maria@example.com"]
    assert len(message["From"].addresses) == 1
    assert message.get_content().startswith("Gracias por tu compra.")


@pytest.mark.parametrize("text", ENCODED)
@pytest.mark.parametrize("whose", ["customer", "operator"])
def test_an_encoded_word_is_no_header_and_no_text(
    shop: Shop, server: SmtpSandbox, text: str, whose: str
) -> None:
    if whose == "operator":
        shop.change(Company, name=text)
    assert shop.buy(nombre_cliente=text if whose == "customer" else "Ana").status_code == 200
    assert send(shop) == 1
    check(server.messages[0])


@pytest.mark.parametrize("text", NO_MAILBOXES)
def test_what_is_no_mailbox_buys_nothing(shop: Shop, text: str) -> None:
    answer = shop.buy(email_cliente=text)
    assert answer.status_code == 422
    assert list(answer.json["errores"]) == ["email_cliente"]


@pytest.mark.parametrize("text", NO_MAILBOXES)
def test_a_receipt_that_cannot_be_written_keeps_no_other_waiting(
    shop: Shop, server: SmtpSandbox, text: str
) -> None:
    """Of a sale from before, when such an address was taken."""
    shop.buy()
    shop.change(Sale, customer_email=text)
    shop.buy()
    assert [send(shop), send(shop)] == [1, 0]
    check(server.messages[0])


@pytest.mark.parametrize("text", ENCODED)
def test_nor_is_it_in_an_alert(shop: Shop, server: SmtpSandbox, text: str) -> None:
    whose, to = Company(name=text), AlertChannel(target="ana@example.com")
    with shop.app.app_context():
        email.send(Letter(whose, to, "prueba", "Aviso", "Hola.\n"))
    (message,) = server.messages
    assert message["Bcc"] is message["X"] is None
    assert message["Subject"].startswith("Aviso · ")
    assert message.get_content() == "Hola.\n"
