"""Test the control API, by which another process steers the sandbox."""

from __future__ import annotations

import pytest
import requests

from tests.sandbox.conekta.client import card
from tests.support.patience import PATIENCE


class Control:
    """The control API of a running sandbox."""

    def __init__(self, url: str) -> None:
        self.url = f"{url}/_sandbox"

    def call(self, method, path, expected=200, **body):
        response = requests.request(method, f"{self.url}/{path}", json=body, timeout=PATIENCE)
        assert response.status_code == expected, response.text
        return response.json()


@pytest.fixture
def control(gateway):
    return Control(gateway.url)


def test_orders_from_outside(api, control):
    order, other = api.paid(), api.open()
    assert [found["id"] for found in control.call("GET", "orders")] == [order["id"], other["id"]]
    control.call("POST", f"orders/{order['id']}/refund", amount=1000)
    assert control.call("GET", f"orders/{order['id']}")["amount_refunded"] == 1000
    control.call("POST", f"orders/{order['id']}/charge_back")
    assert api.look_up(order)["payment_status"] == "charged_back"
    control.call("POST", f"orders/{other['id']}/expire")
    control.call("POST", f"orders/{other['id']}/pay")
    control.call("POST", f"orders/{other['id']}/alter", status="mystery")
    assert api.look_up(other)["payment_status"] == "mystery"
    assert {event["type"] for event in control.call("GET", "events")} > {"order.expired"}


def test_faults_and_behaviour(api, control):
    control.call("POST", "faults", action="status", kinds=["look_up"], status=503, times=None)
    assert control.call("GET", "state")["faults"] == [
        {
            "action": "status",
            "kinds": ["look_up"],
            "executed": False,
            "times": None,
            "status": 503,
            "seconds": None,
            "error": None,
        }
    ]
    order = api.open()
    assert api.call("GET", f"/orders/{order['id']}").status_code == 503
    control.call("DELETE", "faults")
    api.look_up(order)
    control.call("PUT", "behaviour", decline_status=200, later_challenge="decline")
    assert api.charge(order, "tok_test_card_declined")["status"] == "declined"
    control.call("PUT", "latency", call=0.001, kinds={"list": 0.002})
    control.call("PUT", "deliveries", copies=2, retry_after=[1, 2])
    state = control.call("GET", "state")
    assert state["behaviour"]["later_challenge"] == "decline"
    assert state["latency"]["kinds"] == {"list": 0.002}
    assert state["deliveries"]["copies"] == 2


def test_clock_keys_tokens_and_counters(api, control):
    token = control.call("POST", "tokens", number="4000000000001091")["id"]
    assert api.open(charges=[card(token)])["payment_status"] == "pending_payment"
    now = control.call("GET", "state")["now"]
    control.call("POST", "clock", seconds=1000)
    assert control.call("GET", "state")["now"] >= now + 1000
    control.call("POST", "keys", refuse=["key_test_one"])
    assert api.call("GET", "/orders").status_code == 401
    control.call("POST", "keys", accept=["key_test_one"])
    assert api.get("/orders")["total"] == 1
    assert control.call("GET", "state")["counters"]["calls"]["list"] == 2
    control.call("DELETE", "counters")
    assert control.call("GET", "state")["counters"]["calls"] == {}


@pytest.mark.parametrize(
    ("method", "path", "expected", "body"),
    [
        ("GET", "nothing", 404, {}),
        ("GET", "orders/ord_2none", 404, {}),
        ("POST", "orders/ord_2none/pay", 404, {}),
        ("POST", "orders/ord_2none/fly", 404, {}),
        ("POST", "orders", 404, {}),
        ("POST", "faults", 422, {}),
        ("POST", "faults", 422, {"action": "explode"}),
        ("POST", "faults", 422, {"action": "cut", "kinds": ["chrage"]}),
        ("PUT", "behaviour", 422, {"decline_status": 500}),
        ("PUT", "behaviour", 422, {"colour": "red"}),
        ("PUT", "latency", 422, {"colour": 1}),
        ("POST", "clock", 422, {"seconds": "many"}),
        ("POST", "tokens", 422, {"number": "1"}),
    ],
)
def test_nonsense_is_refused(control, method, path, expected, body):
    assert control.call(method, path, expected, **body)
