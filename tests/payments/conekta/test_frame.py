"""Test the order that Conekta's own frame charges."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from portal.payments.gateway import Fault, Opened, Refused
from tests.payments.conekta.samples import ORDER_ID, PURCHASE, error, order
from tests.payments.conekta.wire import Wire, answer

CHECKOUT = {"id": "96a87c6e-e848-4f3d-bf06-c66b1c03e5c7", "type": "Integration"}
FRAMED = replace(PURCHASE, frame_until=datetime(2030, 1, 2, tzinfo=UTC))
OPENED = Opened(ORDER_ID, CHECKOUT["id"])
WALLETS = error("parameter_validation.checkout.allowed_payment_methods.invalid")
NAME = error("parameter_validation.customer_info.name", param="customer_info.name")


def test_it_is_opened_with_its_checkout(scripted, connect):
    wire = scripted({"POST /orders": (200, order(checkout=CHECKOUT))})
    gateway = connect(wire.url, charge_form="component")
    assert gateway.open_order(FRAMED, 5) == OPENED
    assert gateway.open_order(PURCHASE, 5) == Opened(ORDER_ID)
    framed, plain = (request.json for request in wire.requests)
    assert framed.pop("checkout") == {
        "type": "Integration",
        "allowed_payment_methods": ["card", "apple", "google"],
        "expires_at": int(FRAMED.frame_until.timestamp()),
        "max_failed_retries": 1,
    }
    # The frame is never left for the bank.
    assert framed == {name: value for name, value in plain.items() if name != "return_url"}


def test_it_lives_as_long_as_conekta_lets_it(scripted, connect):
    wire = scripted({"POST /orders": (200, order(checkout=CHECKOUT))})
    soon = datetime.now(UTC) + timedelta(seconds=1)
    began = time.time()
    connect(wire.url).open_order(replace(FRAMED, frame_until=soon), 5)
    assert wire.requests[0].json["checkout"]["expires_at"] >= began + 300


def test_without_a_checkout_nobody_could_pay_it(scripted, connect):
    wire = scripted({"POST /orders": (200, order())})
    refused = Refused("no_checkout", Fault.OPERATOR)
    assert connect(wire.url).open_order(FRAMED, 5) == refused


def test_an_account_without_wallets_charges_cards(connect):
    """And is asked in plainer letters after that, still for cards alone."""
    replies = iter([(422, WALLETS), (422, NAME), (200, order(checkout=CHECKOUT))])
    customer = replace(PURCHASE.customer, name="Ana `Ñ`")
    with Wire(lambda _request, _line: answer(*next(replies))) as wire:
        assert connect(wire.url).open_order(replace(FRAMED, customer=customer), 5) == OPENED
    sent = [request.json for request in wire.requests]
    methods = [body["checkout"]["allowed_payment_methods"] for body in sent]
    assert methods == [["card", "apple", "google"], ["card"], ["card"]]
    assert [body["customer_info"]["name"] for body in sent[1:]] == ["Ana `Ñ`", "Ana N"]
