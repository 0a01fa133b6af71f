"""Test the simulated Conekta held against Conekta's own OpenAPI, fixtures and examples."""

from __future__ import annotations

import json

import pytest

from portal.sandbox.conekta.server import parameters
from portal.sandbox.conekta.server.rules import Array, Either, Nullable, Object, String
from portal.sandbox.conekta.webhooks import subscriptions
from tests.sandbox.conekta import contract
from tests.sandbox.conekta.client import card, order_request
from tests.sandbox.conekta.contract import at, complaints, example, fixture

pytestmark = pytest.mark.usefixtures("reference_data")


def described(schema):
    """A schema of the OpenAPI with its references and its `allOf` put in place."""
    if "$ref" in schema:
        schema = contract.openapi()["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    merged = dict(schema)
    for part in schema.get("allOf", ()) or schema.get("oneOf", ()) or schema.get("anyOf", ()):
        inner = described(part)
        properties = {**merged.get("properties", {}), **inner.get("properties", {})}
        merged["properties"] = properties
        if "allOf" in schema:
            merged["required"] = [*merged.get("required", ()), *inner.get("required", ())]
    return merged


def parameters_of(schema, path=""):
    """Every parameter's path in a schema."""
    schema = described(schema)
    if "items" in schema:
        return parameters_of(schema["items"], path)
    found = set()
    for name, inner in schema.get("properties", {}).items():
        here = f"{path}.{name}"
        found |= {here} | parameters_of(inner, here)
    return found


def accepted_by(rule, path=""):
    """Every parameter's path in the sandbox's own table."""
    if isinstance(rule, Nullable):
        return accepted_by(rule.rule, path)
    if isinstance(rule, Array):
        return accepted_by(rule.of, path)
    if isinstance(rule, Either):
        return accepted_by(rule.present, path) | accepted_by(rule.absent, path)
    if not isinstance(rule, Object):
        return set()
    found = set()
    for name, inner in rule.fields.items():
        here = f"{path}.{name}"
        found |= {here} | accepted_by(inner, here)
    return found


TABLES = {
    "order_request": parameters.ORDER,
    "charge_request": parameters.CHARGE,
    "orderRefund_request": parameters.REFUND,
    "webhook_request": parameters.WEBHOOK,
    "update_webhook": parameters.WEBHOOK_CHANGE,
    "webhook_key_request": parameters.WEBHOOK_KEY,
    "token_request": parameters.TOKEN,
}


def request_schema(name):
    return contract.openapi()["components"]["schemas"][name]


@pytest.mark.parametrize("name", TABLES)
def test_the_parameters_are_those_of_the_openapi(name):
    named = parameters_of(request_schema(name))
    # What a token's deprecated checkout holds is nobody's business here.
    named = {path for path in named if not path.startswith(".checkout.returns")}
    assert accepted_by(TABLES[name]) == named


REQUIRED = {
    "order_request": parameters.ORDER,
    "product": parameters.LINE_ITEM,
    "customer_info": parameters.CUSTOMER,
    "customer_info_customer_id": parameters.KNOWN_CUSTOMER,
    "charge_request": parameters.CHARGE,
    "payment_method_general_request": parameters.PAYMENT_METHOD,
    "customer_shipping_contacts_request": parameters.SHIPPING_CONTACT,
    "order_fiscal_entity_request": parameters.FISCAL_ENTITY,
    "order_discount_lines_request": parameters.DISCOUNT_LINE,
    "shipping_request": parameters.SHIPPING_LINE,
    "order_tax_request": parameters.TAX_LINE,
    "orderRefund_request": parameters.REFUND,
    "token_request_card": parameters.CARD,
    "webhook_request": parameters.WEBHOOK,
}


@pytest.mark.parametrize("name", REQUIRED)
def test_required_parameters_are_those_of_the_openapi(name):
    assert set(REQUIRED[name].required) == set(described(request_schema(name)).get("required", ()))


@pytest.mark.parametrize("name", REQUIRED)
def test_lengths_are_those_of_the_openapi(name):
    rules = REQUIRED[name].fields
    for field, schema in described(request_schema(name))["properties"].items():
        rule, schema = rules[field], described(schema)
        if isinstance(rule, String) and "maxLength" in schema and name != "token_request_card":
            assert rule.longest in (schema["maxLength"], None), field
        if isinstance(rule, String) and "minLength" in schema:
            assert rule.shortest == schema["minLength"], field


def test_filters_and_events_are_those_of_the_openapi():
    listed = contract.openapi()["paths"]["/orders"]["get"]["parameters"]
    assert set(parameters.ORDER_FILTERS) == {p["name"] for p in listed if p["in"] == "query"}
    known = set(fixture("get_webhooks-id_200_successful")["subscribed_events"])
    assert set(subscriptions.EVENTS) <= known


VALID = (
    "card_token",
    "card_token_3ds",
    "card_token_preauth",
    "cash",
    "checkout_hosted",
    "checkout_integration",
    "spei",
)
INVALID = {
    "INVALID_ambiguous_raw_card": "charges[0].payment_method",
    "INVALID_nested_metadata": "metadata.a",
    "INVALID_no_phone": "customer_info.phone",
    "INVALID_null_3ds": "three_ds_mode",
}


def test_every_example_is_named_here(reference_data):
    found = (reference_data / "conekta" / "examples").glob("order_request_*.json")
    named = {f"order_request_{name}" for name in (*VALID, *INVALID)}
    assert {path.stem for path in found} == named


@pytest.mark.parametrize("name", VALID)
def test_valid_examples_are_accepted(api, name):
    api.done("/orders", example(name))


@pytest.mark.parametrize("name", INVALID)
def test_invalid_examples_are_refused(api, gateway, name):
    body = api.refused(422, "/orders", example(name))
    assert [detail["param"] for detail in body["details"]] == [INVALID[name]]
    assert gateway.orders() == []


# What an adapter reads, and a fixture of Conekta's that has it.
ORDER_PATHS = (
    *("id", "object", "amount", "currency", "livemode", "payment_status", "amount_refunded"),
    *("created_at", "metadata", "is_refundable", "customer_info.email", "line_items.data.0.name"),
    *("charges.object", "charges.data.0.id", "charges.data.0.status", "charges.data.0.amount"),
    *("charges.data.0.currency", "charges.data.0.livemode", "charges.data.0.order_id"),
    *("charges.data.0.paid_at", "charges.data.0.reference_id"),
    *("charges.data.0.payment_method.last4", "charges.data.0.payment_method.brand"),
)
CHARGE_PATHS = (
    *("id", "object", "status", "amount", "currency", "livemode", "order_id", "created_at"),
    *("payment_method.last4", "payment_method.object", "paid_at"),
)
ACTION_PATHS = ("next_action.type", "next_action.redirect_to_url.url", "payment_status", "charges")
ERROR_PATHS = ("object", "type", "log_id", "details.0.code", "details.0.message")
DECLINE_PATHS = (
    *ERROR_PATHS,
    *("data.id", "data.object", "data.charges.data.0.status"),
    *("data.charges.data.0.failure_code", "data.charges.data.0.failure_message"),
)
REFUND_PATHS = (
    *("payment_status", "amount_refunded", "charges.data.0.status"),
    *("charges.data.0.refunds.object", "charges.data.0.refunds.data.0.amount"),
)
LIST_PATHS = ("object", "has_more", "next_page_url", "total", "data.0.id", "data.0.livemode")


def shape(body, paths):
    return {path: type(at(body, path)) for path in paths}


def compare(ours, name, paths):
    assert shape(ours, paths) == shape(fixture(name), paths)


def test_orders_have_the_fixtures_keys(api, gateway):
    paid = api.open(charges=[card(reference_id="16150")])
    compare(paid, "post_orders_200_successful_operation_card__3ds_smart", ORDER_PATHS)
    assert "payment_status" not in fixture("post_orders_200_0")
    compare(api.open(), "post_orders_200_0", ("id", "amount", "livemode", "metadata"))
    refund = {"amount": 100, "reason": "other"}
    refunded = api.done(f"/orders/{paid['id']}/refunds", refund)
    compare(refunded, "post_orders-id-refunds_200_successful", REFUND_PATHS)
    token = gateway.mint("4000000000001091")
    waiting = api.open(charges=[card(token)], return_url="https://portal.example.mx/")
    compare(waiting, "post_orders_200_successful_operation_with_3ds", ACTION_PATHS)
    canceled = api.done(f"/orders/{waiting['id']}/cancel")
    compare(canceled, "post_orders-id-cancel_200_0", ("payment_status", "amount_refunded"))


def test_charges_have_the_fixtures_keys(api):
    charge = api.charge(api.open())
    charge["paid_at"] = None
    compare(charge, "post_orders-id-charges_200_successful_card", CHARGE_PATHS)
    assert not {"payment_status", "next_action"} & charge.keys()


def test_refusals_have_the_fixtures_keys(api):
    declined = api.refused(402, "/orders", order_request(charges=[card("tok_test_card_declined")]))
    compare(declined, "post_orders_402_payment_required", DECLINE_PATHS)
    assert "payment_status" not in fixture("post_orders_402_payment_required")["data"]
    unknown = api.call("GET", "/orders/ord_2none").json()
    compare(unknown, "get_orders-id_404_not_found_entity", ERROR_PATHS)
    number = api.refused(422, "/tokens", {"card": {**_card(), "number": "4111111111111112"}})
    assert {k: v for k, v in number.items() if k != "log_id"} == {
        k: v for k, v in fixture("post_tokens_422_fails").items() if k != "log_id"
    }


def test_lists_and_tokens_have_the_fixtures_keys(api):
    for _ in range(2):
        api.open()
    page = api.get("/orders", limit=1)
    compare(page, "get_orders_200_successful_operation_with_next_", LIST_PATHS)
    assert f"next={page['data'][-1]['id']}" in page["next_page_url"]
    token = api.done("/tokens", {"card": _card()})
    assert token.keys() == fixture("post_tokens_200_0").keys()


@pytest.mark.parametrize(
    ("method", "name"),
    [
        ("cash", "post_orders-id-charges_200_successful_cash"),
        ("spei", "post_orders-id-charges_200_successful_spei"),
    ],
)
def test_payments_from_outside_have_the_fixtures_keys(api, method, name):
    path = f"/orders/{api.open()['id']}/charges"
    charge = api.done(path, {"payment_method": {"type": method}})
    theirs = fixture(name)["payment_method"].keys()
    assert theirs <= charge["payment_method"].keys() <= theirs | {"product_type", "agreement"}
    assert charge["status"] == fixture(name)["status"]


def test_webhooks_and_events_have_the_fixtures_keys(api):
    webhook = api.done("/webhooks", {"url": "https://portal.example.mx/"})
    assert fixture("post_webhooks_200_successful_operation").keys() <= webhook.keys()
    key = api.done("/webhook_keys")
    assert key.keys() == fixture("post_webhook_keys_200_0").keys()
    assert key["public_key"].startswith("-----BEGIN PUBLIC KEY-----\n")
    api.paid()
    (theirs, *_) = [
        event
        for event in fixture("get_events_200_successful")["data"]
        if event["type"] == "charge.paid"
    ]
    (ours, *_) = api.get("/events")["data"]
    assert ours.keys() == theirs.keys()
    assert ours["data"].keys() == theirs["data"].keys()
    assert ours["data"]["object"]["object"] == theirs["data"]["object"]["object"] == "charge"


def test_no_name_is_the_sandboxs_own_invention(api, gateway, reference_data):
    theirs = {
        name
        for path in (reference_data / "conekta" / "fixtures").glob("*.json")
        for name in contract.names(contract.read_fixture(path))
    }
    theirs |= _property_names(contract.openapi()["components"]["schemas"])
    paid = api.open(charges=[card()], return_url="https://portal.example.mx/")
    api.refused(402, "/orders", order_request(charges=[card("tok_test_card_declined")]))
    api.open(charges=[card(gateway.mint("4000000000001091"))])
    gateway.charge_back(paid["id"])
    for method in ("cash", "spei"):
        waiting = api.open(charges=[{"payment_method": {"type": method}}])
        gateway.pay(waiting["id"])
    api.done("/webhooks", {"url": "https://portal.example.mx/"})
    bodies = [api.get(path) for path in ("/orders", "/events", "/webhooks", "/webhook_keys")]
    assert set(contract.names(bodies)) - theirs == set()


def _property_names(schema):
    if isinstance(schema, list):
        return {name for item in schema for name in _property_names(item)}
    if not isinstance(schema, dict):
        return set()
    found = set(schema["properties"]) if isinstance(schema.get("properties"), dict) else set()
    return found | {name for value in schema.values() for name in _property_names(value)}


def _card():
    return {"number": "4242424242424242", "cvc": "123", "exp_month": "12", "exp_year": "30"} | {
        "name": "Ana Perez"
    }


@pytest.mark.parametrize(
    ("schema", "change"),
    [
        ("order_response", {"amount": "5000"}),
        ("order_response", {"charges": {"data": []}}),
        ("order_response", {"currency": None}),
    ],
)
def test_the_comparison_finds_what_is_wrong(api, schema, change):
    paid = api.paid()
    assert complaints(schema, paid) == []
    assert complaints(schema, json.loads(json.dumps({**paid, **change}))) != []


def test_the_comparison_looks_into_a_payment_method(api):
    paid = api.paid()
    paid["charges"]["data"][0]["payment_method"]["last4"] = 4242
    assert complaints("order_response", paid) != []
    paid["charges"]["data"][0]["payment_method"] = {"object": "wallet"}
    assert complaints("order_response", paid) != []
