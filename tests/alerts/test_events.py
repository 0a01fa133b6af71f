"""Prove that each thing that an operator may choose to hear of is told when it happens."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from portal.alerts.events import AlertEvent, event_of
from portal.alerts.kinds import AlertKind
from portal.alerts.worker_absence import workers_are_back
from portal.core.database import reading, writing
from portal.models import (
    Alert,
    AlertCursor,
    AlertMessage,
    AlertSubscription,
    ApiKey,
    Company,
    Job,
    Sale,
    SaleMove,
    Voucher,
    utc_now,
)
from portal.operators import routers
from portal.sales.operator_refund import refund_sale
from portal.sandbox.telegram import TelegramSandbox
from tests.alerts.desk import Desk
from tests.support.tenants import ACTOR
from tests.vouchers.conftest import Counter

MEXICO = ZoneInfo("America/Mexico_City")


def events(desk: Desk) -> list[str]:
    """What was queued, in its order."""
    return [row.event for row in desk.rows(AlertMessage)]


def open_kinds(desk: Desk) -> list[str]:
    return [alert.kind for alert in desk.shop.alerts() if alert.resolved_at is None]


def test_sales_and_refunds_are_told_once(desk: Desk, telegram: TelegramSandbox) -> None:
    desk.use_telegram("sale", "refund")
    bought = desk.shop.buy(nombre_cliente="Persona Planted").json
    assert events(desk) == []
    for _ in range(2):
        desk.do("sale_alerts", "all")
    desk.send()
    [sent] = telegram.sent
    assert sent.text.startswith("Venta · Café Ñandú\n")
    assert "1 Hora de Internet, $20 MXN, en Patio" in sent.text
    for private in ("Persona", "maria@", "5512345678", bought["usuario_hotspot"]["usuario"]):
        assert private not in sent.text
    with desk.app.app_context():
        refund_sale(bought["referencia"], "customer asked")
    desk.do("sale_alerts", "all")
    assert events(desk) == ["sale", "refund"]


def test_many_sales_are_one_message_with_their_sum(desk: Desk, telegram: TelegramSandbox) -> None:
    desk.use_telegram("sale")
    for number in range(3):
        desk.shop.buy(f"key-{number}", mac_cliente=f"AA:BB:CC:DD:EE:0{number}")
    desk.do("sale_alerts", "all")
    desk.send()
    [sent] = telegram.sent
    assert sent.text.startswith("Venta ×3 · ")
    assert "Total: $60 MXN" in sent.text


def test_what_was_sold_before_it_was_chosen_is_not_told(desk: Desk) -> None:
    desk.shop.buy()
    desk.use_telegram("sale")
    desk.do("sale_alerts", "all")
    assert events(desk) == []


def test_the_history_is_read_on_from_where_nothing_can_appear_any_more(desk: Desk) -> None:
    desk.use_telegram("sale")
    desk.shop.buy()
    desk.do("sale_alerts", "all")
    [cursor] = desk.rows(AlertCursor)
    assert cursor.sale_move_id == 0
    desk.shop.change(SaleMove, at=utc_now() - timedelta(minutes=11))
    desk.do("sale_alerts", "all")
    [cursor] = desk.rows(AlertCursor)
    assert cursor.sale_move_id == max(move.id for move in desk.rows(SaleMove))
    assert events(desk) == ["sale"]


def test_a_line_that_is_seen_late_is_told_all_the_same(desk: Desk) -> None:
    """Its transaction began before another's that was read already."""
    desk.use_telegram("sale")
    desk.shop.buy("key-1")
    [first] = [m for m in desk.rows(SaleMove) if m.to_state == "paid"]
    desk.shop.change(SaleMove, to_state="prepared")
    desk.shop.buy("key-2", mac_cliente="AA:BB:CC:DD:EE:01")
    desk.do("sale_alerts", "all")
    assert events(desk) == ["sale"]
    with desk.app.app_context(), writing() as session:
        session.get_one(SaleMove, first.id).to_state = "paid"
    desk.do("sale_alerts", "all")
    assert events(desk) == ["sale", "sale"]


