"""Test opening and looking up orders."""

from __future__ import annotations

import pytest

from tests.sandbox.conekta.client import CUSTOMER, ITEM, card, order_request


def test_an_order_without_a_charge_has_no_payment_status(api):
    opened = api.open()
    assert opened["amount"] == 5000
    assert opened["livemode"] is False
    assert opened["amount_refunded"] == 0
    assert "payment_status" not in opened
    assert "charges" not in opened
    assert api.look_up(opened) == opened


def test_what_was_sent_comes_back(api):
    opened = api.open(metadata={"reference_id": "ñandú 🌮", "n": 3, "yes": True, "half": 0.5})
    assert opened["metadata"] == {"reference_id": "ñandú 🌮", "n": 3, "yes": True, "half": 0.5}
    assert opened["customer_info"]["name"] == CUSTOMER["name"]
    (item,) = opened["line_items"]["data"]
    assert item["name"] == ITEM["name"]
    assert item["parent_id"] == opened["id"]


def test_the_amount_is_items_taxes_and_shipping_less_discounts(api):
    opened = api.open(
        line_items=[{**ITEM, "quantity": 2}, {**ITEM, "unit_price": 1}],
        tax_lines=[{"amount": 800, "description": "IVA"}],
        shipping_lines=[{"amount": 50}],
        discount_lines=[{"amount": 100, "code": "MX", "type": "coupon"}],
    )
    assert opened["amount"] == 2 * 5000 + 1 + 800 + 50 - 100


REFUSED = {
    "no phone": ({"customer_info": {**CUSTOMER, "phone": None}}, "customer_info.phone"),
    "no e-mail": ({"customer_info": {**CUSTOMER, "email": "jose"}}, "customer_info.email"),
    "no customer": ({"customer_info": None}, "customer_info"),
    "no items": ({"line_items": []}, "line_items"),
    "short name": ({"line_items": [{**ITEM, "name": "ab"}]}, "line_items[0].name"),
    "long name": ({"line_items": [{**ITEM, "name": "a" * 250}]}, "line_items[0].name"),
    "fraction": ({"line_items": [{**ITEM, "unit_price": 50.0}]}, "line_items[0].unit_price"),
    "text": ({"line_items": [{**ITEM, "unit_price": "5000"}]}, "line_items[0].unit_price"),
    "true": ({"line_items": [{**ITEM, "quantity": True}]}, "line_items[0].quantity"),
    "under the minimum": ({"line_items": [{**ITEM, "unit_price": 299}]}, "amount"),
    "huge": ({"line_items": [{**ITEM, "unit_price": 10**30}]}, "amount"),
    "currency": ({"currency": "EUR"}, "currency"),
    "nested metadata": ({"metadata": {"a": {"b": 1}}}, "metadata.a"),
    "null in metadata": ({"metadata": {"a": None}}, "metadata.a"),
    "list in metadata": ({"metadata": {"a": []}}, "metadata.a"),
    "long metadata": ({"metadata": {"a": "x" * 250}}, "metadata.a"),
    "much metadata": ({"metadata": {f"k{n}": n for n in range(101)}}, "metadata"),
    "unknown": ({"colour": "red"}, "colour"),
    "unknown within": ({"customer_info": {**CUSTOMER, "colour": 1}}, "customer_info.colour"),
    "mode": ({"three_ds_mode": "sometimes"}, "three_ds_mode"),
    "return url": ({"return_url": "javascript:alert(1)"}, "return_url"),
    "amount": ({"charges": [card(amount=4999)]}, "charges[0].amount"),
    "two charges": ({"charges": [card(), card()]}, "charges"),
}


@pytest.mark.parametrize(("changes", "param"), REFUSED.values(), ids=REFUSED.keys())
def test_a_bad_order_is_refused_and_not_kept(api, gateway, changes, param):
    request = order_request(**changes)
    if changes.get("customer_info"):
        request["customer_info"] = {k: v for k, v in changes["customer_info"].items() if v}
    body = api.refused(422, "/orders", request)
    assert body["type"] == "parameter_validation_error"
    assert [detail["param"] for detail in body["details"]] == [param]
    assert gateway.orders() == []


def test_limits_themselves_are_accepted(api, gateway):
    api.open(line_items=[{**ITEM, "name": "abc", "unit_price": 300}])
    api.open(line_items=[{**ITEM, "name": "ñ" * 249}])
    api.open(metadata={f"k{n}": "x" * 249 for n in range(100)})
    api.open(charges=[card(amount=5000)])
    assert len(gateway.orders()) == 4


def test_every_complaint_is_listed(api):
    body = api.refused(422, "/orders", {"currency": 7, "colour": "red"})
    params = {detail["param"] for detail in body["details"]}
    assert params == {"currency", "colour", "customer_info", "line_items"}


def test_a_null_three_ds_mode_is_refused(api):
    request = {**order_request(), "three_ds_mode": None}
    assert api.refused(422, "/orders", request)["details"][0]["param"] == "three_ds_mode"


@pytest.mark.parametrize(
    "data", [b"{", b"[]", b"null", b"7", b"[" * 100_000, b"\xff", b'{"metadata": {"a": NaN}}']
)
def test_what_is_no_json_object_is_refused(api, data):
    assert api.call("POST", "/orders", data=data).status_code == 422


def test_a_customer_of_conekta_is_not_found(api):
    api.refused(404, "/orders", order_request(customer_info={"customer_id": "cus_1"}))


def test_messages_speak_the_buyers_language(api, gateway, connect):
    english = connect(gateway.url, language="en-US,en;q=0.9")
    spanish = api.refused(422, "/orders", order_request(currency="EUR"))["details"][0]
    assert spanish["message"] == 'El parametro "currency" no es uno de los permitidos.'
    details = english.refused(422, "/orders", order_request(currency="EUR"))["details"][0]
    assert details["message"] == details["debug_message"] == spanish["debug_message"]


def test_an_unknown_order_is_not_found(api):
    response = api.call("GET", "/orders/ord_2none")
    assert response.status_code == 404
    assert response.json()["type"] == "resource_not_found_error"


def test_a_checkout_is_kept(api):
    opened = api.open(checkout={"type": "HostedPayment", "allowed_payment_methods": ["card"]})
    assert opened["checkout"]["status"] == "Issued"
    assert opened["checkout"]["url"].endswith(opened["checkout"]["slug"])
