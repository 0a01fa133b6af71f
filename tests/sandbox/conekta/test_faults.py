"""Test faults on purpose: what the client sees, and whether money moved."""

from __future__ import annotations

import threading
import time
from contextlib import suppress

import pytest
import requests

from portal.sandbox.conekta import ConektaSandbox, Latency
from tests.sandbox.conekta.client import CUSTOMER, card, order_request
from tests.support.patience import PATIENCE, TRIES, quickest

NO_ANSWER = (requests.ConnectionError, requests.exceptions.ChunkedEncodingError)
BETWEEN_BYTES = 0.25


def charge(api, order, **arguments):
    return api.call("POST", f"/orders/{order['id']}/charges", json=card(), **arguments)


def is_paid(gateway, order):
    return gateway.order(order["id"]).get("payment_status") == "paid"


@pytest.mark.parametrize("executed", [False, True])
@pytest.mark.parametrize("status", [401, 429, 500, 502, 503, 504])
def test_a_status(api, gateway, status, executed):
    order = api.open()
    gateway.fail("status", "charge", status=status, executed=executed)
    response = charge(api, order)
    assert response.status_code == status
    assert is_paid(gateway, order) is executed
    assert charge(api, order).status_code == (428 if executed else 200)


@pytest.mark.parametrize("executed", [False, True])
def test_a_cut_line(api, gateway, executed):
    order = api.open()
    gateway.fail("cut", "charge", executed=executed)
    with pytest.raises(NO_ANSWER):
        charge(api, order)
    assert is_paid(gateway, order) is executed


@pytest.mark.parametrize("executed", [False, True])
def test_a_hang_ends_for_the_client_by_its_own_timeout(api, gateway, executed):
    order = api.open()
    gateway.fail("hang", "charge", executed=executed)
    with pytest.raises(requests.ReadTimeout):
        charge(api, order, timeout=0.2)
    # It may have come later than the client went.
    assert gateway.wait_for("charge", timeout=PATIENCE)
    assert is_paid(gateway, order) is executed


def test_a_hang_of_some_seconds_ends_in_a_cut_line(api, gateway):
    gateway.fail("hang", "list", seconds=0.05)
    with pytest.raises(NO_ANSWER):
        api.get("/orders")


def test_healing_lets_go_of_what_hangs(api, gateway):
    gateway.fail("hang", times=None)
    healer = threading.Thread(target=lambda: gateway.wait_for("list") and gateway.heal())
    healer.start()
    with pytest.raises(NO_ANSWER):
        api.get("/orders")
    healer.join()
    assert api.get("/orders")["data"] == []


def test_garbage(api, gateway):
    order = api.open()
    gateway.fail("garbage", "charge", executed=True)
    url = f"{api.url}/orders/{order['id']}/charges"
    response = api.session.post(url, json=card(), timeout=PATIENCE)
    assert response.status_code == 200
    with pytest.raises(requests.JSONDecodeError):
        response.json()
    assert is_paid(gateway, order)


def test_half_an_answer(api, gateway):
    order = api.open()
    gateway.fail("truncate", "charge")
    with pytest.raises(NO_ANSWER):
        charge(api, order)
    assert is_paid(gateway, order)


def patiently(api, path):
    """Ask until no two bytes come too far apart, as they do where the machine is busy."""
    for _ in range(TRIES):
        with suppress(requests.ConnectionError, requests.ReadTimeout):
            return api.call("GET", path, timeout=BETWEEN_BYTES)
    raise AssertionError("it never came whole")


def test_an_answer_that_dribbles_outlasts_the_timeout_of_every_read(api, gateway):
    gateway.fail("dribble", "look_up", seconds=0.0005, times=None)
    order = api.open()
    started = time.monotonic()
    assert patiently(api, f"/orders/{order['id']}").json()["id"] == order["id"]
    assert time.monotonic() - started > BETWEEN_BYTES


def test_faults_strike_their_kind_and_their_number_of_times(api, gateway):
    gateway.fail("status", "order_with_charge", "cancel", times=2)
    order = api.open()
    api.refused(500, "/orders", order_request(charges=[card()]))
    api.refused(500, f"/orders/{order['id']}/cancel")
    assert api.paid()["payment_status"] == "paid"


def test_a_fault_for_everything_until_healed(api, gateway):
    gateway.fail("status", times=None, status=503)
    for _ in range(3):
        assert api.post("/orders", order_request()).status_code == 503
    gateway.heal()
    api.open()


