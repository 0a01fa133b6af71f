"""Test charging cards, in both forms."""

from __future__ import annotations

import threading

import pytest
import requests

from portal.sandbox.conekta import Latency
from tests.sandbox.conekta.client import card, order_request

GOOD = (
    "tok_test_visa_4242",
    "tok_test_visa_1881",
    "tok_test_mastercard_4444",
    "tok_test_mastercard_5100",
    "tok_test_amex_0005",
    "tok_test_amex_8431",
)
BAD = ("tok_test_card_declined", "tok_test_insufficient_funds", "tok_test_msi_error")


@pytest.mark.parametrize("token", GOOD)
def test_good_test_tokens_are_paid_again_and_again(api, token):
    for _ in range(2):
        paid = api.open(charges=[card(token, reference_id="sale-1")])
        assert paid["payment_status"] == "paid"
        (charge,) = paid["charges"]["data"]
        assert charge["status"] == "paid"
        assert charge["reference_id"] == "sale-1"
        assert charge["payment_method"]["last4"] == token[-4:]


def test_a_later_charge_is_answered_with_a_charge(api):
    order = api.open()
    charge = api.charge(order)
    assert charge["object"] == "charge"
    assert charge["status"] == "paid"
    assert charge["amount"] == 5000
    assert charge["currency"] == "MXN"
    assert charge["order_id"] == order["id"]
    assert "payment_status" not in charge
    looked_up = api.look_up(order)
    assert looked_up["payment_status"] == "paid"
    assert looked_up["charges"]["data"][0]["id"] == charge["id"]


@pytest.mark.parametrize("token", BAD)
def test_a_decline_is_a_402_with_the_order(api, token):
    body = api.refused(402, "/orders", order_request(charges=[card(token)]))
    assert body["type"] == "processing_error"
    assert "payment_status" not in body["data"]
    assert body["data"]["charges"]["data"][0]["status"] == "declined"
    assert body["data"]["charges"]["data"][0]["failure_message"] == body["details"][0]["message"]
    assert api.look_up(body["data"])["payment_status"] == "declined"


@pytest.mark.parametrize("token", BAD)
def test_a_decline_may_be_a_200_that_says_so(api, gateway, token):
    gateway.behave(decline_status=200)
    assert api.open(charges=[card(token)])["payment_status"] == "declined"
    assert api.charge(api.open(), token)["status"] == "declined"


def test_banks_that_pay_nothing(api, gateway):
    gateway.behave(decline_every_card=True)
    order = api.open()
    body = api.refused(402, f"/orders/{order['id']}/charges", card())
    assert body["details"][0]["code"].endswith("processing.bank.declined")
    gateway.behave(decline_every_card=False)
    assert api.charge(order)["status"] == "paid"


def test_a_declined_later_charge_leaves_the_way_open(api):
    order = api.open()
    declined = api.refused(402, f"/orders/{order['id']}/charges", card("tok_test_card_declined"))
    assert declined["data"]["id"] == order["id"]
    assert api.charge(order)["status"] == "paid"
    statuses = [charge["status"] for charge in api.look_up(order)["charges"]["data"]]
    assert statuses == ["declined", "paid"]


@pytest.mark.parametrize("status", [428, 422])
def test_a_paid_order_is_not_charged_again(api, gateway, status):
    gateway.behave(second_charge_status=status)
    order = api.paid()
    body = api.refused(status, f"/orders/{order['id']}/charges", card())
    assert body["details"][0]["code"].endswith("cannot_be_updated_because_has_charge")
    assert len(api.look_up(order)["charges"]["data"]) == 1


def test_an_order_is_not_charged_while_its_bank_is_asked(api, gateway, connect):
    gateway.slow(Latency(authorisation=0.3))
    order, other = api.open(), connect(gateway.url)
    first = threading.Thread(target=api.charge, args=(order,))
    first.start()
    assert gateway.wait_for("charge")
    other.refused(428, f"/orders/{order['id']}/charges", card())
    other.refused(428, f"/orders/{order['id']}/cancel")
    assert "payment_status" not in other.look_up(order)
    first.join()
    assert other.look_up(order)["payment_status"] == "paid"


def test_money_moves_though_the_client_is_gone(api, gateway):
    gateway.slow(Latency(authorisation=0.1))
    order = api.open()
    gateway.fail("cut", "charge", executed=True)
    with pytest.raises(requests.ConnectionError):
        api.charge(order)
    assert gateway.order(order["id"])["payment_status"] == "paid"


RAW = {"type": "card", "number": "4242424242424242", "cvc": "123", "name": "Ana Perez"}


@pytest.mark.parametrize(
    "method",
    [
        {"type": "card"},
        {**RAW, "exp_month": "12", "exp_year": "2030"},
        {**RAW, "exp_month": "12", "exp_year": "2030", "token_id": "tok_test_visa_4242"},
        {"type": "wallet", "token_id": "tok_test_visa_4242"},
        {"token_id": "tok_test_visa_4242"},
        {"type": "card", "token_id": "tok_test_visa_4242", "colour": "red"},
    ],
)
def test_only_a_token_is_charged(api, gateway, method):
    api.refused(422, "/orders", order_request(charges=[{"payment_method": method}]))
    assert gateway.orders() == []


def test_an_unknown_token_is_refused_before_there_is_an_order(api, gateway):
    body = api.refused(422, "/orders", order_request(charges=[card("tok_2nobody")]))
    assert body["details"][0]["code"].endswith("payment_method.token_id.nonexistent_token")
    assert gateway.orders() == []


def test_test_tokens_mean_nothing_to_a_live_key(connect):
    from portal.sandbox.conekta import ConektaSandbox

    with ConektaSandbox(live_keys=["key_live"]) as gateway:
        live = connect(gateway.url, "key_live")
        live.refused(422, "/orders", order_request(charges=[card()]))
        minted = gateway.mint(key="key_live")
        assert live.open(charges=[card(minted)])["livemode"] is True


def test_an_unknown_order_cannot_be_charged(api):
    api.refused(404, "/orders/ord_2none/charges", card())


def test_a_preauthorised_order_is_not_paid(api):
    opened = api.open(charges=[card()], pre_authorize=True)
    assert opened["payment_status"] == "pre_authorized"
    assert opened["charges"]["data"][0]["paid_at"] is None


@pytest.mark.parametrize(("method", "paid_by"), [("cash", "reference"), ("spei", "clabe")])
def test_cash_and_transfers_wait_for_money_from_outside(api, gateway, method, paid_by):
    charge = {"payment_method": {"type": method, "expires_at": 1893456000}}
    opened = api.open(charges=[charge])
    assert opened["payment_status"] == "pending_payment"
    for pending in opened["charges"]["data"]:
        assert pending["payment_method"]["expires_at"] == 1893456000
        assert pending["payment_method"][paid_by]
    api.refused(428, f"/orders/{opened['id']}/charges", card())
    gateway.pay(opened["id"])
    assert api.look_up(opened)["payment_status"] == "paid"
    api.refused(422, f"/orders/{opened['id']}/refunds", {"amount": 5000, "reason": "other"})
