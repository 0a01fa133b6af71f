"""Test that what leaves a sale is written down with when and by whom, and adds up."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from portal.core.database import reading
from portal.models import MoneyBack, Sale
from portal.models.sale_states import SaleActor
from portal.sales.operator_refund import refund_sale
from portal.sales.refresh import refresh
from tests.support.shop import Shop


@pytest.fixture
def sale(shop: Shop) -> Sale:
    assert shop.buy().status_code == 200
    [sold] = shop.sales()
    return sold


def back(shop: Shop) -> list[tuple[str, int, str, int]]:
    with shop.app.app_context(), reading() as session:
        rows = session.scalars(select(MoneyBack).order_by(MoneyBack.id)).all()
    return [(row.kind, row.amount, row.currency, row.vat_rate) for row in rows]


def look(shop: Shop, sale: Sale) -> None:
    with shop.app.app_context():
        assert refresh(sale.id, SaleActor.WEBHOOK)


def test_a_refund_of_ours(shop: Shop, sale: Sale) -> None:
    with shop.app.app_context():
        refund_sale(sale.id, "No pudo conectarse")
    assert back(shop) == [("refund", 2000, "MXN", 1600)]


def test_parts_outside_and_then_the_rest(shop: Shop, sale: Sale) -> None:
    assert sale.order_id is not None
    for amount in (500, 300):
        shop.gateway.refund(sale.order_id, amount)
        look(shop, sale)
        look(shop, sale)
    shop.gateway.refund(sale.order_id, 1200)
    look(shop, sale)
    assert [amount for _, amount, _, _ in back(shop)] == [500, 300, 1200]
    assert {kind for kind, _, _, _ in back(shop)} == {"outside"}


def test_a_chargeback_takes_what_is_left(shop: Shop, sale: Sale) -> None:
    assert sale.order_id is not None
    shop.gateway.refund(sale.order_id, 500)
    look(shop, sale)
    shop.gateway.charge_back(sale.order_id)
    look(shop, sale)
    assert [line[:2] for line in back(shop)] == [("outside", 500), ("chargeback", 1500)]


def test_the_fee_is_kept_once_the_order_tells_it(shop: Shop, sale: Sale) -> None:
    """The answer to the charge does not, and no sale waits for a second question."""
    assert sale.fee is None
    assert shop.gateway.calls()["look_up"] == 0
    look(shop, sale)
    [known] = shop.sales()
    assert (known.fee, known.state) == (357, "delivered")
