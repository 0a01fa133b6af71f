"""Test what the gateway says later, by itself, or only when asked."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from portal.core.database import writing
from portal.core.records import from_now
from portal.models import Company, Sale, SaleMove, WebhookEvent, utc_now
from portal.sales.customer_cancel import cancel_for_customer
from portal.sales.refresh import refresh
from portal.sales.transitions import unpark
from portal.worker.orphan_orders import search_orphan_orders
from tests.support.databases.queries import recorded_queries
from tests.support.shop import OpenShop, Shop


def tell(shop: Shop, order_id: str, event_id: str = "evt_1") -> None:
    """Store an event as the endpoint does, and let the worker follow it."""
    with shop.app.app_context(), writing() as session:
        event = WebhookEvent(
            company_id=shop.company_id,
            event_id=event_id,
            type="order.updated",
            order_id=order_id,
            body="{}",
            next_attempt_at=from_now(),
        )
        session.add(event)
    shop.reconcile()


def take_back_outside(shop: Shop, order_id: str, how: str) -> None:
    """The operator gives the money back in the gateway's panel, or the buyer's bank takes it."""
    if how == "refund":
        shop.gateway.refund(order_id, 2000)
    else:
        shop.gateway.charge_back(order_id)


def ours_on_router(shop: Shop) -> list[str]:
    users = shop.router.users.items()
    return [name for name, user in users if user.get("comment", "").startswith("portal:")]


@pytest.mark.parametrize("how", ["refund", "charge_back"])
def test_money_taken_back_outside_closes_the_access(shop: Shop, how: str) -> None:
    bought = shop.buy().json
    order = bought["id_transaccion"]
    take_back_outside(shop, order, how)
    tell(shop, order)
    state = shop.status(bought["referencia"]).json
    assert state["estado_pago"] == {"refund": "refunded", "charge_back": "charged_back"}[how]
    assert state["usuario_hotspot"] is None
    assert not ours_on_router(shop)
    assert [alert.kind for alert in shop.alerts()] == [state["estado_pago"]]


def test_late_money_for_a_canceled_sale_is_honoured(shop: Shop) -> None:
    shop.gateway.behave(force_three_ds=True)
    bought = shop.buy().json
    shop.app.extensions["settings"].__dict__["three_ds_minutes"] = 0
    shop.reconcile()
    assert shop.status(bought["referencia"]).json["estado_pago"] == "canceled"
    shop.gateway.pay(bought["id_transaccion"])
    tell(shop, bought["id_transaccion"])
    now = shop.status(bought["referencia"]).json
    assert now["estado_pago"] == "paid"
    assert now["usuario_hotspot"]["usuario"] in ours_on_router(shop)


def test_a_wrong_amount_is_parked_with_an_alert(shop: Shop) -> None:
    shop.gateway.behave(force_three_ds=True)
    bought = shop.buy().json
    shop.gateway.challenge(bought["id_transaccion"], passed=True)
    shop.gateway.alter(bought["id_transaccion"], amount=1)
    shop.reconcile()
    [sale] = shop.sales()
    assert sale.parked_reason == "amount_mismatch"
    assert [alert.kind for alert in shop.alerts()] == ["parked"]
    assert shop.reconcile() == 0


def test_a_paid_sale_whose_router_stays_away_is_refunded(open_a_shop: OpenShop) -> None:
    shop = open_a_shop(router_breaker_failures=1000)
    shop.router.faults.cut_before("/ip/hotspot/user/set", times=None)
    bought = shop.buy().json
    shop.reconcile()
    assert shop.sales()[0].state == "paid"
    shop.change(Sale, paid_at=utc_now() - timedelta(minutes=31))
    shop.reconcile()
    [sale] = shop.sales()
    assert (sale.state, sale.amount_refunded) == ("refunded", 2000)
    shop.router.faults.clear()
    shop.reconcile()
    assert not ours_on_router(shop)
    assert shop.status(bought["referencia"]).json["estado_pago"] == "refunded"


def test_the_company_s_own_patience_counts(shop: Shop) -> None:
    shop.change(Company, refund_after_minutes=60)
    shop.router.faults.cut_before("/ip/hotspot/user/set", times=None)
    shop.buy()
    shop.change(Sale, paid_at=utc_now() - timedelta(minutes=31))
    shop.reconcile()
    assert shop.sales()[0].state == "paid"


def test_a_customer_may_give_up_3ds(shop: Shop) -> None:
    shop.gateway.behave(force_three_ds=True)
    bought = shop.buy("key-1").json
    with shop.app.test_request_context():
        assert cancel_for_customer(bought["referencia"])
    assert shop.status(bought["referencia"]).json["estado_pago"] == "canceled"
    shop.gateway.behave(force_three_ds=False)
    assert shop.buy("key-2").status_code == 200


def test_giving_up_what_was_paid_meanwhile_says_so(shop: Shop) -> None:
    shop.gateway.behave(force_three_ds=True)
    bought = shop.buy().json
    shop.gateway.challenge(bought["id_transaccion"], passed=True)
    with shop.app.test_request_context():
        assert not cancel_for_customer(bought["referencia"])
    assert shop.status(bought["referencia"]).json["estado_pago"] == "paid"


def strays(shop: Shop) -> int | None:
    shop.gateway.advance(0)
    with shop.app.app_context():
        return search_orphan_orders(shop.sales()[0].gateway_account_id)


@pytest.mark.parametrize("how", ["refund", "charge_back"])
def test_late_money_that_went_back_untold_is_booked(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    monkeypatch.setattr("portal.worker.orphan_orders.GRACE", timedelta(0))
    order = given_up_at_bank(shop)["id_transaccion"]
    shop.gateway.pay(order)
    take_back_outside(shop, order, how)
    assert strays(shop) == 0
    [sale] = shop.sales()
    came_to = {"refund": "refunded", "charge_back": "charged_back"}[how]
    assert (sale.state, [alert.kind for alert in shop.alerts()]) == (came_to, [came_to])
    assert strays(shop) == 0
    assert [alert.times for alert in shop.alerts()] == [1]


def test_orders_that_no_sale_knows(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("portal.worker.orphan_orders.GRACE", timedelta(0))
    kept = shop.buy().json["id_transaccion"]
    shop.gateway.fail("cut", "charge", times=None)
    forgotten = shop.buy(mac_cliente="02:00:00:00:00:02").json["referencia"]
    shop.gateway.heal()
    paid = shop.buy(mac_cliente="02:00:00:00:00:03").json["id_transaccion"]
    for reference in (forgotten, paid):
        _forget(shop, reference)
    assert strays(shop) == 2
    states = {order["id"]: order.get("payment_status") for order in shop.gateway.orders()}
    assert states[kept] == states[paid] == "paid"
    assert sorted(str(state) for state in states.values()) == ["canceled", "paid", "paid"]
    assert [alert.kind for alert in shop.alerts()] == ["orphan_payment"]


def test_orders_of_a_page_cost_one_question(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """Asked one by one, 600 orders of two days took two fifths of all that a worker does."""
    monkeypatch.setattr("portal.worker.orphan_orders.GRACE", timedelta(0))
    asked = []
    for number in range(3):
        shop.buy(mac_cliente=f"02:00:00:00:00:0{number}")
        with recorded_queries(shop.app) as queries:
            assert strays(shop) == 0
        asked.append(len(queries))
    assert asked[0] == asked[-1]


def _forget(shop: Shop, reference: str) -> None:
    """As if the database had been restored from before this sale."""
    with shop.app.app_context(), writing() as session:
        named = sa.or_(Sale.id == reference, Sale.order_id == reference)
        sale_id = session.scalars(sa.select(Sale.id).where(named)).one()
        session.execute(sa.text("DELETE FROM sale_move WHERE sale_id = :id"), {"id": sale_id})
        session.execute(sa.delete(Sale).where(Sale.id == sale_id))


def test_what_cannot_be_solved_in_a_day_is_parked(shop: Shop) -> None:
    shop.gateway.fail("cut", "charge")
    shop.buy()
    shop.gateway.fail("status", "look_up", times=None)
    shop.reconcile()
    assert shop.sales()[0].parked_reason is None
    shop.change(Sale, created_at=utc_now() - timedelta(hours=25))
    shop.reconcile()
    assert shop.sales()[0].parked_reason is None
    shop.change(SaleMove, at=utc_now() - timedelta(hours=25))
    shop.reconcile()
    assert shop.sales()[0].parked_reason == "stuck"


def test_rereading_waits_for_whoever_works_on_the_sale(shop: Shop) -> None:
    reference = shop.buy().json["referencia"]
    with shop.app.app_context():
        with writing() as session:
            session.execute(sa.update(Sale).values(lease="somebody", lease_until=from_now(60)))
        assert not refresh(reference, "webhook")


def given_up_at_bank(shop: Shop) -> dict[str, str]:
    """A sale that was canceled before the bank."""
    shop.gateway.behave(force_three_ds=True)
    bought: dict[str, str] = shop.buy().json
    shop.gateway.behave(force_three_ds=False)
    with shop.app.app_context():
        assert cancel_for_customer(bought["referencia"])
    return bought


def test_late_money_of_another_amount_waits_for_the_operator(shop: Shop) -> None:
    order = given_up_at_bank(shop)["id_transaccion"]
    shop.gateway.pay(order)
    shop.gateway.alter(order, amount=2001)
    tell(shop, order)
    [sale] = shop.sales()
    assert (sale.state, sale.parked_reason) == ("canceled", "amount_mismatch")
    [alert] = shop.alerts()
    assert (alert.kind, alert.subject) == ("parked", sale.id)
    assert not ours_on_router(shop)


@pytest.mark.parametrize("told_by", ["worker", "search"])
def test_late_money_that_was_put_right_is_honoured(
    shop: Shop, told_by: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("portal.worker.orphan_orders.GRACE", timedelta(0))
    bought = given_up_at_bank(shop)
    order = bought["id_transaccion"]
    shop.gateway.pay(order)
    shop.gateway.alter(order, amount=2001)
    strays(shop)
    strays(shop)
    assert [(alert.kind, alert.times) for alert in shop.alerts()] == [("parked", 1)]
    shop.gateway.alter(order, amount=2000)
    with shop.app.app_context(), writing() as session:
        unpark(session, session.get_one(Sale, bought["referencia"]))
    if told_by == "search":
        strays(shop)
    shop.reconcile()
    assert shop.sales()[0].state == "delivered"
    assert len(ours_on_router(shop)) == 1


def test_unparked_without_money_a_canceled_sale_rests(shop: Shop) -> None:
    bought = given_up_at_bank(shop)
    shop.change(Sale, parked_reason="amount_mismatch")
    with shop.app.app_context(), writing() as session:
        unpark(session, session.get_one(Sale, bought["referencia"]))
    shop.gateway.fail("status", "look_up", status=502)
    shop.reconcile()
    assert shop.sales()[0].next_attempt_at is not None
    shop.reconcile()
    [sale] = shop.sales()
    assert (sale.state, sale.next_attempt_at, sale.lease) == ("canceled", None, None)


@pytest.mark.parametrize("how", ["refund", "charge_back"])
@pytest.mark.parametrize("state", ["canceled", "canceling"])
def test_late_money_that_is_gone_again_is_booked_as_both(shop: Shop, state: str, how: str) -> None:
    bought = given_up_at_bank(shop)
    order = bought["id_transaccion"]
    shop.gateway.pay(order)
    take_back_outside(shop, order, how)
    shop.change(Sale, state=state, next_attempt_at=utc_now(), cancel_reason="expired")
    if state == "canceled":
        tell(shop, order)
    shop.reconcile()
    [sale] = shop.sales()
    assert sale.state == {"refund": "refunded", "charge_back": "charged_back"}[how]
    assert sale.paid_at is not None
    assert not ours_on_router(shop)


def test_a_notice_that_nobody_could_follow_is_told_to_the_operator(shop: Shop) -> None:
    bought = shop.buy().json
    shop.gateway.refund(bought["id_transaccion"], 2000)
    shop.gateway.fail("status", "look_up", times=None)
    tell(shop, bought["id_transaccion"])
    assert shop.alerts() == []
    shop.change(WebhookEvent, received_at=utc_now() - timedelta(hours=25))
    shop.change(WebhookEvent, next_attempt_at=utc_now())
    shop.reconcile()
    [alert] = shop.alerts()
    assert (alert.kind, alert.subject) == ("unread_webhook", bought["referencia"])