@pytest.mark.parametrize("depth", [0, 1, 2])
def test_a_refusal_in_whatever_words_and_however_deep(api, gateway, depth):
    order = api.open()
    code = "parameter_validation.charge.rejected_by_risk"
    gateway.complain("charge", 422, code, "Otra tarjeta, por favor.", param="x", depth=depth)
    body = api.refused(422, f"/orders/{order['id']}/charges", card())
    assert (body["object"], body["type"]) == ("error", "parameter_validation_error")
    [detail] = body["details"]
    for _ in range(depth):
        [detail] = detail["details"]
    assert detail["code"] == f"conekta.errors.{code}"
    assert (detail["message"], detail["param"]) == ("Otra tarjeta, por favor.", "x")
    assert not api.look_up(order).get("payment_status")
    assert api.charge(order)["status"] == "paid"


def test_only_a_refusal_goes_with_an_error(gateway):
    with pytest.raises(ValueError, match="goes with an error"):
        gateway.fail("refuse", "charge")


@pytest.mark.parametrize("name", ["Łukasz", "王小明", "a`b", "a/b", "María 😀"])
def test_names_that_are_not_taken(api, gateway, name):
    gateway.behave(plain_names=True)
    body = api.refused(422, "/orders", order_request(customer_info=CUSTOMER | {"name": name}))
    assert body["details"][0]["param"] == "customer_info.name"
    api.open(customer_info=CUSTOMER | {"name": "José María Ñúñez-O'Neil Jr."})


def test_an_unknown_kind_is_a_mistake(gateway):
    with pytest.raises(ValueError, match="no such kind"):
        gateway.fail("cut", "chrage")


def test_a_refused_key_and_its_return(api, gateway):
    gateway.refuse("key_test_one")
    body = api.refused(401, "/orders", order_request())
    assert body["type"] == "authentication_error"
    assert gateway.orders() == []
    gateway.accept("key_test_one")
    api.open()


@pytest.mark.parametrize(
    ("kind", "least", "most"),
    [("open_order", 0.1, 0.3), ("charge", 0.5, 0.8), ("look_up", 0.0, 0.1)],
)
def test_latency_by_kind_and_for_the_bank(api, gateway, kind, least, most):
    order = api.open()
    gateway.slow(Latency(call=0.1, authorisation=0.3, kinds={"look_up": 0.0}))
    calls = {
        "open_order": api.open,
        "charge": lambda: charge(api, api.open()),
        "look_up": lambda: api.look_up(order),
    }
    assert least <= quickest(calls[kind], most) < most


def test_a_slow_call_does_not_hold_up_others(api, gateway, connect):
    gateway.fail("hang", "list")
    with pytest.raises(requests.ReadTimeout):
        api.call("GET", "/orders", timeout=0.05)
    assert quickest(connect(gateway.url).open, 0.5) < 0.5


def test_figures_count_calls_connections_and_bytes(api, gateway, connect):
    api.open()
    api.paid()
    connect(gateway.url).get("/orders")
    figures = gateway.figures()
    assert figures["calls"] == {"open_order": 1, "order_with_charge": 1, "list": 1}
    assert figures["connections"] == 2
    assert figures["bytes_in"] > 600
    assert figures["bytes_out"] > 1500
    gateway.reset_figures()
    assert gateway.calls() == {}


def test_waiting_for_calls(gateway, connect):
    assert not gateway.wait_for("cancel", timeout=0.01)
    client = connect(gateway.url)
    caller = threading.Thread(target=client.refused, args=(404, "/orders/ord_2none/cancel"))
    caller.start()
    assert gateway.wait_for("cancel")
    caller.join()


def test_a_machine_that_is_down_refuses_connections(api, gateway):
    order = api.open()
    gateway.unplug()
    with pytest.raises(requests.ConnectionError):
        api.look_up(order)
    gateway.plug()
    assert api.look_up(order) == order


def test_stopping_twice_is_no_harm():
    with ConektaSandbox() as gateway:
        gateway.stop()
        with pytest.raises(requests.ConnectionError):
            requests.get(gateway.url, timeout=PATIENCE)


def test_a_taken_port_is_said(gateway):
    port = int(gateway.url.rpartition(":")[2])
    with pytest.raises(OSError, match="in use"):
        ConektaSandbox(port=port).start()
