"""The simulated Mercado Pago beside its published OpenAPI: what it takes, answers and refuses."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
import requests

from portal.sandbox.mercadopago import MercadoPagoSandbox, Outcome
from tests.sandbox.mercadopago import openapi
from tests.support.patience import PATIENCE

TOKEN = "APP_USR-1234-sandbox"
ORDER = {
    "type": "online",
    "processing_mode": "manual",
    "capture_mode": "automatic",
    "total_amount": "50.00",
    "external_reference": "sal_1",
    "description": "1 Hora",
    "payer": {"email": "maria@example.com", "first_name": "María"},
    "config": {
        "online": {
            "transaction_security": {
                "validation": "supported",
                "liability_shift": "not_required",
            }
        }
    },
}
# What becomes of an order besides has no status there, though it can be canceled and refunded.
BEYOND_IT = tuple(
    f"'{word}' is not one of"
    for word in (
        *("failed", "refunded", "canceled", "canceled_transaction", "expired"),
        *("waiting_transfer", "waiting_payment"),
    )
)


@pytest.fixture(scope="module")
def sandbox():
    with MercadoPagoSandbox() as running:
        yield running


class Caller:
    """Calls as a seller does, and holds every answer against the document."""

    def __init__(self, url: str) -> None:
        self._url = url

    def ask(
        self, method: str, path: str, body: Any = None, *, key: str | None = "new", token=TOKEN
    ) -> tuple[int, Any]:
        headers = {"Authorization": f"Bearer {token}"}
        if key is not None and method == "POST":
            headers["X-Idempotency-Key"] = str(uuid.uuid4()) if key == "new" else key
        answer = requests.request(
            method, self._url + path, json=body, headers=headers, timeout=PATIENCE
        )
        return answer.status_code, answer.json()

    def opened(self, **changes: Any) -> str:
        status, body = self.ask("POST", "/v1/orders", ORDER | changes)
        assert status == 201, body
        return str(body["id"])


@pytest.fixture
def seller(sandbox):
    return Caller(sandbox.url)


def payment(token: str, brand: str = "visa", amount: str = "50.00") -> dict[str, Any]:
    method = {"id": brand, "type": "credit_card", "token": token, "installments": 1}
    return {"payments": [{"amount": amount, "payment_method": method}]}


@pytest.mark.parametrize("outcome", [Outcome.PAID, Outcome.IN_REVIEW, Outcome.CHALLENGE])
def test_its_answers_follow_the_document(sandbox, seller, reference_data, outcome):
    order_id = seller.opened()
    path = f"/v1/orders/{order_id}"
    calls = [
        ("POST", "/v1/orders", ORDER),
        ("POST", f"{path}/transactions", payment(sandbox.mint(outcome=outcome))),
        ("POST", f"{path}/process", None),
        ("GET", path, None),
        ("GET", "/v1/orders?begin_date=2026-01-01T00:00:00Z&end_date=2999-01-01T00:00:00Z", None),
        ("POST", f"{path}/refund", {}),
        ("POST", f"{path}/cancel", None),
        ("POST", f"/v1/orders/{seller.opened()}/cancel", None),
        ("GET", "/v1/orders/ORD_of_nobody", None),
    ]
    for method, address, body in calls:
        assert openapi.request_complaints(method, address, body) == []
        status, answer = seller.ask(method, address, body)
        found = openapi.answer_complaints(method, address, status, answer)
        assert [each for each in found if not any(word in each for word in BEYOND_IT)] == []


def test_the_document_s_own_manual_order_is_taken_but_for_its_capture(seller, reference_data):
    content = openapi.operation("POST", "/v1/orders")["requestBody"]["content"]
    example = content["application/json"]["examples"]["manual_mode"]["value"]
    status, _ = seller.ask("POST", "/v1/orders", example | {"capture_mode": "automatic"})
    assert status == 201


WRONG = {
    "unknown": {"metadata": {}},
    "transactions": payment("x"),
    "a number": {"total_amount": 50.0},
    "three decimals": {"total_amount": "50.001"},
    "no decimals": {"total_amount": "50"},
    "nothing": {"total_amount": "0.00"},
    "no payer": {"payer": {}},
    "no e-mail": {"payer": {"email": "maria"}},
    "a strange mode": {"processing_mode": "automatic"},
    "half a security": {"config": {"online": {"transaction_security": {"validation": "required"}}}},
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_order_is_refused(seller, reference_data, name):
    status, body = seller.ask("POST", "/v1/orders", ORDER | WRONG[name])
    assert status == 400
    assert openapi.answer_complaints("POST", "/v1/orders", status, body) == []


def test_a_write_without_a_key_is_refused(seller):
    for key in (None, "", "my sale"):
        assert seller.ask("POST", "/v1/orders", ORDER, key=key)[0] == 400


def test_a_key_is_answered_with_its_first_result(sandbox, seller):
    key = str(uuid.uuid4())
    first = seller.ask("POST", "/v1/orders", ORDER, key=key)
    seller.ask("POST", f"/v1/orders/{first[1]['id']}/cancel")
    assert seller.ask("POST", "/v1/orders", ORDER, key=key) == first
    assert seller.ask("POST", "/v1/orders", ORDER | {"total_amount": "51.00"}, key=key)[0] == 409
    assert seller.ask("POST", "/v1/orders", ORDER, key=key, token="APP_USR-other")[0] == 201


def test_money_moves_once_under_a_key(sandbox, seller):
    order_id, key = seller.opened(), str(uuid.uuid4())
    seller.ask("POST", f"/v1/orders/{order_id}/transactions", payment(sandbox.mint()))
    path = f"/v1/orders/{order_id}/process"
    first = seller.ask("POST", path, key=key)
    assert seller.ask("POST", path, key=key) == first
    assert seller.ask("POST", path)[0] == 409


def test_a_card_is_its_brand_s_and_good_once(sandbox, seller):
    token = sandbox.mint("master")
    path = "/v1/orders/{}/transactions"
    assert seller.ask("POST", path.format(seller.opened()), payment(token))[0] == 400
    order_id = seller.opened()
    assert seller.ask("POST", path.format(order_id), payment(token, "master"))[0] == 201
    assert seller.ask("POST", f"/v1/orders/{order_id}/process")[0] == 200
    assert seller.ask("POST", path.format(seller.opened()), payment(token, "master"))[0] == 400
    other = payment(sandbox.mint(), amount="49.00")
    assert seller.ask("POST", path.format(seller.opened()), other)[0] == 400


def test_what_a_status_forbids_is_a_conflict(sandbox, seller):
    order_id = seller.opened()
    assert seller.ask("POST", f"/v1/orders/{order_id}/process")[0] == 409
    assert seller.ask("POST", f"/v1/orders/{order_id}/refund", {})[0] == 409
    assert seller.ask("POST", f"/v1/orders/{order_id}/cancel")[0] == 200
    assert seller.ask("POST", f"/v1/orders/{order_id}/cancel")[0] == 409


def test_nobody_sees_another_seller_s_order(seller):
    order_id = seller.opened()
    assert seller.ask("GET", f"/v1/orders/{order_id}", token="APP_USR-other")[0] == 404
    assert seller.ask("GET", f"/v1/orders/{order_id}", token="TEST-nobody")[0] == 401


def test_what_it_answered_outlives_it(tmp_path):
    state, key = tmp_path / "state.jsonl", str(uuid.uuid4())
    with MercadoPagoSandbox(state=state) as first:
        told = Caller(first.url).ask("POST", "/v1/orders", ORDER, key=key)
        card = first.mint()
    with MercadoPagoSandbox(state=state) as second:
        seller = Caller(second.url)
        assert seller.ask("POST", "/v1/orders", ORDER, key=key) == told
        path = f"/v1/orders/{told[1]['id']}"
        assert seller.ask("POST", f"{path}/transactions", payment(card))[0] == 201
