"""Test sales whose card is charged in the gateway's own frame: the order decides, whoever asks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import requests

from portal.models import Sale
from portal.sales.errors import PaymentUnavailable
from portal.sales.purchase import buy
from portal.sales.request import PurchaseRequest
from tests.sales.test_refresh import tell, work_off
from tests.support.patience import PATIENCE
from tests.support.shop import MAC, OpenShop, Shop

APPROVED, DECLINED, CHALLENGED = "4242424242424242", "4000000000000002", "4000000000001091"


@pytest.fixture
def shop(open_a_shop: OpenShop) -> Shop:
    return open_a_shop(conekta_charge="component")


@pytest.fixture
def frame(shop: Shop) -> Iterator[requests.Session]:
    with requests.Session() as session:
        session.trust_env = False
        yield session


def begin(shop: Shop, **changes: Any) -> Sale:
    """The order stands open, and the customer's frame with it."""
    values = shop.extension("", extends_access_id=None, card_token=None) | changes
    with shop.app.app_context():
        status = buy(PurchaseRequest(**values))
    assert (status.sale.state, status.sale.card_token_digest) == ("pending", None)
    return status.sale


def charge(shop: Shop, frame: requests.Session, sale: Sale, number: str = APPROVED) -> int:
    url = f"{shop.gateway.url}/component/charges"
    query = {"checkout": str(sale.checkout_id)}
    body = {"number": number, "name": "Ana"}
    return frame.post(url, params=query, json=body, timeout=PATIENCE).status_code


def standing(shop: Shop) -> list[str]:
    return [sale.state for sale in shop.sales()]


@pytest.mark.parametrize("by", ["webhook", "worker"])
def test_what_the_frame_charged_is_delivered(shop: Shop, frame: requests.Session, by: str) -> None:
    sale = begin(shop)
    shop.reconcile()
    assert standing(shop) == ["pending"]
    assert charge(shop, frame, sale) == 200
    if by == "webhook":
        tell(shop, "order.paid", str(sale.order_id))
        work_off(shop)
    else:
        shop.reconcile()
    assert standing(shop) == ["delivered"]
    assert [sale.card_last4 for sale in shop.sales()] == ["4242"]
    assert len(shop.gateway.orders()) == 1


def test_a_declined_card_closes_the_frame(shop: Shop, frame: requests.Session) -> None:
    """Each try is a sale of its own, counted as any: the frame is not there to try many cards."""
    sale = begin(shop)
    charge(shop, frame, sale, DECLINED)
    shop.reconcile()
    [found] = shop.sales()
    assert (found.state, found.cancel_reason) == ("canceled", "declined")
    assert shop.gateway.order(str(sale.order_id))["payment_status"] == "canceled"
    assert charge(shop, frame, sale) == 422


def test_a_frame_that_is_left_ends_with_its_order(shop: Shop, frame: requests.Session) -> None:
    left, asked = begin(shop), begin(shop, mac="02:00:00:00:00:09")
    charge(shop, frame, asked, CHALLENGED)
    shop.app.extensions["settings"].__dict__["three_ds_minutes"] = 0
    shop.reconcile()
    assert standing(shop) == ["canceled", "canceled"]
    assert [order["payment_status"] for order in shop.gateway.orders()] == ["canceled"] * 2
    assert charge(shop, frame, left) == 422
    # Money that comes all the same is honoured.
    shop.gateway.pay(str(left.order_id))
    tell(shop, "order.paid", str(left.order_id))
    work_off(shop)
    assert standing(shop) == ["delivered", "canceled"]


def test_tokens_are_charged_as_ever(shop: Shop) -> None:
    """A portal of the operator's own mints them, whatever our pages show."""
    bought = shop.buy(mac_cliente=MAC)
    assert bought.status_code == 200
    [order] = shop.gateway.orders()
    assert "checkout" not in order


def test_a_gateway_without_a_frame_sells_nothing_so(open_a_shop: OpenShop) -> None:
    shop = open_a_shop()
    values = shop.extension("", extends_access_id=None, card_token=None)
    with shop.app.app_context(), pytest.raises(PaymentUnavailable):
        buy(PurchaseRequest(**values))
    assert (shop.sales(), shop.gateway.orders()) == ([], [])
