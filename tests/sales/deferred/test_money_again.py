"""Test money that comes once more, or in parts: nothing is lost in silence, nothing given away."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import update

from portal.core.database import writing
from portal.core.records import from_now
from portal.models import Access, Company, Sale, WebhookEvent, utc_now
from portal.models.sale_states import SaleState
from portal.operators.sales import gateway_view
from portal.worker import orphan_orders
from portal.worker.retention import erase_personal_data
from tests.sales.deferred.buying import ask, hear, take_all
from tests.sales.deferred.test_money_back import book, bought, kinds
from tests.sales.test_refunds import Till
from tests.support.shop import MAC, Shop


@pytest.fixture
def till(shop: Shop) -> Till:
    take_all(shop)
    return Till(shop)


def differences(till: Till, sale_id: str) -> list[tuple[str, object, object]]:
    with till.shop.app.app_context():
        seen = gateway_view.look(till.shop.company_id, sale_id)
    return [(each.what, each.ours, each.theirs) for each in seen.differences]


def test_money_on_what_went_back_by_hand_stands_before_the_operator(till: Till) -> None:
    sale = bought(till)
    assert sale.order_id
    assert book(till, sale.id)["status"] == 200
    # One more look finds nothing new.
    hear(till.shop, sale.order_id, "evt_2")
    assert kinds(till) == []
    till.shop.gateway.pay(sale.order_id)
    assert differences(till, sale.id) == [("received", 2000, 4000)]
    for event in ("evt_3", "evt_4"):
        hear(till.shop, sale.order_id, event)
    assert (till.sale().state, till.sale().amount_received) == (SaleState.REFUNDED, 4000)
    assert kinds(till) == ["overpaid"]
    assert [alert.times for alert in till.shop.alerts() if alert.kind == "overpaid"] == [1]
    assert differences(till, sale.id) == []


def test_a_second_payment_that_nobody_told_of_is_found(
    till: Till, monkeypatch: pytest.MonkeyPatch
) -> None:
    sale = bought(till)
    assert sale.order_id
    assert differences(till, sale.id) == []
    till.shop.gateway.pay(sale.order_id)
    assert differences(till, sale.id) == [("received", 2000, 4000)]
    monkeypatch.setattr(orphan_orders, "GRACE", timedelta(days=-1))
    for _ in range(2):
        with till.shop.app.app_context():
            assert orphan_orders.search_orphan_orders(sale.gateway_account_id) == 0
        assert kinds(till) == ["overpaid"]
    assert [alert.times for alert in till.shop.alerts()] == [1]
    assert differences(till, sale.id) == []


def test_half_a_price_that_was_given_back_and_the_other_half_buy_nothing(till: Till) -> None:
    sale = bought(till, 1000)
    assert sale.order_id
    assert book(till, sale.id)["estado_pago"] == "canceled"
    till.shop.reconcile()
    assert kinds(till) == []
    assert differences(till, sale.id) == []
    till.shop.gateway.pay(sale.order_id, amount=1000)
    hear(till.shop, sale.order_id, "evt_2")
    sale = till.sale()
    assert (sale.state, sale.parked_reason) == (SaleState.CANCELED, "amount_mismatch")
    assert (sale.amount_received, sale.amount_returned) == (2000, 1000)
    assert kinds(till) == ["parked"]
    assert "Llegaron $10.00 de $20.00. No pague" in till.shop.status(sale.id).json["mensaje"]
    assert book(till, sale.id)["status"] == 200
    till.shop.reconcile()
    assert (kinds(till), till.sale().parked_reason) == ([], None)
    assert "se los devolvió" in till.shop.status(sale.id).json["mensaje"]
    assert sale.order_id
    till.shop.gateway.pay(sale.order_id)
    hear(till.shop, sale.order_id, "evt_3")
    assert till.sale().state == SaleState.DELIVERED


def test_a_notice_of_the_rest_waits_for_a_gateway_that_is_away(till: Till) -> None:
    """Nothing else asks again of a sale that waits for a person."""
    sale = bought(till, 1500)
    assert sale.order_id
    till.shop.gateway.pay(sale.order_id, amount=500)
    till.shop.gateway.fail("status", "look_up", times=None)
    hear(till.shop, sale.order_id, "evt_2")
    assert till.sale().parked_reason == "amount_mismatch"
    till.shop.gateway.heal()
    waiting = update(WebhookEvent).where(WebhookEvent.next_attempt_at.is_not(None))
    with till.shop.app.app_context(), writing() as session:
        session.execute(waiting.values(next_attempt_at=from_now()))
    till.shop.reconcile()
    assert (till.sale().state, kinds(till)) == (SaleState.DELIVERED, [])


def test_a_buyer_is_not_forgotten_while_money_may_be_on_its_way(till: Till) -> None:
    reference = ask(till.shop, "spei").json
    till.shop.change(Company, keep_personal_days=1)
    long_ago = utc_now() - timedelta(days=2)
    till.shop.change(Sale, created_at=long_ago, payable_until=utc_now() - timedelta(hours=2))
    till.shop.gateway.expire(reference["id_transaccion"])
    till.shop.reconcile()
    assert till.sale().state == SaleState.CANCELED
    till.shop.change(Access, created_at=long_ago)
    assert (forgotten(till), till.shop.accesses()[0].mac) == (0, MAC)
    till.shop.change(Sale, payable_until=long_ago - timedelta(days=3))
    assert (forgotten(till), till.shop.accesses()[0].mac) == (1, None)


def forgotten(till: Till) -> int:
    with till.shop.app.app_context():
        return erase_personal_data(till.shop.company_id)
