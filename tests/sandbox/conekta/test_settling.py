"""Test cancellations, refunds, and what happens outside of the API."""

from __future__ import annotations

import pytest

from portal.sandbox.conekta.server.errors import ApiError
from tests.sandbox.conekta.client import card


def refund(amount, reason="requested_by_client"):
    return {"amount": amount, "reason": reason}


def test_an_order_without_a_charge_is_canceled_for_good(api):
    order = api.open()
    assert api.done(f"/orders/{order['id']}/cancel")["payment_status"] == "canceled"
    api.refused(428, f"/orders/{order['id']}/charges", card())
    api.refused(428, f"/orders/{order['id']}/cancel")
    assert api.look_up(order)["payment_status"] == "canceled"


def test_a_waiting_charge_is_canceled_with_its_order(api):
    order = api.open(charges=[{"payment_method": {"type": "cash"}}])
    canceled = api.done(f"/orders/{order['id']}/cancel")
    assert canceled["charges"]["data"][0]["status"] == "canceled"


def test_a_paid_order_is_not_canceled(api):
    order = api.paid()
    body = api.refused(428, f"/orders/{order['id']}/cancel")
    assert body["type"] == "precondition_required_error"
    assert api.look_up(order)["payment_status"] == "paid"


def test_a_refund_in_parts_and_never_more(api):
    order = api.paid()
    assert order["is_refundable"] is True
    path = f"/orders/{order['id']}/refunds"
    part = api.done(path, refund(2000))
    assert part["payment_status"] == "partially_refunded"
    assert part["amount_refunded"] == 2000
    api.refused(422, path, refund(3001))
    whole = api.done(path, refund(3000))
    assert whole["payment_status"] == "refunded"
    assert whole["amount_refunded"] == 5000
    (charge,) = whole["charges"]["data"]
    assert charge["status"] == "refunded"
    assert [entry["amount"] for entry in charge["refunds"]["data"]] == [-2000, -3000]
    api.refused(422, path, refund(1))
    assert api.look_up(order) == whole


@pytest.mark.parametrize(
    "body",
    [
        {},
        refund(0),
        refund(-5),
        refund(50.5),
        refund("5000"),
        refund(5000, "because"),
        {"amount": 1},
    ],
)
def test_a_bad_refund_gives_nothing_back(api, body):
    order = api.paid()
    api.refused(422, f"/orders/{order['id']}/refunds", body)
    assert api.look_up(order)["amount_refunded"] == 0


def test_what_is_not_paid_is_not_refunded(api):
    order = api.open()
    api.refused(422, f"/orders/{order['id']}/refunds", refund(5000))


def test_a_refund_comes_within_30_days(api, gateway):
    order = api.paid()
    gateway.advance(30 * 24 * 3600 + 1)
    api.refused(422, f"/orders/{order['id']}/refunds", refund(5000))


def test_the_operator_refunds_in_the_panel(api, gateway):
    order = api.paid()
    gateway.refund(order["id"], 5000)
    assert api.look_up(order)["payment_status"] == "refunded"
    with pytest.raises(ApiError):
        gateway.refund(order["id"], 1)


def test_a_chargeback(api, gateway):
    order = api.paid()
    gateway.charge_back(order["id"])
    lost = api.look_up(order)
    assert lost["payment_status"] == "charged_back"
    assert lost["charges"]["data"][0]["chargeback"]["object"] == "chargeback"
    api.refused(422, f"/orders/{order['id']}/refunds", refund(5000))


def test_the_time_to_pay_runs_out(api, gateway):
    order = api.open(charges=[{"payment_method": {"type": "cash"}}])
    gateway.expire(order["id"])
    assert api.look_up(order)["payment_status"] == "expired"


@pytest.mark.parametrize("ending", ["cancel", "expire"])
def test_money_may_come_late(api, gateway, ending):
    order = api.open()
    if ending == "cancel":
        api.done(f"/orders/{order['id']}/cancel")
    else:
        gateway.expire(order["id"])
    gateway.pay(order["id"])
    late = api.look_up(order)
    assert late["payment_status"] == "paid"
    assert late["charges"]["data"][0]["amount"] == 5000


def test_an_order_may_say_what_it_never_should(api, gateway):
    order = api.paid()
    gateway.alter(order["id"], amount=1, currency="USD", livemode=True, status="fraudulent")
    altered = api.look_up(order)
    assert (altered["amount"], altered["currency"], altered["livemode"]) == (1, "USD", True)
    assert altered["payment_status"] == "fraudulent"
    assert altered["charges"]["data"][0]["amount"] == 1
    with pytest.raises(TypeError):
        gateway.alter(order["id"], id="ord_2other")
