"""Test the page that an operator opens first: what was taken, and what needs a hand."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from datetime import datetime, timedelta
from html import unescape
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from sqlalchemy import delete

from portal.alerts.kinds import AlertKind
from portal.core.database import writing
from portal.models import Alert, RouterContact, WorkerHeartbeat, utc_now
from portal.models.admin_user import Role
from tests.api.admin.sold import make_sale
from tests.panel.addresses import SoldTenant
from tests.panel.client import PanelClient, panel_of
from tests.support.databases.queries import recorded_queries
from tests.support.shop import Shop

ZONE = ZoneInfo("America/Mexico_City")
MOST_BYTES = 20 * 1024
DAY = timedelta(days=1)


def look(panel: PanelClient, query: str = "") -> str:
    answer = panel.get(f"/panel/{query}")
    assert answer.status_code == 200
    return unescape(answer.text)


def test_takings_of_today(app: Flask, tenant: SoldTenant, panel: PanelClient) -> None:
    midnight = datetime.combine(datetime.now(ZONE).date(), datetime.min.time(), ZONE)
    make_sale(app, tenant, midnight, "delivered", amount=123_450)
    make_sale(app, tenant, midnight - timedelta(seconds=1), "delivered", amount=77_700)
    text = look(panel)
    # With the sale of $20 that the tenant has.
    assert "$1,254.50" in text
    assert "2 ventas" in text
    assert "US$" not in text
    make_sale(app, tenant, midnight, "delivered", amount=500, currency="USD")
    assert "US$5.00" in look(panel)


def test_a_page_of_a_busy_company_is_small(
    app: Flask, tenant: SoldTenant, panel: PanelClient
) -> None:
    now = utc_now()
    for hours in range(0, 24 * 60, 11):
        make_sale(app, tenant, now - timedelta(hours=hours), "delivered")
    for _ in range(25):
        make_sale(app, tenant, now - timedelta(hours=1), "refunding", updated_at=now - DAY)
    with recorded_queries(app) as statements:
        answer = panel.get("/panel/", headers={"Accept-Encoding": "gzip"})
    assert len(statements) <= 20, "\n".join(statements)
    assert len(answer.data) <= MOST_BYTES
    text = gzip.decompress(answer.data).decode()
    assert text.count("<rect") > 60
    assert "style=" not in text
    assert "Hay más" in text


def test_what_needs_a_hand_has_one_button(
    app: Flask, tenant: SoldTenant, panel: PanelClient
) -> None:
    old = utc_now() - DAY
    parked = make_sale(app, tenant, old, "paid", parked_reason="currency_mismatch")
    waits = make_sale(app, tenant, old, "refunding", updated_at=old)
    undecided = make_sale(app, tenant, old, "charging")
    make_sale(app, tenant, utc_now(), "charging")
    text = look(panel)
    assert "no se ha mostrado en 2 minutos" in text
    for action in (
        f"/panel/ventas/{parked}/seguir",
        f"/panel/ventas/{waits}/reintentar",
        f"/panel/ventas/{undecided}/reintentar",
        f"/panel/avisos/{tenant.alert_id}/atendido",
    ):
        assert text.count(f'action="{action}"') == 1, action
    assert text.count("/reintentar") == 2
    assert "la moneda en que se pagó no es la de la venta" in text
    cashier = look(panel_of(app, tenant.company_id, Role.CASHIER))
    assert "/seguir" not in cashier
    assert "/atendido" not in cashier
    assert cashier.count("/reintentar") == 2


@pytest.fixture
def _at_work(app: Flask) -> Iterator[None]:
    """A worker, of whom all companies of the module hear while the test lasts."""
    with app.app_context(), writing() as session:
        session.add(WorkerHeartbeat(name="w1", at=utc_now()))
    yield
    with app.app_context(), writing() as session:
        session.execute(delete(WorkerHeartbeat))


@pytest.mark.usefixtures("_at_work")
def test_an_alert_is_settled(tenant: SoldTenant, panel: PanelClient) -> None:
    assert "Hay muchos PIN." in look(panel)
    answer = panel.post(f"/panel/avisos/{tenant.alert_id}/atendido")
    text = unescape(panel.follow(answer).text)
    assert "Listo: el aviso quedó atendido." in text
    assert "Hay muchos PIN." not in text
    assert "Todo está en orden" in text


@pytest.fixture
def away(shop: Shop) -> PanelClient:
    """The owner of a shop whose router is said to be away."""
    about = {"company_id": shop.company_id, "subject": shop.router_id}
    with shop.app.app_context(), writing() as session:
        session.add(Alert(kind=AlertKind.ROUTER_AWAY, message="El router no responde.", **about))
        silent = {"router_id": shop.router_id, "company_id": shop.company_id}
        session.add(RouterContact(silent_since=utc_now(), **silent))
    return panel_of(shop.app, shop.company_id)


def test_a_router_that_is_back_is_asked(shop: Shop, away: PanelClient) -> None:
    assert "No responde" in look(away)
    answer = away.post(f"/panel/hoy/routers/{shop.router_id}/revisar")
    text = unescape(away.follow(answer).text)
    assert "Patio responde (versión" in text
    assert "No responde" not in text


def test_a_router_that_is_not_says_what_to_look_at(shop: Shop, away: PanelClient) -> None:
    shop.router.go_down()
    answer = away.post(f"/panel/hoy/routers/{shop.router_id}/revisar")
    assert answer.status_code == 503
    assert "revise su dirección" in answer.text
    assert "No responde" in look(away)


def test_a_paused_router_is_not_forgotten(panel: PanelClient, tenant: SoldTenant) -> None:
    assert "En pausa" not in look(panel)
    panel.post(f"/panel/routers/{tenant.router_id}/pausa", activo="0")
    text = look(panel)
    assert "Todavía no hay ninguno." not in text
    assert "Patio" in text
    assert "En pausa" in text


def test_in_english_too(app: Flask, tenant: SoldTenant, panel: PanelClient) -> None:
    make_sale(app, tenant, utc_now() - DAY, "refunding", updated_at=utc_now() - DAY)
    text = look(panel, "?lang=en")
    assert "Needs a hand" in text
    assert "The refund has not been confirmed" in text
