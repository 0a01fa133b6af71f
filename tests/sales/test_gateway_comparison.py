"""Prove that every difference between our sales and the gateway's orders is found, and none
invented.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from portal.core.database import writing
from portal.core.extensions import db
from portal.models import Company, Deployment, GatewayAccount, Sale, SaleMove, utc_now
from portal.models.sale_states import GRAPH
from portal.sales.gateway_comparison import Compared, Unread, comparable_companies, compare
from portal.sales.gateway_differences import EXPECTED
from tests.support.lost_answers import losing
from tests.support.shop import PRIVATE_KEY, Shop

# What is listed by time, each database does in its own way.
pytestmark = pytest.mark.each_database

Found = list[tuple[str, str | int | None, str | int | None]]


def compared(shop: Shop, since: datetime | None = None) -> list[Compared | Unread]:
    """Nothing is held, and nothing is being worked on."""
    shop.change(Sale, updated_at=utc_now() - timedelta(minutes=1), lease=None)
    with shop.app.app_context():
        return list(compare(shop.company_id, since or utc_now() - timedelta(hours=1)))


def found(shop: Shop) -> Found:
    return [value for pair in compared(shop) for value in values(pair)]


def values(pair: Compared | Unread) -> Found:
    assert isinstance(pair, Compared)
    return [(found.what, found.ours, found.theirs) for found in pair.differences]


def change(shop: Shop, sale: Sale, **columns: Any) -> None:
    with shop.app.app_context(), writing() as session:
        session.execute(sa.update(Sale).where(Sale.id == sale.id).values(**columns))


def forget_sales(shop: Shop) -> None:
    with shop.app.app_context(), writing() as session:
        session.execute(sa.delete(SaleMove))
        session.execute(sa.delete(Sale))


def add_sale(shop: Shop, **values: Any) -> None:
    """Another sale like the first, of which the gateway knows nothing."""
    first = shop.sales()[0]
    columns = {column.key: getattr(first, column.key) for column in Sale.__table__.columns}
    with shop.app.app_context(), writing() as session:
        session.add(Sale(**columns | {"idempotency_key": values["id"]} | values))


def test_every_state_has_what_is_expected_of_its_order() -> None:
    assert EXPECTED.keys() == GRAPH.keys()


def test_what_agrees_is_listed_as_equal(shop: Shop) -> None:
    shop.buy()
    shop.buy(token_tarjeta="tok_test_card_declined")
    shop.buy(token_tarjeta="tok_nobody_knows")
    shop.gateway.behave(force_three_ds=True)
    shop.buy()
    shop.gateway.behave(force_three_ds=False)
    states = {sale.state for sale in shop.sales()}
    assert states == {"delivered", "canceled", "pending"}
    pairs = compared(shop)
    assert len(pairs) == len(shop.sales()) == 4
    assert all(isinstance(pair, Compared) and pair.sale and pair.order for pair in pairs)
    assert found(shop) == []


Plant = Callable[[Shop, Sale], Any]
PLANTED: dict[str, tuple[Plant, Found]] = {
    "nothing": (lambda shop, sale: None, []),
    "amount": (
        lambda shop, sale: shop.gateway.alter(sale.order_id, amount=2500),
        [("amount", 2000, 2500)],
    ),
    "currency": (
        lambda shop, sale: shop.gateway.alter(sale.order_id, currency="USD"),
        [("currency", "MXN", "USD")],
    ),
    "mode": (
        lambda shop, sale: shop.gateway.alter(sale.order_id, livemode=True),
        [("mode", "test", "live")],
    ),
    "unreadable": (
        lambda shop, sale: shop.gateway.alter(sale.order_id, status="under_fraud_review"),
        [("state", "delivered", "unclear")],
    ),
    "refunded outside": (
        lambda shop, sale: shop.gateway.refund(sale.order_id, 2000),
        [("state", "delivered", "refunded"), ("refunded", 0, 2000)],
    ),
    "refunded in part": (
        lambda shop, sale: shop.gateway.refund(sale.order_id, 500),
        [("refunded", 0, 500)],
    ),
    "charged back": (
        lambda shop, sale: shop.gateway.charge_back(sale.order_id),
        [("state", "delivered", "charged_back")],
    ),
    "not paid here": (
        lambda shop, sale: change(shop, sale, state="canceled"),
        [("state", "canceled", "paid")],
    ),
    "refunded here only": (
        lambda shop, sale: change(shop, sale, state="refunded", amount_refunded=2000),
        [("state", "refunded", "paid"), ("refunded", 2000, 0)],
    ),
    "another order": (
        lambda shop, sale: change(shop, sale, order_id="ord_other"),
        [("another_order", "ord_other", "paid"), ("missing_there", None, None)],
    ),
}


def test_each_difference_is_found(shop: Shop) -> None:
    planted = {}
    for plant, expected in PLANTED.values():
        sale_id = shop.buy().json["referencia"]
        plant(shop, next(sale for sale in shop.sales() if sale.id == sale_id))
        planted[sale_id] = expected
    calls, before = shop.gateway.calls(), shop.gateway.orders()
    differing: dict[str, Found] = {sale_id: [] for sale_id in planted}
    for pair in compared(shop):
        assert isinstance(pair, Compared)
        assert pair.sale is not None
        differing[pair.sale.id] += values(pair)
    assert differing == planted
    assert shop.gateway.calls() - calls == {"list": 1}
    assert shop.gateway.orders() == before


def test_what_is_missing_on_either_side_is_found(shop: Shop) -> None:
    shop.buy()
    add_sale(shop, id="sal_gone", order_id="ord_gone")
    add_sale(shop, id="sal_none", order_id=None)
    assert found(shop) == [("missing_there", None, None)] * 2
    forget_sales(shop)
    assert found(shop) == [("missing_here", None, None)]


def test_what_is_being_worked_on_is_not_judged(shop: Shop) -> None:
    shop.gateway.refund(shop.buy().json["id_transaccion"], 2000)
    soon, since = utc_now() + timedelta(minutes=1), utc_now() - timedelta(hours=1)
    for about in ({"updated_at": soon}, {"lease": "someone", "lease_until": soon}):
        shop.change(Sale, **{"updated_at": since, "lease": None} | about)
        with shop.app.app_context():
            [pair] = compare(shop.company_id, since)
        assert isinstance(pair, Compared)
        assert (pair.under_way, pair.differences) == (True, ())


def test_only_what_is_as_young_as_asked_for(shop: Shop) -> None:
    shop.buy()
    add_sale(shop, id="sal_gone", order_id="ord_gone")
    assert len(compared(shop)) == 2
    assert compared(shop, since=utc_now() + timedelta(seconds=1)) == []


def test_orders_of_others_at_the_same_account_are_none_of_ours(shop: Shop) -> None:
    shop.buy()
    with shop.app.app_context(), writing() as session:
        other = Company(name="Ajena")
        session.add(other)
        session.flush()
        account = GatewayAccount(company_id=other.id, provider="conekta", mode="test")
        session.add(account)
        session.flush()
        account.private_key = PRIVATE_KEY
        other_id = other.id
    with shop.app.app_context():
        assert set(comparable_companies()) == {shop.company_id, other_id}
        assert list(compare(other_id, utc_now() - timedelta(hours=1))) == []
    forget_sales(shop)
    shop.change(Deployment, name="another")
    shop.app.extensions["deployment_name"] = "another"
    assert compared(shop) == []


def test_an_order_is_compared_once_however_many_keys_see_it(shop: Shop) -> None:
    shop.buy()
    shop.change(GatewayAccount, current=False)
    with shop.app.app_context(), writing() as session:
        account = GatewayAccount(
            company_id=shop.company_id, provider="conekta", mode="test", version=2
        )
        session.add(account)
        session.flush()
        account.private_key = PRIVATE_KEY
    assert len(compared(shop)) == 1
    assert found(shop) == []


def test_a_list_that_breaks_off_proves_nothing_missing(shop: Shop) -> None:
    shop.buy()
    for action in ("cut", "hang", "status", "garbage"):
        with losing(shop, action, "list", times=None):
            [told] = compared(shop)
        assert isinstance(told, Unread), action
        assert told.account.company_id == shop.company_id
        shop.gateway.heal()


def test_page_by_page_with_no_connection_held(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(5):
        shop.buy()
    monkeypatch.setattr("portal.payments.conekta.orders.PAGE_SIZE", 2)
    monkeypatch.setattr("portal.sales.gateway_comparison.BATCH", 2)
    shop.change(Sale, updated_at=utc_now() - timedelta(minutes=1))
    before = shop.gateway.calls()["list"]
    with shop.app.app_context():
        pairs = 0
        for _ in compare(shop.company_id, utc_now() - timedelta(hours=1)):
            pairs += 1
            assert db.engine.pool.checkedout() == 0  # type: ignore[attr-defined]
    assert pairs == 5
    assert shop.gateway.calls()["list"] - before == 3
