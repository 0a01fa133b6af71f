"""Test minted tokens."""

from __future__ import annotations

import threading

import pytest

from portal.sandbox.conekta import ConektaSandbox
from tests.sandbox.conekta.client import card, order_request

CARD = {
    "number": "4242424242424242",
    "cvc": "123",
    "exp_month": "12",
    "exp_year": "30",
    "name": "José Pérez",
}


def mint(api, **changes):
    token = api.done("/tokens", {"card": {**CARD, **changes}})
    assert token == {"id": token["id"], "livemode": False, "used": False, "object": "token"}
    return token["id"]


def test_a_minted_token_is_good_once(api, gateway):
    token = mint(api)
    assert api.charge(api.open(), token)["payment_method"]["name"] == "José Pérez"
    order = api.open()
    for path, body in (
        (f"/orders/{order['id']}/charges", card(token)),
        ("/orders", order_request(charges=[card(token)])),
    ):
        refused = api.refused(402, path, body)
        assert refused["details"][0]["code"] == "conekta.errors.processing.tokenization.used"
        assert "data" not in refused
    assert len(gateway.orders()) == 2
    assert "payment_status" not in api.look_up(order)


def test_a_decline_uses_a_token_up(api):
    token = mint(api, number="4000000000000002")
    order = api.open()
    api.refused(402, f"/orders/{order['id']}/charges", card(token))
    again = api.refused(402, f"/orders/{order['id']}/charges", card(token))
    assert again["details"][0]["code"].endswith("tokenization.used")


def test_of_many_charges_with_one_token_one_is_paid(api, gateway, connect):
    token = mint(api)
    orders = [api.open() for _ in range(8)]
    statuses = []

    def charge(client, order):
        response = client.post(f"/orders/{order['id']}/charges", card(token))
        statuses.append(response.status_code)

    threads = [threading.Thread(target=charge, args=(connect(gateway.url), o)) for o in orders]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [200] + [402] * 7


def test_a_token_dies_after_ten_minutes(api, gateway):
    token, other = mint(api), mint(api)
    gateway.advance(599)
    assert api.charge(api.open(), token)["status"] == "paid"
    gateway.advance(2)
    body = api.refused(422, "/orders", order_request(charges=[card(other)]))
    assert body["details"][0]["code"].endswith("nonexistent_token")


@pytest.mark.parametrize(
    "changes",
    [
        {"number": "4242424242424241"},
        {"number": "4111111111111111"},
        {"number": "4242 4242"},
        {"cvc": "1"},
        {"exp_month": "13"},
        {"exp_year": "2030"},
        {"name": ""},
        {"colour": "red"},
    ],
)
def test_only_test_cards_become_tokens(api, changes):
    body = api.refused(422, "/tokens", {"card": {**CARD, **changes}})
    assert CARD["number"] not in str(body)


def test_an_account_cannot_charge_anothers_token(connect):
    with ConektaSandbox(keys=["key_a=one", "key_pub=one", "key_b=two"]) as gateway:
        token = gateway.mint(key="key_pub")
        connect(gateway.url, "key_b").refused(422, "/orders", order_request(charges=[card(token)]))
        assert connect(gateway.url, "key_a").open(charges=[card(token)])["payment_status"] == "paid"
