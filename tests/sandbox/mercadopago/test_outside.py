"""Payments made elsewhere at the simulated Mercado Pago: as its OpenAPI has them, and their end."""

from __future__ import annotations

import pytest
import requests

from portal.sandbox.mercadopago import MercadoPagoSandbox
from tests.sandbox.conekta.receiver import Receiver
from tests.sandbox.mercadopago import openapi
from tests.sandbox.mercadopago.test_contract import BEYOND_IT, TOKEN, Caller
from tests.support.patience import PATIENCE

DAY = 24 * 3600
METHODS = {
    "clabe": "bank_transfer",
    **dict.fromkeys(("oxxo", "paycash", "bancomer", "banamex", "serfin"), "ticket"),
}


@pytest.fixture(scope="module")
def sandbox():
    with MercadoPagoSandbox() as running:
        yield running


@pytest.fixture
def seller(sandbox):
    return Caller(sandbox.url)


def payment(name="oxxo", **changes):
    method = {"id": name, "type": METHODS.get(name, "ticket")}
    return {"payments": [{"amount": "50.00", "payment_method": method} | changes]}


def waiting(seller, name="oxxo", **changes):
    path = f"/v1/orders/{seller.opened()}"
    assert seller.ask("POST", f"{path}/transactions", payment(name, **changes))[0] == 201
    status, body = seller.ask("POST", f"{path}/process")
    assert status == 200, body
    return body


@pytest.mark.parametrize("name", METHODS)
def test_its_answers_follow_the_document(sandbox, seller, reference_data, name):
    path = f"/v1/orders/{seller.opened()}"
    asked = payment(name, expiration_time="P1D")
    assert openapi.request_complaints("POST", f"{path}/transactions", asked) == []
    calls = [("POST", f"{path}/transactions", asked), ("POST", f"{path}/process", None)]
    for method, address, body in [*calls, ("GET", path, None)]:
        status, answer = seller.ask(method, address, body)
        found = openapi.answer_complaints(method, address, status, answer)
        assert [each for each in found if not any(word in each for word in BEYOND_IT)] == []
    assert answer["status"] == "action_required"
    assert answer["status_detail"] in ("waiting_transfer", "waiting_payment")
    sandbox.pay(answer["id"])
    paid = seller.ask("GET", path)[1]
    assert openapi.answer_complaints("GET", path, 200, paid) == []
    assert (paid["status"], paid["total_paid_amount"]) == ("processed", "50.00")


@pytest.mark.parametrize("example", ["oxxo", "spei"])
def test_the_document_s_own_examples_are_taken_in_manual_mode(seller, reference_data, example):
    content = openapi.operation("POST", "/v1/orders")["requestBody"]["content"]
    told = content["application/json"]["examples"][example]["value"]
    order = {name: told[name] for name in told if name != "transactions"}
    order_id = seller.opened(**(order | {"processing_mode": "manual"}))
    path = f"/v1/orders/{order_id}/transactions"
    assert seller.ask("POST", path, told["transactions"])[0] == 201


def test_the_ticket_s_page_tells_the_reference(sandbox, seller):
    method = waiting(seller)["transactions"]["payments"][0]["payment_method"]
    page = requests.get(method["ticket_url"], timeout=PATIENCE)
    assert method["reference"] in page.text
    assert requests.get(method["ticket_url"] + "x", timeout=PATIENCE).status_code == 404


def test_money_may_be_another_or_come_twice(sandbox, seller):
    order_id = waiting(seller, "clabe")["id"]
    sandbox.pay(order_id, "49.00")
    sandbox.pay(order_id, "1.50")
    order = sandbox.order(order_id)
    assert order["total_paid_amount"] == "50.50"
    told = [each["paid_amount"] for each in order["transactions"]["payments"]]
    assert told == ["49.00", "1.50"]


def test_its_time_ends_by_the_clock_and_money_may_come_late(seller, sandbox):
    order_id = waiting(seller, expiration_time="PT30M")["id"]
    other = waiting(seller, expiration_time="P30D")["id"]
    sandbox.advance(1801)
    try:
        assert sandbox.order(order_id)["status"] == "expired"
        assert seller.ask("GET", f"/v1/orders/{other}")[1]["status"] == "action_required"
        assert seller.ask("POST", f"/v1/orders/{order_id}/cancel")[0] == 409
        sandbox.pay(order_id)
        assert sandbox.order(order_id)["status"] == "processed"
    finally:
        sandbox.advance(-1801)


def test_its_seller_is_told_what_becomes_of_it():
    with MercadoPagoSandbox() as sandbox, Receiver() as receiver:
        sandbox.tell(TOKEN, receiver.url.partition("?")[0], "secret")
        seller = Caller(sandbox.url)
        sandbox.pay(waiting(seller)["id"])
        sandbox.expire(waiting(seller, "clabe")["id"])
        told = [delivery.event["action"] for delivery in receiver.take(8)]
    assert sorted(told) == [
        *["order.action_required"] * 2,
        *["order.created"] * 4,
        *["order.expired", "order.processed"],
    ]


WRONG = {
    "a token": payment(payment_method={"id": "oxxo", "type": "ticket", "token": "x"}),
    "a strange network": payment("sevenfour"),
    "a network of another type": payment(payment_method={"id": "oxxo", "type": "bank_transfer"}),
    "no duration": payment(expiration_time="3 days"),
    "no time at all": payment(expiration_time="PT0M"),
    "too long": payment(expiration_time="P31D"),
    "the past": payment(date_of_expiration="2020-01-01T00:00:00.000+00:00"),
    "no offset": payment(date_of_expiration="2999-01-01T00:00:00"),
    "another amount": payment(amount="49.00"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_payment_is_refused(seller, reference_data, name):
    path = f"/v1/orders/{seller.opened()}/transactions"
    status, body = seller.ask("POST", path, WRONG[name])
    assert status == 400
    assert openapi.answer_complaints("POST", path, status, body) == []


def test_it_is_of_one_country_alone():
    with MercadoPagoSandbox(site="MLA") as argentina:
        seller = Caller(argentina.url)
        path = f"/v1/orders/{seller.opened()}/transactions"
        assert seller.ask("POST", path, payment("clabe"))[0] == 400


def test_what_waits_outlives_it(tmp_path):
    state = tmp_path / "state.jsonl"
    with MercadoPagoSandbox(state=state) as first:
        order_id = waiting(Caller(first.url))["id"]
    with MercadoPagoSandbox(state=state) as second:
        second.expire(order_id)
        assert second.order(order_id)["status"] == "expired"
        with pytest.raises(ValueError, match="wait"):
            second.expire(order_id)


def test_the_control_api_pays_and_expires(sandbox, seller):
    url = sandbox.url + "/_sandbox/orders/"
    first, second = waiting(seller)["id"], waiting(seller)["id"]
    paid = requests.post(f"{url}{first}/pay", json={"amount": "20.00"}, timeout=PATIENCE)
    assert paid.status_code == 200
    assert requests.get(url + first, timeout=PATIENCE).json()["total_paid_amount"] == "20.00"
    requests.post(f"{url}{second}/expire", timeout=PATIENCE)
    assert sandbox.order(second)["status"] == "expired"
    assert requests.post(f"{url}{second}/explode", timeout=PATIENCE).status_code == 404
