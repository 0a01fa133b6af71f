"""Prove that what was told is followed until the gateway has said how it stands."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from portal.core.database import reading, writing
from portal.models import WebhookEvent, utc_now
from tests.support.lost_answers import losing
from tests.support.shop import Shop

PAST = timedelta(seconds=1)


def tell(shop: Shop, kind: str, order_id: str) -> None:
    order = {"object": "order", "id": order_id}
    event = {"id": "evt_1", "type": kind, "livemode": False, "data": {"object": order}}
    path = f"/api/v1/webhooks/conekta/{shop.company_id}"
    assert shop.app.test_client().post(path, json=event).status_code == 200


def work_off(shop: Shop) -> None:
    """One pass in which every event is due that is not done with."""
    waiting = update(WebhookEvent).where(WebhookEvent.next_attempt_at.is_not(None))
    with shop.app.app_context(), writing() as session:
        session.execute(waiting.values(next_attempt_at=utc_now() - PAST, lease=None))
    shop.reconcile()


@pytest.mark.parametrize("silence", ["hang", "cut", "garbage", "status"])
def test_a_refund_told_while_the_gateway_is_silent(shop: Shop, silence: str) -> None:
    sold = shop.buy().json
    shop.gateway.refund(sold["id_transaccion"], 2000)
    tell(shop, "order.refunded", sold["id_transaccion"])
    with losing(shop, silence, "look_up", times=None):
        work_off(shop)
    assert [sale.state for sale in shop.sales()] == ["delivered"]
    shop.gateway.heal()
    work_off(shop)
    assert [sale.state for sale in shop.sales()] == ["refunded"]
    assert sold["usuario_hotspot"]["usuario"] not in shop.router.users


def test_late_money_told_while_the_gateway_is_silent(shop: Shop) -> None:
    shop.buy(token_tarjeta="tok_test_card_declined")
    [sale] = shop.sales()
    shop.gateway.pay(sale.order_id)
    tell(shop, "order.paid", sale.order_id)
    shop.gateway.fail("cut", "look_up", times=None)
    work_off(shop)
    assert [sale.state for sale in shop.sales()] == ["canceled"]
    shop.gateway.heal()
    work_off(shop)
    assert [sale.state for sale in shop.sales()] == ["delivered"]


def test_silence_is_not_asked_for_ever(shop: Shop) -> None:
    sold = shop.buy().json
    tell(shop, "order.paid", sold["id_transaccion"])
    shop.change(WebhookEvent, received_at=utc_now() - timedelta(days=2))
    shop.gateway.fail("cut", "look_up", times=None)
    work_off(shop)
    with shop.app.app_context(), reading() as session:
        event = session.scalars(select(WebhookEvent)).one()
    assert (event.outcome, event.next_attempt_at) == ("unanswered", None)