def test_a_chargeback_is_told_by_the_history_alone(desk: Desk) -> None:
    desk.use_telegram("chargeback", "other", "refund")
    bought = desk.shop.buy().json
    line = SaleMove(sale_id=bought["referencia"], to_state="charged_back", actor="webhook")
    with desk.app.app_context(), writing() as session:
        session.add(line)
    desk.alert(AlertKind.CHARGED_BACK, bought["referencia"])
    desk.do("sale_alerts", "all")
    assert events(desk) == ["chargeback"]


def test_a_sale_that_stays_undecided_is_told_and_closed_when_it_is_over(desk: Desk) -> None:
    desk.use_telegram("undecided")
    desk.shop.buy()
    desk.shop.change(Sale, state="charging")
    desk.do("undecided_sales", "all")
    assert events(desk) == []
    desk.shop.change(Sale, created_at=utc_now() - timedelta(minutes=11))
    for _ in range(2):
        desk.do("undecided_sales", "all")
    assert events(desk) == ["undecided"]
    assert open_kinds(desk) == ["undecided"]
    desk.shop.change(Sale, state="delivered")
    desk.do("undecided_sales", "all")
    assert open_kinds(desk) == []


def test_a_router_that_goes_and_comes_back_is_told(desk: Desk, telegram: TelegramSandbox) -> None:
    desk.use_telegram("router_away", "router_back")
    desk.shop.router.go_down()
    for _ in range(2):
        desk.do("router_reach", desk.shop.router_id)
    assert events(desk) == []
    desk.do("router_reach", desk.shop.router_id)
    assert events(desk) == ["router_away"]
    assert open_kinds(desk) == ["router_away"]
    desk.send()
    desk.shop.router.come_up()
    desk.do("router_reach", desk.shop.router_id)
    desk.send()
    assert events(desk) == ["router_away", "router_back"]
    assert open_kinds(desk) == []
    assert "El router «Patio» volvió a responder" in telegram.sent[-1].text


def test_of_a_silent_router_only_who_wants_to_hear_is_told(desk: Desk) -> None:
    desk.use_telegram("router_away")
    desk.do("router_reach", desk.shop.router_id)
    desk.use_telegram("sale")
    desk.shop.router.go_down()
    for _ in range(4):
        desk.do("router_reach", desk.shop.router_id)
    assert events(desk) == []


def seconds_to_the_next_look(desk: Desk) -> float:
    with desk.app.app_context(), reading() as session:
        at = session.get_one(Job, f"router_reach:{desk.shop.router_id}").next_attempt_at
    assert at is not None
    return (at - utc_now()).total_seconds()


def test_a_router_is_asked_often_where_somebody_waits_to_hear_of_it(desk: Desk) -> None:
    desk.use_telegram("sale")
    desk.do("router_reach", desk.shop.router_id)
    assert 200 < seconds_to_the_next_look(desk) <= 240
    desk.use_telegram("router_away")
    assert seconds_to_the_next_look(desk) <= 60
    desk.do("router_reach", desk.shop.router_id)
    assert 50 < seconds_to_the_next_look(desk) <= 60


def test_a_router_that_goes_on_selling_is_soon_asked(desk: Desk) -> None:
    desk.use_telegram("router_away")
    mine = desk.shop.company_id, desk.shop.router_id
    desk.do("router_reach", desk.shop.router_id)
    with desk.app.app_context():
        routers.toggle(ACTOR, *mine, active=False)
        desk.do("router_reach", desk.shop.router_id)
        assert seconds_to_the_next_look(desk) > 200
        routers.toggle(ACTOR, *mine, active=True)
    assert seconds_to_the_next_look(desk) <= 60


