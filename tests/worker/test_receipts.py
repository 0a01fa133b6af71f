"""Test receipts by e-mail: once, with all that is needed, and never in the way of a sale."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from portal.core.vault import VaultError
from portal.models import Access, Company, Job, Sale, utc_now
from portal.sandbox.smtp import SmtpSandbox
from portal.worker.dispatcher import run_pass
from portal.worker.receipts import send_receipts
from portal.worker.schedule import plan_jobs
from tests.pages.test_voice import USTED
from tests.sales.deferred.buying import ask, hear, take_all
from tests.support.mail import FROM, mailing
from tests.support.servers.ports import free_port
from tests.support.shop import Shop, open_shop


@pytest.fixture
def server() -> Iterator[SmtpSandbox]:
    with SmtpSandbox() as running:
        yield running


@pytest.fixture
def shop(tmp_path: Path, server: SmtpSandbox) -> Iterator[Shop]:
    with open_shop(tmp_path, None, **mailing(server.port)) as opened:
        yield opened


def send(shop: Shop) -> int:
    with shop.app.app_context():
        return send_receipts(shop.company_id)


def test_a_receipt_has_what_is_needed(shop: Shop, server: SmtpSandbox) -> None:
    shop.change(Company, contact_email="hola@example.com", contact_phone="55 1234 5678")
    bought = shop.buy().json
    assert send(shop) == 1
    (message,) = server.messages
    assert message["To"] == "María García <maria@example.com>"
    assert message["From"] == f"Café Ñandú <{FROM}>"
    assert message["Reply-To"] == "hola@example.com"
    assert message["Subject"] == "Tu Internet en Café Ñandú"
    text = message.get_content()
    codes = bought["usuario_hotspot"]
    assert f"Usuario: {codes['usuario']}\n" in text
    assert f"Contraseña: {codes['contrasena']}\n" in text
    assert "Importe: $20 MXN" in text
    assert "terminada en 4242" in text
    assert f"/pago/{bought['referencia']}" in text
    assert "55 1234 5678" in text
    assert not USTED.search(text)


def test_a_receipt_tells_the_time_at_the_companys_place(shop: Shop, server: SmtpSandbox) -> None:
    shop.buy()
    yesterday = datetime.now(UTC) - timedelta(days=1)
    paid_at = yesterday.replace(hour=6, minute=30)
    shop.change(Sale, paid_at=paid_at)
    shop.change(Company, time_zone="America/Tijuana")
    assert send(shop) == 1
    there = paid_at.astimezone(ZoneInfo("America/Tijuana"))
    assert there.day != paid_at.day
    told = re.search(r"Fecha: (\d+) \w+ \d{4}, (\d\d:\d\d)", server.messages[0].get_content())
    assert told is not None
    assert told.groups() == (f"{there.day}", f"{there:%H:%M}")


def test_a_receipt_goes_out_once(shop: Shop, server: SmtpSandbox) -> None:
    shop.buy()
    assert [send(shop), send(shop)] == [1, 0]
    assert len(server.messages) == 1
    assert shop.sales()[0].receipt_sent_at is not None


def test_a_pin_is_told_as_such(shop: Shop, server: SmtpSandbox) -> None:
    pin = shop.buy(tipo_usuario="pin").json["usuario_hotspot"]["usuario"]
    send(shop)
    text = server.messages[0].get_content()
    assert f"PIN: {pin}\n" in text
    assert "Contraseña" not in text


def test_who_only_added_to_an_access_is_sent_no_code(shop: Shop, server: SmtpSandbox) -> None:
    codes = shop.buy().json["usuario_hotspot"]
    shop.change(Sale, extends=True)
    assert send(shop) == 1
    text = server.messages[0].get_content()
    assert codes["usuario"] not in text
    assert "Se sumó a un código que ya existía" in text
    assert f"/pago/{shop.sales()[0].id}" in text


def test_what_was_not_paid_or_is_over_has_no_receipt(shop: Shop, server: SmtpSandbox) -> None:
    shop.buy(token_tarjeta="tok_test_card_declined")
    assert send(shop) == 0
    shop.buy()
    before = utc_now() - timedelta(hours=3)
    shop.change(Sale, created_at=before, paid_at=before)
    assert send(shop) == 0
    assert server.messages == []


def test_a_refusal_for_good_is_not_asked_again(shop: Shop, server: SmtpSandbox) -> None:
    server.refusals.append("550 no such person")
    shop.buy()
    assert [send(shop), send(shop)] == [0, 0]
    assert server.messages == []


def test_a_server_that_asks_for_patience_is_asked_again(shop: Shop, server: SmtpSandbox) -> None:
    server.refusals.append("451 later")
    shop.buy()
    assert [send(shop), send(shop)] == [0, 1]


def test_a_code_that_cannot_be_read_keeps_no_other_receipt_waiting(
    shop: Shop, server: SmtpSandbox
) -> None:
    shop.buy()
    shop.change(Access, name_sealed=b"sealed with a key that is lost")
    shop.buy()
    with pytest.raises(VaultError):
        send(shop)
    assert len(server.messages) == 1
    assert [sale.receipt_sent_at is not None for sale in shop.sales()] == [False, True]


def test_a_server_that_is_away_costs_nothing(tmp_path: Path) -> None:
    with open_shop(tmp_path, None, **mailing(free_port())) as shop:
        assert shop.buy().status_code == 200
        assert send(shop) == 0
        assert shop.sales()[0].receipt_sent_at is None


def test_who_needs_to_log_in_does(tmp_path: Path, server: SmtpSandbox) -> None:
    login = {"smtp_username": "portal", "smtp_password": "planted-mail-secret"}
    with open_shop(tmp_path, None, **mailing(server.port), **login) as shop:
        shop.buy()
        assert send(shop) == 1
    assert len(server.logins) == 1


def test_without_a_mail_server_nothing_is_sent(tmp_path: Path) -> None:
    with open_shop(tmp_path, None) as shop:
        shop.buy()
        assert send(shop) == 0


def test_a_name_makes_no_headers(shop: Shop, server: SmtpSandbox) -> None:
    shop.change(Company, name="Café\r\nBcc: all@example.com")
    shop.buy()
    assert send(shop) == 1
    (message,) = server.messages
    assert message["Bcc"] is None
    assert message["Subject"] == "Tu Internet en Café Bcc: all@example.com"


def test_an_encrypted_line_that_is_not_offered_is_not_done_without(
    tmp_path: Path, server: SmtpSandbox
) -> None:
    with open_shop(tmp_path, None, **mailing(server.port) | {"smtp_security": "starttls"}) as shop:
        shop.buy()
        assert send(shop) == 0
    assert server.messages == []


def test_the_worker_sends_them(shop: Shop, server: SmtpSandbox) -> None:
    shop.buy()
    with shop.app.app_context():
        plan_jobs()
        shop.change(Job, next_attempt_at=utc_now() - timedelta(seconds=1))
        run_pass()
    assert len(server.messages) == 1


@pytest.mark.parametrize(
    ("method", "words"),
    [("spei", ("CLABE: ", "Banco: ")), ("efectivo", ("Paga en: ", "Referencia: "))],
)
def test_who_defers_payment_is_told_how_and_then_the_code(
    shop: Shop, server: SmtpSandbox, method: str, words: tuple[str, ...]
) -> None:
    take_all(shop)
    asked = ask(shop, method).json
    assert [send(shop), send(shop)] == [1, 0]
    [how] = server.messages
    text = how.get_content()
    assert how["Subject"] == "Cómo pagar tu Internet en Café Ñandú"
    assert all(word in text for word in words)
    assert "Importe exacto: $20 MXN" in text
    assert "Se puede pagar hasta: " in text
    assert f"/pago/{asked['referencia']}" in text
    assert not USTED.search(text)
    # Asked for yesterday, and paid now.
    shop.change(Sale, created_at=utc_now() - timedelta(hours=20))
    shop.gateway.pay(asked["id_transaccion"])
    hear(shop, asked["id_transaccion"])
    assert [send(shop), send(shop)] == [1, 0]
    code = server.messages[1].get_content()
    assert shop.status(asked["referencia"]).json["usuario_hotspot"]["usuario"] in code
    assert "Pagado: " in code
    assert how["Message-ID"] != server.messages[1]["Message-ID"]


def test_nobody_is_told_how_to_pay_what_a_part_came_of(shop: Shop, server: SmtpSandbox) -> None:
    """The part came before the e-mail was sent."""
    take_all(shop)
    asked = ask(shop, "spei").json
    shop.gateway.pay(asked["id_transaccion"], amount=500)
    hear(shop, asked["id_transaccion"])
    assert (send(shop), server.messages) == (0, [])


def test_who_paid_elsewhere_while_the_router_was_away_is_told_the_code(
    shop: Shop, server: SmtpSandbox
) -> None:
    take_all(shop)
    asked = ask(shop, "efectivo").json
    assert send(shop) == 1
    shop.router.faults.cut_before(times=None)
    shop.gateway.pay(asked["id_transaccion"])
    hear(shop, asked["id_transaccion"])
    before = utc_now() - timedelta(hours=5)
    shop.change(Sale, created_at=before, paid_at=before)
    assert send(shop) == 0
    shop.router.faults.clear()
    shop.reconcile()
    assert [send(shop), send(shop)] == [1, 0]
    assert shop.sales()[0].state == "delivered"


def test_who_pays_elsewhere_is_told_how_though_the_mail_was_away(
    shop: Shop, server: SmtpSandbox
) -> None:
    take_all(shop)
    ask(shop, "spei")
    shop.change(Sale, created_at=utc_now() - timedelta(hours=5))
    assert [send(shop), send(shop)] == [1, 0]
    shop.change(Sale, instructions_sent_at=None, payable_until=utc_now())
    assert send(shop) == 0
