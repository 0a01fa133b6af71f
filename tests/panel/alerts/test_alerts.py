"""Test the panel's alerts: settled by a button, heard of by Telegram, e-mail and webhook."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from portal.alerts.channels import channels_of
from portal.alerts.kinds import AlertKind
from portal.alerts.open_alerts import raise_alert
from portal.core.database import writing
from portal.operators import alerts, companies
from portal.sandbox.smtp import SmtpSandbox
from portal.sandbox.telegram import TelegramSandbox
from tests.alerts.desk import BOT, CHAT, SECRET
from tests.alerts.receiver import receiver
from tests.panel.addresses import SoldTenant
from tests.panel.client import PanelClient, panel_of
from tests.support.shop import OpenShop, Shop

PATH = "/panel/alertas/canales"
MAIL = {"smtp_host": "127.0.0.1", "smtp_security": "none", "smtp_from": "avisos@portal.example"}


def test_an_open_alert_is_settled_by_its_button(panel: PanelClient, tenant: SoldTenant) -> None:
    assert "Hay muchos PIN." in panel.get("/panel/alertas").text
    answer = panel.follow(panel.post(f"/panel/alertas/{tenant.alert_id}/resolver"))
    assert "Nada necesita su atención." in answer.text
    with panel.app.app_context():
        with writing() as session:
            said = (AlertKind.PARKED, "sal_1", "Decida <b>ya</b>.")
            for _ in range(2):
                raise_alert(session, tenant.company_id, *said)
        (alert,) = alerts.listing(tenant.company_id)
    shown = panel.get("/panel/alertas").text
    for words in (AlertKind.PARKED.meaning, "Decida &lt;b&gt;ya", "2 veces"):
        assert words in shown
    answer = panel.follow(panel.post(f"/panel/alertas/{alert.id}/resolver"))
    assert "Nada necesita su atención." in answer.text


@pytest.fixture
def telegram() -> Iterator[TelegramSandbox]:
    with TelegramSandbox() as sandbox:
        sandbox.add_bot(BOT, CHAT)
        yield sandbox


def test_each_way_is_set_and_tried(open_a_shop: OpenShop, telegram: TelegramSandbox) -> None:
    with SmtpSandbox() as smtp, receiver() as webhook:
        shop = open_a_shop(telegram_api_url=telegram.url, smtp_port=smtp.port, **MAIL)
        owner = panel_of(shop.app, shop.company_id)
        saved = owner.post(
            PATH,
            telegram_bot_token=BOT,
            telegram_chat_id=CHAT,
            notificaciones_telegram="1",
            telegram_eventos=["parked-is-no-word", "venta_detenida"][1:],
            correo_direcciones="ana@example.com\r\nluis@example.com",
            email_eventos=["contracargo", "venta"],
            webhook_url=webhook.url,
            webhook_secreto=SECRET,
            webhook_eventos=["venta"],
        )
        page = owner.follow(saved).text
        for secret in (BOT, SECRET):
            assert secret not in page
        assert page.count('placeholder="********"') == 2
        assert events(shop) == {
            "telegram": {"parked"},
            "email": {"chargeback", "sale"},
            "webhook": {"sale"},
        }
        for way, name in (("telegram", "Telegram"), ("email", "correo"), ("webhook", "webhook")):
            tried = owner.follow(owner.post(PATH, probar=way)).text
            assert f"Listo: la prueba se mandó por {name}." in tried, tried
        assert len(telegram.sent) == 1
        assert len(smtp.messages) == 1
        # What is left empty stays, secrets among it.
        kept = {"telegram_chat_id": CHAT, "webhook_url": webhook.url}
        owner.post(PATH, notificaciones_telegram="1", **kept)
        with shop.app.app_context():
            company = companies.get(shop.company_id)
            assert company.telegram_bot_token == BOT
            assert channels_of(shop.company_id)["webhook"].secret_sealed is not None
            assert channels_of(shop.company_id)["email"].active is False


def events(shop: Shop) -> dict[str, set[str]]:
    with shop.app.app_context():
        return {kind: set(map(str, s.events)) for kind, s in channels_of(shop.company_id).items()}


@pytest.mark.parametrize(
    ("place", "fields"),
    [
        ("webhook_secreto", {"webhook_url": "https://example.com/avisos"}),
        ("webhook_secreto", {"webhook_url": "https://example.com/a", "webhook_secreto": "corto"}),
        ("webhook_url", {"webhook_url": "ftp://example.com"}),
        ("correo_direcciones", {"correo_direcciones": "nadie"}),
    ],
)
def test_what_is_wrong_is_said_at_its_field(
    panel: PanelClient, place: str, fields: dict[str, str]
) -> None:
    answer = panel.post(PATH, **fields)
    assert answer.status_code == 422
    assert re.search(rf'id="{place}-wrong">[^<]+</p>', answer.text), answer.text


def test_a_way_that_is_not_set_says_what_lacks(panel: PanelClient) -> None:
    answer = panel.follow(panel.post(PATH, probar="email"))
    assert "Antes guarde" in answer.text