def test_a_key_that_is_about_to_expire_is_told_and_closed_by_another(desk: Desk) -> None:
    desk.use_telegram("key_expiring")
    desk.do("expiring_keys", "all")
    assert events(desk) == []
    desk.shop.change(ApiKey, expires_at=utc_now() + timedelta(days=13))
    for _ in range(2):
        desk.do("expiring_keys", "all")
    assert events(desk) == ["key_expiring"]
    desk.shop.change(ApiKey, expires_at=utc_now() + timedelta(days=300))
    desk.do("expiring_keys", "all")
    assert open_kinds(desk) == []


@pytest.mark.parametrize("zone", ["America/Tijuana", "America/Cancun", "Pacific/Kiritimati"])
def test_the_day_is_summed_up_in_the_companys_own_morning(
    desk: Desk, telegram: TelegramSandbox, zone: str
) -> None:
    desk.use_telegram("daily_summary")
    desk.shop.change(Company, time_zone=zone)
    desk.shop.change(AlertSubscription, created_at=utc_now() - timedelta(days=3))
    now = datetime.now(ZoneInfo(zone))
    noon = (now - timedelta(days=1)).replace(hour=12)
    desk.shop.buy("key-1")
    desk.shop.buy("key-2", mac_cliente="AA:BB:CC:DD:EE:01")
    desk.shop.change(Sale, paid_at=noon, created_at=noon)
    Counter(desk.shop).sell()
    desk.shop.change(Voucher, sold_at=noon)
    for _ in range(2):
        desk.do("daily_summary", desk.shop.company_id)
    if now.hour < 8:
        assert events(desk) == []
        return
    desk.send()
    [sent] = telegram.sent
    assert "2 ventas, $40 MXN." in sent.text
    assert "En efectivo, aparte: 1 ficha, $20 MXN." in sent.text
    assert f" {noon.day} de " in sent.text
    assert "Una semana antes: sin ventas." in sent.text


def test_a_summary_chosen_after_the_morning_waits_for_the_next(desk: Desk) -> None:
    desk.use_telegram("daily_summary")
    desk.shop.buy()
    desk.shop.change(AlertSubscription, created_at=utc_now() + timedelta(hours=1))
    desk.do("daily_summary", desk.shop.company_id)
    assert events(desk) == []


def test_a_missing_worker_is_told_by_a_web_process(desk: Desk, telegram: TelegramSandbox) -> None:
    desk.use_telegram("no_worker")
    client = desk.app.test_client()
    for _ in range(2):
        assert client.get("/readyz").status_code == 200
        desk.app.extensions["telling_of_worker_absence"].join()
    [sent] = telegram.sent
    assert "Ningún worker" in sent.text
    assert open_kinds(desk) == ["no_worker"]
    with desk.app.app_context():
        workers_are_back()
    assert open_kinds(desk) == []


def test_nobody_who_does_not_ask_for_it_costs_a_thread(desk: Desk) -> None:
    desk.use_telegram("sale")
    desk.app.test_client().get("/readyz")
    assert "telling_of_worker_absence" not in desk.app.extensions


def test_every_kind_of_alert_is_an_event() -> None:
    told = {kind: event_of(kind) for kind in AlertKind}
    assert {kind for kind, event in told.items() if event is None} == {
        AlertKind.REFUNDED,
        AlertKind.CHARGED_BACK,
    }
    assert told[AlertKind.ROUTER_AWAY] is AlertEvent.ROUTER_AWAY
    assert told[AlertKind.KEY_REFUSED] is AlertEvent.OTHER


def test_open_alerts_are_a_metric(desk: Desk) -> None:
    desk.alert(AlertKind.PARKED, "sal_1")
    desk.alert(AlertKind.PARKED, "sal_2")
    figures = desk.app.test_client().get("/metrics").text
    assert 'portal_alerts{kind="parked"} 2.0' in figures
    assert 'portal_alerts{kind="key_refused"} 0.0' in figures
    desk.shop.change(Alert, resolved_at=utc_now())
    assert 'portal_alerts{kind="parked"} 0.0' in desk.app.test_client().get("/metrics").text
