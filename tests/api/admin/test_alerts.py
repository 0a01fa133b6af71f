"""Test alerts by HTTP: what is chosen, what is open, and the tests of each way."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from portal.alerts.kinds import AlertKind
from portal.alerts.open_alerts import raise_alert
from portal.core.database import reading, writing
from portal.models import AuditEntry
from portal.sandbox.smtp import SmtpSandbox
from portal.sandbox.telegram import TelegramSandbox
from tests.alerts.desk import BOT, CHAT, SECRET
from tests.alerts.receiver import Receiver, receiver
from tests.api.admin.caller import Caller
from tests.support.mail import mailing, smtp
from tests.support.tenants import Tenant, make_tenant

__all__ = ["smtp"]

TELEGRAM = {
    "telegram_bot_token": BOT,
    "telegram_chat_id": CHAT,
    "notificaciones_telegram": True,
}


@pytest.fixture(scope="module")
def telegram() -> Iterator[TelegramSandbox]:
    with TelegramSandbox() as running:
        running.add_bot(BOT, CHAT)
        yield running


@pytest.fixture
def webhook() -> Iterator[Receiver]:
    with receiver() as running:
        yield running


@pytest.fixture(scope="module")
def app_settings(telegram: TelegramSandbox, smtp: SmtpSandbox) -> dict[str, Any]:
    return mailing(smtp.port) | {"telegram_api_url": telegram.url}


def alertas(operator: Caller) -> dict[str, Any]:
    found: dict[str, Any] = operator.get("/mi-empresa").json["alertas"]
    return found


def put(operator: Caller, **chosen: Any) -> Any:
    return operator.put("/mi-empresa", {"alertas": chosen})


def test_at_first_nothing_is_told(operator: Caller) -> None:
    silent = {"eventos": [], "activo": False, "problema": None}
    assert alertas(operator) == {
        "telegram": silent,
        "correo": {"direcciones": [], **silent},
        "webhook": {"url": None, "secreto": None, **silent},
    }


def test_a_new_bot_tells_of_all_but_each_sale(operator: Caller) -> None:
    operator.put("/mi-empresa", TELEGRAM)
    told = alertas(operator)["telegram"]
    assert told["activo"]
    assert "venta" not in told["eventos"]
    assert {"venta_detenida", "sin_worker", "otros"} <= set(told["eventos"])
    operator.put("/mi-empresa", {"notificaciones_telegram": False})
    assert not alertas(operator)["telegram"]["activo"]


def test_what_is_chosen_is_shown_and_what_is_not_sent_stays(operator: Caller) -> None:
    mail = {"direcciones": ["ana@example.com", "ana@example.com"], "eventos": ["venta"]}
    assert put(operator, correo=mail).status_code == 200
    hook = {"url": "https://8.8.8.8/a", "secreto": SECRET, "eventos": ["reembolso", "venta"]}
    put(operator, webhook=hook)
    put(operator, correo={"eventos": ["resumen_diario"]}, webhook={"secreto": "********"})
    told = alertas(operator)
    assert told["correo"]["direcciones"] == ["ana@example.com"]
    assert told["correo"]["eventos"] == ["resumen_diario"]
    assert told["webhook"]["url"] == "https://8.8.8.8/a"
    assert told["webhook"]["secreto"] == "********"
    assert told["webhook"]["eventos"] == ["venta", "reembolso"]
    put(operator, correo={"direcciones": []}, webhook={"url": None})
    told = alertas(operator)
    assert (told["correo"]["activo"], told["webhook"]["activo"]) == (False, False)
    assert told["webhook"]["url"] is None


@pytest.mark.parametrize(
    ("chosen", "field"),
    [
        ({"correo": {"direcciones": ["no"]}}, "alertas.correo.direcciones.0"),
        ({"correo": {"direcciones": ["a@b.mx"] * 6}}, "alertas.correo.direcciones"),
        ({"correo": {"eventos": ["todo"]}}, "alertas.correo.eventos.0"),
        ({"telegram": {"otro": 1}}, "alertas.telegram.otro"),
        ({"webhook": {"url": "ftp://a.mx/"}}, "alertas.webhook.url"),
        ({"webhook": {"url": "https://8.8.8.8/"}}, "alertas.webhook.secreto"),
        ({"webhook": {"url": "https://8.8.8.8/", "secreto": None}}, "alertas.webhook.secreto"),
        ({"webhook": {"secreto": "corto"}}, "alertas.webhook.secreto"),
        ({"webhook": "https://8.8.8.8/"}, "alertas.webhook"),
        ({"sms": {}}, "alertas.sms"),
    ],
)
def test_what_does_not_fit_is_refused_and_nothing_is_changed(
    operator: Caller, chosen: dict[str, Any], field: str
) -> None:
    answer = operator.put("/mi-empresa", {"nombre": "Nuevo", "alertas": chosen})
    assert answer.status_code == 422
    assert list(answer.json["errores"]) == [field]
    assert operator.get("/mi-empresa").json["nombre"] != "Nuevo"


def test_a_test_by_telegram(operator: Caller, telegram: TelegramSandbox) -> None:
    assert operator.post("/test-telegram").status_code == 409
    operator.put("/mi-empresa", TELEGRAM | {"notificaciones_telegram": False})
    before = len(telegram.sent)
    answer = operator.post("/test-telegram")
    assert (answer.status_code, answer.json) == (
        200,
        {"mensaje": "La prueba se mandó por Telegram."},
    )
    assert telegram.sent[before].text.startswith("Prueba de Portal")
    again = operator.post("/test-telegram")
    assert again.status_code == 429
    assert int(again.headers["Retry-After"]) > 0


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"telegram_bot_token": "123456789:AAother-token-that-is-no-bots-at-all"}, "token"),
        ({"telegram_bot_token": "no token/../x"}, "token"),
        ({"telegram_chat_id": "-100777"}, "/start"),
    ],
)
def test_what_telegram_refuses_is_said(operator: Caller, values: dict[str, str], said: str) -> None:
    operator.put("/mi-empresa", TELEGRAM | values)
    answer = operator.post("/test-telegram")
    assert answer.status_code == 422
    assert said in answer.json["detail"]
    assert values.get("telegram_bot_token", BOT) not in answer.text


def test_a_telegram_that_is_down_is_said(operator: Caller, telegram: TelegramSandbox) -> None:
    operator.put("/mi-empresa", TELEGRAM)
    telegram.break_down()
    assert operator.post("/test-telegram").status_code == 503


def test_a_test_by_mail(operator: Caller, smtp: SmtpSandbox) -> None:
    assert operator.post("/test-email").status_code == 409
    put(operator, correo={"direcciones": ["ana@example.com"]})
    assert operator.post("/test-email").status_code == 200
    assert smtp.recipients[-1] == ["ana@example.com"]


def test_a_test_of_the_webhook(operator: Caller, webhook: Receiver) -> None:
    assert operator.post("/test-webhook").status_code == 409
    put(operator, webhook={"url": webhook.url, "secreto": SECRET})
    assert operator.post("/test-webhook").status_code == 200
    assert webhook.received[0].json["evento"] == "prueba"


def test_alerts_are_listed_and_resolved(app: Flask, operator: Caller, tenant: Tenant) -> None:
    with app.app_context(), writing() as session:
        for number in range(3):
            raise_alert(session, tenant.company_id, AlertKind.PARKED, f"sal_{number}", "Decida.")
    page = operator.get("/mi-empresa/alertas", limit=2).json
    assert (page["total"], len(page["alertas"])) == (3, 2)
    shown = page["alertas"][0]
    assert (shown["clase"], shown["sobre"], shown["mensaje"]) == ("parked", "sal_2", "Decida.")
    assert shown["significado"] == AlertKind.PARKED.meaning
    for _ in range(2):
        answer = operator.post(f"/mi-empresa/alertas/{shown['id']}/resolver")
        assert (answer.status_code, answer.json["id"]) == (200, shown["id"])
        assert answer.json["resuelto"] is not None
    assert operator.get("/mi-empresa/alertas").json["total"] == 2
    assert operator.get("/mi-empresa/alertas", estado="todos").json["total"] == 3


def test_another_companys_alert_is_not_found(app: Flask, operator: Caller) -> None:
    other = make_tenant(app, "Ajena")
    with app.app_context(), writing() as session:
        raise_alert(session, other.company_id, AlertKind.PARKED, "sal_x", "Suyo.")
    for alert_id in range(1, 30):
        answer = operator.post(f"/mi-empresa/alertas/{alert_id}/resolver")
        assert answer.status_code == 404
    assert operator.get("/mi-empresa/alertas").json["total"] == 0


def test_what_is_done_is_on_record_without_secrets(app: Flask, operator: Caller) -> None:
    put(operator, webhook={"url": "https://8.8.8.8/a", "secreto": SECRET})
    with app.app_context(), reading() as session:
        last = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert last is not None
    assert last.before is None
    assert last.after is not None
    assert last.after["alerts.webhook.target"] == "https://8.8.8.8/a"
    assert last.after["alerts.webhook.secret"] == "********"
    assert SECRET not in str([last.before, last.after, last.details])
