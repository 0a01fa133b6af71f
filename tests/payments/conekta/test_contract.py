"""Hold the adapter against Conekta's OpenAPI 2.3.0 and the answers of its own mock server."""

from __future__ import annotations

import json
import os
import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from portal.payments.conekta import bodies, documents, order_list
from portal.payments.conekta.errors import read_error
from portal.payments.gateway import (
    Canceled,
    Customer,
    Declined,
    Opened,
    OrderStatus,
    Paid,
    Pending,
    Refunded,
    Unknown,
)
from portal.payments.methods import Card
from tests.payments.conekta.samples import KEY, PURCHASE, TOKEN
from tests.payments.conekta.wire import Wire, answer

DATA = Path(os.environ.get("PORTAL_REFERENCE_DATA", "")) / "conekta"
FIXTURES = DATA / "fixtures"

pytestmark = pytest.mark.skipif(
    not (os.environ.get("PORTAL_REFERENCE_DATA") and DATA.is_dir()),
    reason="PORTAL_REFERENCE_DATA does not name the reference data",
)


def folded(schema):
    """OpenAPI 3.0's `nullable`, which the document uses, as JSON Schema's null."""
    if isinstance(schema, list):
        return [folded(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    made = {name: folded(part) for name, part in schema.items()}
    return {"anyOf": [made, {"type": "null"}]} if made.pop("nullable", False) is True else made


@pytest.fixture(scope="module")
def components():
    return folded(json.loads((DATA / "openapi-2.3.0.json").read_text())["components"])


def complaints(components, name, body):
    schema = {"$ref": f"#/components/schemas/{name}", "components": components}
    return [error.message for error in Draft202012Validator(schema).iter_errors(body)]


def known_fields(components, name, body):
    """Whether the schema names each field: Conekta refuses parameters that it does not know."""
    return set(body) <= set(components["schemas"][name]["properties"])


PURCHASES = {
    "usual": PURCHASE,
    "least": replace(PURCHASE, customer=Customer("x", "a@b.mx"), description="", return_url=None),
    "longest": replace(PURCHASE, customer=Customer("ñ" * 300, "a@b.mx"), description="😀" * 300),
    "probe": bodies.probe(),
}


@pytest.mark.parametrize("name", PURCHASES)
def test_what_we_send_is_as_the_document_says(name, components):
    purchase = PURCHASES[name]
    sent = {
        "order_request": [
            bodies.order_body(purchase),
            bodies.order_with_charge_body(purchase, Card(TOKEN)),
        ],
        "charge_request": [bodies.charge_body(purchase, Card(TOKEN))],
        "orderRefund_request": [bodies.refund_body(purchase.amount)],
    }
    for schema, requests in sent.items():
        for body in requests:
            assert complaints(components, schema, body) == []
            assert known_fields(components, schema, body)
    order = bodies.order_body(purchase)
    assert known_fields(components, "product", order["line_items"][0])
    assert known_fields(components, "customer_info", order["customer_info"])


def test_the_check_itself_finds_what_is_wrong(components):
    body = bodies.order_body(PURCHASE)
    del body["customer_info"]["phone"]
    assert complaints(components, "order_request", body)
    nested = bodies.order_body(PURCHASE) | {"metadata": {"a": {"b": 1}}}
    assert complaints(components, "order_request", nested)


def test_where_and_how_calls_are_sent(connect):
    document = json.loads((DATA / "openapi-2.3.0.json").read_text())
    with Wire(lambda *_: answer(500, {})) as wire:
        gateway = connect(wire.url)
        gateway.open_order(PURCHASE, 5)
        gateway.charge(PURCHASE, "ord_1", Card(TOKEN), 5)
        gateway.look_up(PURCHASE, "ord_1", 5)
        gateway.cancel("ord_1", 5)
        gateway.refund("ord_1", 5000, 5)
        gateway.find("x", datetime.now(UTC), 5)
    for request in wire.requests:
        path, _, query = request.path.replace("ord_1", "{id}").partition("?")
        operation = document["paths"][path][request.method.lower()]
        known = {parameter["name"] for parameter in operation.get("parameters", [])}
        assert {pair.partition("=")[0] for pair in query.split("&") if pair} <= known
        (accepted,) = operation["responses"]["200"]["content"]
        assert request.headers["accept"] == accepted
        assert request.headers["authorization"] == f"Bearer {KEY}"
    assert len({request.name for request in wire.requests}) == 6


def fixture(name):
    """A body of Conekta's mock server, its templates filled in."""
    text = (FIXTURES / name).read_text()
    text = re.sub(r'"\{\{.*?\}\}"', '"text"', text)
    return json.loads(re.sub(r"\{\{.*?\}\}", "2000", text))


def bought(order):
    """The purchase that an order of the mock server would belong to."""
    reference = documents.order(order).reference or "none"
    return replace(PURCHASE, amount=order["amount"], currency="MXN", reference=reference)


# Each single order of the mock server, and what looking it up comes to.
ORDERS = {
    "get_orders-id_200_expired_card_.json": Canceled,
    "get_orders-id_200_successful.json": Unknown,  # pending, with a charge that is paid
    "get_orders-id_200_successful_bank_transfer.json": Canceled,
    "get_orders-id_200_successful_card.json": Paid,
    "get_orders-id_200_successful_card_and_discounts.json": Paid,
    "post_orders_200_0.json": Opened,
    "post_orders_200_successful_operation_card_.json": Paid,
    "post_orders_200_successful_operation_card__3ds_smart.json": Paid,
    "post_orders_200_successful_operation_card__msi.json": Paid,
    "post_orders_200_successful_operation_card__with_discounts.json": Paid,
    "post_orders_200_successful_operation_cash.json": Pending,
    "post_orders_200_successful_operation_with_3ds.json": Pending,
    "post_orders_200_successful_operation_with_checkout_MSI.json": Opened,
    "post_orders-id-cancel_200_0.json": Canceled,
    "post_orders-id-capture_200_successful.json": Paid,
    "post_orders-id-refunds_200_successful.json": Unknown,
}


@pytest.mark.parametrize("name", ORDERS)
def test_orders_of_the_mock_server(name, scripted, connect):
    body = fixture(name)
    wire = scripted({f"GET /orders/{body['id']}": (200, body), "POST /orders": (200, body)})
    gateway = connect(wire.url, live=body["livemode"])
    found = gateway.look_up(bought(body), body["id"], 5)
    assert type(found) is ORDERS[name], found
    if ORDERS[name] in (Paid, Pending, Unknown):
        assert type(gateway.charge(bought(body), None, Card(TOKEN), 5)) is ORDERS[name]


def test_3ds_of_the_mock_server(scripted, connect):
    body = fixture("post_orders_200_successful_operation_with_3ds.json")
    gateway = connect(scripted({"POST /orders": (200, body)}).url, live=body["livemode"])
    pending = gateway.charge(bought(body), None, Card(TOKEN), 5)
    assert pending.action_url.startswith("https://3ds-pay.conekta.com/")


def test_a_decline_of_the_mock_server(scripted, connect):
    body = fixture("post_orders_402_payment_required.json")
    purchase = bought(body["data"])
    order_id = body["data"]["id"]
    script = {"POST /orders": (402, body), f"POST /orders/{order_id}/charges": (402, body)}
    gateway = connect(scripted(script).url, live=True)
    for outcome in (
        gateway.charge(purchase, None, Card(TOKEN), 5),
        gateway.charge(purchase, order_id, Card(TOKEN), 5),
    ):
        assert isinstance(outcome, Declined)
        assert outcome.message == "Tu método de pago ha sido rechazado, intenta con otro método."
        assert outcome.order.card_last4 == "4607"


def test_charges_of_the_mock_server(scripted, connect):
    paid = fixture("post_orders-id-charges_200_successful_card_with_monthly_installments.json")
    held = fixture("post_orders-id-charges_200_successful_card.json")
    script = {
        f"POST /orders/{charge['order_id']}/charges": (200, charge) for charge in (paid, held)
    }
    wire = scripted(script)
    purchase = replace(PURCHASE, amount=paid["amount"])
    outcome = connect(wire.url).charge(purchase, paid["order_id"], Card(TOKEN), 5)
    assert isinstance(outcome, Paid)
    purchase = replace(PURCHASE, amount=held["amount"])
    outcome = connect(wire.url, live=True).charge(purchase, held["order_id"], Card(TOKEN), 5)
    assert outcome == Unknown("unclear")


def test_refund_and_cancel_of_the_mock_server(scripted, connect):
    back = fixture("post_orders-id-refunds_200_successful.json")
    off = fixture("post_orders-id-cancel_200_0.json")
    wire = scripted(
        {
            f"POST /orders/{back['id']}/refunds": (200, back),
            f"GET /orders/{back['id']}": (200, back),
            f"POST /orders/{off['id']}/cancel": (200, off),
        }
    )
    gateway = connect(wire.url)
    refunded = gateway.refund(back["id"], 15000, 5)
    assert isinstance(refunded, Refunded)
    assert refunded.order.status is OrderStatus.PARTIALLY_REFUNDED
    assert isinstance(gateway.refund(back["id"], 15001, 5), Unknown)
    assert isinstance(gateway.cancel(off["id"], 5), Canceled)


ERRORS = {
    "post_orders_422_parameter_validation_error.json": (422, Unknown, "http_422"),
    "get_orders-id_404_not_found_entity.json": (404, Unknown, "not_found"),
    "post_orders-id-charges_404_not_found_entity.json": (404, Unknown, "not_found"),
    "post_orders-id-cancel_500_1.json": (500, Unknown, "http_500"),
}


@pytest.mark.parametrize("name", ERRORS)
def test_errors_of_the_mock_server(name, scripted, connect):
    status, kind, reason = ERRORS[name]
    gateway = connect(scripted({"POST /orders": (status, fixture(name))}).url)
    outcome = gateway.charge(PURCHASE, None, Card(TOKEN), 5)
    assert (type(outcome), outcome.reason) == (kind, reason)


def test_a_card_of_the_mock_server_that_is_wrong(scripted, connect):
    sentence = "Alguno de los datos de la tarjeta es inválido."
    body = fixture("post_tokens_422_fails.json")
    outcome = connect(scripted({"POST /orders": (422, body)}).url).charge(
        PURCHASE, None, Card(TOKEN), 5
    )
    assert isinstance(outcome, Declined)
    assert outcome.message.startswith(sentence)


# What each of its errors is about; None: it is in no shape of Conekta's.
MEANINGS = {
    "post_orders_402_payment_required.json": "CARD",
    "post_orders_422_parameter_validation_error.json": None,
    "post_tokens_422_fails.json": "CARD",
    # A 500 is not read for what it says: nothing is certain after it.
    "post_tokens_500_4.json": "CARD",
    # As the mock server has it: a 404 that says that the key is missing.
    "get_webhooks-id_404_not_found_entity.json": "ACCOUNT",
    "post_orders-id-capture_404_not_found_entity.json": "ACCOUNT",
    "post_orders-id-charges_404_not_found_entity.json": "ACCOUNT",
    "post_orders-id-refunds_404_not_found_entity.json": "ACCOUNT",
    "post_webhooks-id-test_404_not_found_entity.json": "ACCOUNT",
}


def test_every_error_body_of_the_mock_server_is_sorted():
    """Whatever the mock server refuses, nothing of it is taken for money or raises."""
    assert all((FIXTURES / name).exists() for name in MEANINGS)
    for path in FIXTURES.glob("*_[45]*_*.json"):
        status = int(re.search(r"_([45]\d\d)_", path.name)[1])
        read = read_error(fixture(path.name), status)
        found = read.meaning.name if read else None
        assert found == MEANINGS.get(path.name, "UNCLEAR"), path.name


# What names the page after each.
LISTS = {
    "get_orders_200_successful_operation.json": "ord_2tNDyQbJacvUZiyfp",
    "get_orders_200_successful_operation_with_next_.json": "ord_2tKZmA749BLsMRgBg",
    "get_orders_200_successful_operation_with_previous.json": "ord_2tKZmA749BLsMRgBg",
    "get_orders_200_successful_operation_with_search.json": None,
}


@pytest.mark.parametrize("name", LISTS)
def test_lists_of_the_mock_server(name):
    body = fixture(name)
    page = order_list.page(body)
    assert len(page.orders) == len(body["data"])
    assert all(order.created_at and order.amount for order in page.orders)
    assert page.next == LISTS[name]


def test_every_order_body_of_the_mock_server_is_looked_at():
    seen = set(ORDERS) | {"post_orders-id-capture_200_successful_with_body.json"}
    # Templates in the place of whole parts: their currency and metadata are the request's.
    seen |= {
        f"post_orders_200_successful_operation_with_checkout{end}.json"
        for end in ("", "_saved_card")
    }
    single = [
        path.name
        for path in FIXTURES.glob("*orders*_200_*")
        if re.match(
            r"(post_orders|get_orders-id|post_orders-id-(cancel|capture|refunds))_", path.name
        )
    ]
    assert set(single) <= seen
