"""Prove that alerts arrive: once, thinned, tried again, and never lost silently."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from portal.alerts.batches import claim_channel
from portal.alerts.channels import ChannelValues
from portal.alerts.events import AlertEvent
from portal.alerts.kinds import AlertKind
from portal.alerts.open_alerts import raise_alert
from portal.core.database import writing
from portal.models import AlertChannel, AlertMessage, utc_now
from portal.operators import companies
from portal.sandbox.smtp import SmtpSandbox
from portal.sandbox.telegram import TelegramSandbox
from portal.worker.dispatcher import alerts_queue, run_pass
from portal.worker.retention import erase_personal_data
from tests.alerts.desk import BOT, CHAT, SECRET, Desk
from tests.alerts.receiver import Receiver
from tests.support.tenants import ACTOR, make_tenant


def test_what_is_chosen_arrives_by_each_way(
    desk: Desk, telegram: TelegramSandbox, smtp: SmtpSandbox, webhook: Receiver
) -> None:
    desk.use_telegram("parked")
    desk.use_email("ana@example.com,luis@example.com", "parked", "refund")
    desk.use_webhook(webhook.url, "parked")
    desk.alert(AlertKind.PARKED, "sal_0123456789abcdef", "Decida qué hacer.")
    assert desk.send() == 3
    [sent] = telegram.sent
    assert (sent.token, sent.chat_id) == (BOT, CHAT)
    assert sent.text.startswith("Venta detenida · Café Ñandú\n")
    assert "Decida qué hacer. (sal_01234567…)" in sent.text
    [mail] = smtp.messages
    assert smtp.recipients == [["ana@example.com", "luis@example.com"]]
    assert mail["Subject"] == "Venta detenida · Café Ñandú"
    assert mail.get_content().strip() == sent.text
    [hook] = webhook.received
    assert (hook.json["evento"], hook.json["veces"]) == ("venta_detenida", 1)
    assert hook.json["avisos"][0]["sobre"] == "sal_0123456789abcdef"
    assert desk.send() == 0


def test_what_was_not_chosen_is_not_sent(desk: Desk, telegram: TelegramSandbox) -> None:
    desk.use_telegram("refund")
    desk.alert(AlertKind.PARKED, "sal_1")
    assert desk.send() == 0
    assert desk.rows(AlertMessage) == []
    assert telegram.sent == []


def test_what_is_rolled_back_is_not_told(desk: Desk) -> None:
    desk.use_telegram("parked")
    with pytest.raises(ZeroDivisionError):
        raise_and_fail(desk)
    assert desk.rows(AlertMessage) == []


def raise_and_fail(desk: Desk) -> None:
    """An alert in a transaction that comes to nothing."""
    with desk.app.app_context(), writing() as session:
        raise_alert(session, desk.shop.company_id, AlertKind.PARKED, "sal_1", "x")
        raise ZeroDivisionError


def test_the_same_said_again_is_sent_again_only_after_half_a_day(
    desk: Desk, telegram: TelegramSandbox
) -> None:
    desk.use_telegram("parked")
    for _ in range(3):
        desk.alert(AlertKind.PARKED, "sal_1")
    assert len(desk.rows(AlertMessage)) == 1
    [alert] = desk.shop.alerts()
    desk.shop.change(type(alert), told_at=utc_now() - timedelta(hours=13))
    desk.alert(AlertKind.PARKED, "sal_1")
    assert len(desk.rows(AlertMessage)) == 2


def test_a_storm_is_one_message_with_a_count(desk: Desk, telegram: TelegramSandbox) -> None:
    desk.use_telegram("parked", "card_testing")
    desk.alert(AlertKind.PARKED, "sal_first")
    desk.send()
    for number in range(40):
        desk.alert(AlertKind.PARKED, f"sal_{number}")
        if number == 20:
            desk.send()
    desk.send()
    assert len(telegram.sent) == 1
    desk.alert(AlertKind.CARD_TESTING, "RTR_1")
    desk.send()
    assert len(telegram.sent) == 2
    desk.pass_time(301)
    desk.send()
    assert len(telegram.sent) == 3
    text = telegram.sent[-1].text
    assert text.startswith("Venta detenida ×40 · Café Ñandú\n")
    assert text.endswith("… y 35 más")
    assert all(row.sent_at and not row.due_at for row in desk.rows(AlertMessage))


def test_a_server_that_is_down_is_asked_again(desk: Desk, telegram: TelegramSandbox) -> None:
    desk.use_telegram("parked")
    desk.alert(AlertKind.PARKED, "sal_1")
    telegram.break_down()
    assert desk.send() == 1
    assert telegram.sent == []
    assert desk.channel().problem is not None
    desk.pass_time(10)
    assert desk.send() == 1
    assert len(telegram.sent) == 1
    assert desk.channel().problem is None


def test_who_asks_for_patience_gets_it(desk: Desk, telegram: TelegramSandbox) -> None:
    desk.use_telegram("parked")
    desk.alert(AlertKind.PARKED, "sal_1")
    telegram.ask_to_wait(90)
    desk.send()
    desk.pass_time(80)
    assert desk.send() == 0
    desk.pass_time(15)
    assert desk.send() == 1
    assert len(telegram.sent) == 1


@pytest.mark.parametrize(
    ("trouble", "said"),
    [
        (lambda t: t.remove_bot(BOT), "no reconoce el token"),
        (lambda t: t.block(BOT, CHAT), "bloquearon"),
        (lambda t: t.move(CHAT, -100999), "-100999"),
    ],
)
def test_what_only_the_operator_can_mend_is_an_alert_by_the_other_ways(
    desk: Desk, telegram: TelegramSandbox, smtp: SmtpSandbox, trouble: object, said: str
) -> None:
    desk.use_telegram("parked")
    desk.use_email("ana@example.com", "other")
    trouble(telegram)  # type: ignore[operator]
    desk.alert(AlertKind.PARKED, "sal_1")
    desk.send()
    [undelivered] = [a for a in desk.shop.alerts() if a.kind == AlertKind.ALERT_UNDELIVERED]
    assert said in undelivered.message
    assert BOT not in undelivered.message
    assert said in smtp.messages[0].get_content().replace("\n", " ")
    assert telegram.sent == []


def test_it_mends_when_the_operator_does(desk: Desk, telegram: TelegramSandbox) -> None:
    desk.use_telegram("parked")
    telegram.remove_bot(BOT)
    desk.alert(AlertKind.PARKED, "sal_1")
    desk.send()
    telegram.add_bot(BOT, CHAT)
    desk.use_telegram("parked")
    assert desk.send() == 1
    assert len(telegram.sent) == 1


def test_what_does_not_arrive_in_a_day_is_given_up_aloud(
    desk: Desk, telegram: TelegramSandbox, smtp: SmtpSandbox
) -> None:
    desk.use_telegram("parked")
    desk.use_email("ana@example.com", "other")
    desk.alert(AlertKind.PARKED, "sal_1")
    telegram.break_down()
    desk.send()
    desk.pass_time(25 * 3600)
    telegram.break_down()
    desk.send()
    [message] = [row for row in desk.rows(AlertMessage) if row.event == "parked"]
    assert message.due_at is None
    assert message.given_up_at is not None
    assert "dejó de intentar con 1 avisos" in smtp.messages[0].get_content().replace("\n", " ")
    assert telegram.sent == []


def test_one_ways_trouble_keeps_no_other_waiting(desk: Desk, telegram: TelegramSandbox) -> None:
    desk.use_telegram("parked")
    desk.use_email("ana@example.com", "parked")
    telegram.break_down()
    desk.alert(AlertKind.PARKED, "sal_1")
    desk.send()
    assert desk.channel("email").problem is None
    assert desk.channel("telegram").attempts == 1


def test_every_company_has_its_turn(desk: Desk) -> None:
    """Whoever waits the longest comes first, and then nobody twice before all had theirs."""
    other = make_tenant(desk.app, "Otra")
    desk.use_email("ana@example.com", "parked")
    desk.use_telegram("parked")
    with desk.app.app_context():
        emails = {"email": ChannelValues(target="luz@example.com", events=[AlertEvent.PARKED])}
        companies.update(ACTOR, other.company_id, alerts=emails)
    for number in range(3):
        desk.alert(AlertKind.PARKED, f"sal_{number}")
    with desk.app.app_context():
        with writing() as session:
            raise_alert(session, other.company_id, AlertKind.PARKED, "sal_9", "x")
        queue = alerts_queue()
        taken = [found[1].company_id for found in iter(queue.take, None)]
    assert sorted(taken[:2]) == sorted([desk.shop.company_id, other.company_id])
    assert len(taken) == 3


@pytest.mark.each_database
def test_a_message_is_one_workers(desk: Desk, telegram: TelegramSandbox) -> None:
    desk.use_telegram("parked")
    desk.alert(AlertKind.PARKED, "sal_1")
    with ThreadPoolExecutor(4) as threads:
        assert sum(threads.map(lambda _: desk.send(), range(4))) == 1
    assert len(telegram.sent) == 1


def test_what_a_worker_that_died_had_claimed_is_sent_by_another(
    desk: Desk, telegram: TelegramSandbox
) -> None:
    desk.use_telegram("parked")
    desk.alert(AlertKind.PARKED, "sal_1")
    with desk.app.app_context():
        assert claim_channel() is not None
    assert desk.send() == 0
    desk.shop.change(AlertChannel, lease_until=utc_now() - timedelta(seconds=1))
    assert desk.send() == 1
    assert len(telegram.sent) == 1


def test_a_secret_whose_key_is_lost_is_told_and_waited_for(
    desk: Desk, telegram: TelegramSandbox, webhook: Receiver
) -> None:
    desk.use_telegram("other")
    desk.use_webhook(webhook.url, "parked")
    desk.shop.change(AlertChannel, secret_sealed=b"sealed with a key that is lost")
    desk.alert(AlertKind.PARKED, "sal_1")
    with desk.app.app_context():
        run_pass()
        run_pass()
    assert AlertKind.KEY_LOST in [alert.kind for alert in desk.shop.alerts()]
    assert desk.channel("webhook").next_attempt_at > utc_now()
    assert webhook.received == []
    assert "ENCRYPTION_KEYS" in telegram.sent[0].text


def test_what_was_sent_is_deleted_after_a_month(desk: Desk) -> None:
    desk.use_telegram("parked")
    desk.use_email("ana@example.com", "parked")
    desk.alert(AlertKind.PARKED, "sal_1")
    desk.send()
    desk.pass_time(29 * 86400)
    with desk.app.app_context():
        erase_personal_data(desk.shop.company_id)
        assert len(desk.rows(AlertMessage)) == 2
        desk.pass_time(2 * 86400)
        erase_personal_data(desk.shop.company_id)
    assert desk.rows(AlertMessage) == []


def test_no_secret_is_logged(desk: Desk, telegram: TelegramSandbox, webhook: Receiver) -> None:
    desk.use_telegram("parked")
    desk.use_webhook(webhook.url, "parked")
    telegram.remove_bot(BOT)
    webhook.answers.append(b"HTTP/1.1 500 Oh\r\nContent-Length: 0\r\n\r\n")
    with capture_logs() as lines:
        desk.alert(AlertKind.PARKED, "sal_1")
        desk.send()
    said = repr(lines)
    assert "alert not delivered" in said
    for secret in (BOT, SECRET, webhook.url):
        assert secret not in said


def test_a_channel_that_is_switched_off_forgets_what_waited(
    desk: Desk, telegram: TelegramSandbox
) -> None:
    desk.use_telegram("parked")
    desk.alert(AlertKind.PARKED, "sal_1")
    desk.set(telegram_notifications=False)
    desk.set(telegram_notifications=True)
    assert desk.send() == 0
    assert telegram.sent == []
