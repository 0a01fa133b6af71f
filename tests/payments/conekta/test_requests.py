"""Test what goes over the line: headers and bodies."""

from __future__ import annotations

from dataclasses import replace

import pytest

from portal.payments.gateway import Customer
from portal.payments.methods import Card
from tests.payments.conekta.samples import KEY, ORDER_ID, PURCHASE, TOKEN, charge, order


@pytest.fixture
def wire(scripted):
    return scripted(
        {
            "POST /orders": (200, order()),
            f"POST /orders/{ORDER_ID}/charges": (200, charge()),
            f"GET /orders/{ORDER_ID}": (200, order()),
        }
    )


def test_headers(wire, connect):
    connect(wire.url + "/").open_order(PURCHASE, 5)
    headers = wire.requests[0].headers
    assert headers["authorization"] == f"Bearer {KEY}"
    assert headers["accept"] == "application/vnd.conekta-v2.3.0+json"
    assert headers["accept-language"] == "es"
    assert headers["content-type"] == "application/json"


def test_an_order_without_a_charge(wire, connect):
    connect(wire.url).open_order(PURCHASE, 5)
    assert wire.requests[0].json == {
        "currency": "MXN",
        "customer_info": {
            "name": "María García",
            "email": "maria@example.com",
            "phone": "5512345678",
        },
        "line_items": [{"name": "24 Horas de Internet", "unit_price": 5000, "quantity": 1}],
        "metadata": {"reference_id": "sale-9f1c", "owner": "deployment-1:EMP_0123456789"},
        "return_url": "https://portal.example.mx/r/RTR_01234567/vuelta",
    }


def test_a_charge_on_an_order_and_along_with_one(wire, connect):
    expected = {
        "payment_method": {"type": "card", "token_id": TOKEN},
        "reference_id": PURCHASE.reference,
    }
    gateway = connect(wire.url)
    gateway.charge(PURCHASE, ORDER_ID, Card(TOKEN), 5)
    gateway.charge(PURCHASE, None, Card(TOKEN), 5)
    assert wire.requests[0].json == expected
    assert wire.requests[1].json["charges"] == [expected]


def test_unknown_phone_and_no_return_url(wire, connect):
    customer = Customer("Ana", "ana@example.com")
    connect(wire.url).open_order(replace(PURCHASE, customer=customer, return_url=None), 5)
    body = wire.requests[0].json
    assert body["customer_info"]["phone"] == "0000000000"
    assert "return_url" not in body


@pytest.mark.parametrize(
    ("given", "sent"),
    [("Li", "Li."), ("x", "x.."), ("José 😀", "José 😀"), ("ñ" * 300, "ñ" * 249), (" Ana ", "Ana")],
)
def test_names_fit_and_arrive_whole(given, sent, wire, connect):
    customer = Customer(given, "ana@example.com")
    connect(wire.url).open_order(replace(PURCHASE, description=given, customer=customer), 5)
    body = wire.requests[0].json
    assert body["line_items"][0]["name"] == sent
    assert body["customer_info"]["name"] == sent


def test_an_order_id_cannot_leave_its_place_in_the_path(wire, connect):
    connect(wire.url).look_up(PURCHASE, "../webhooks?x=1#y", 5)
    assert wire.requests[0].path == "/orders/..%2Fwebhooks%3Fx%3D1%23y"


@pytest.mark.parametrize("key", ["key\r\nX-Evil: 1", "clé", " key\n"])
def test_a_key_that_cannot_stand_in_a_header_harms_nothing(key, wire, connect):
    connect(wire.url, key=key).open_order(PURCHASE, 5)
    headers = wire.requests[0].headers
    assert "x-evil" not in headers
    assert set(headers["authorization"].removeprefix("Bearer ")) <= set("key?X-Evil:1cl")
