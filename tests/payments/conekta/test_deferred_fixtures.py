"""Every charge by SPEI or cash in the answers of Conekta's own mock server, read by our code."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from portal.payments.conekta import bodies, deferred, documents
from portal.payments.gateway import OrderStatus, Pending
from portal.payments.methods import CashInstructions, Method, TransferInstructions
from tests.payments.conekta.samples import PURCHASE
from tests.payments.conekta.test_deferred import means
from tests.sandbox.conekta import contract

DEFERRED = {"bank_transfer_payment": Method.TRANSFER, "cash_payment": Method.CASH}


def charges(body: Any) -> Iterator[dict[str, Any]]:
    """Every charge within a body that is paid later."""
    if isinstance(body, list):
        for each in body:
            yield from charges(each)
    elif isinstance(body, dict):
        method = body.get("payment_method") if body.get("object") == "charge" else None
        if isinstance(method, dict) and method.get("object") in DEFERRED:
            yield body
        for each in body.values():
            yield from charges(each)


@pytest.fixture
def published(reference_data) -> list[dict[str, Any]]:
    paths = (reference_data / "conekta" / "fixtures").glob("*.json")
    return [each for path in sorted(paths) for each in charges(contract.read_fixture(path))]


def test_each_tells_how_it_is_paid(published):
    assert len(published) == 40
    for charge in published:
        method = charge["payment_method"]
        found = deferred.instructions([charge | {"status": "pending_payment"}])
        assert deferred.method_of([charge]) is DEFERRED[method["object"]]
        assert found.expires_at == datetime.fromtimestamp(method["expires_at"], UTC)
        if isinstance(found, TransferInstructions):
            assert (found.clabe, found.bank) == (method["clabe"], method["bank"])
            assert found.holder == method["receiving_account_holder_name"]
            continue
        (reference,) = found.references
        assert reference.reference == method["reference"]
        assert reference.barcode_url == method["barcode_url"]
        assert (reference.network, reference.stores) == ("OXXO", ("OXXO",))
        assert reference.fee is None


def test_whose_account_it_is_is_told_where_the_gateway_says_it(reference_data):
    charge = contract.fixture("post_orders-id-charges_200_successful_spei")
    method = charge["payment_method"] | {"receiving_account_holder_name": "Mi Empresa S.A. de C.V."}
    waiting = {"status": "pending_payment", "payment_method": method}
    found = deferred.instructions([charge | waiting])
    assert found.holder == "Mi Empresa S.A. de C.V."


def test_what_does_not_wait_shows_nothing(published):
    for charge in published:
        waits = charge["status"] == "pending_payment"
        assert (deferred.instructions([charge]) is not None) is waits


@pytest.mark.parametrize(
    ("name", "method", "kind"),
    [
        ("cash", Method.CASH, CashInstructions),
        ("spei", Method.TRANSFER, TransferInstructions),
    ],
)
def test_a_charge_alone_is_enough_where_its_order_cannot_be_read(
    reference_data, scripted, connect, name, method, kind
):
    charge = contract.fixture(f"post_orders-id-charges_200_successful_{name}")
    order_id = charge["order_id"]
    wire = scripted({f"POST /orders/{order_id}/charges": (200, charge)})
    pending = connect(wire.url, live=True).charge(PURCHASE, order_id, means(method), 5)
    assert isinstance(pending, Pending), pending
    assert isinstance(pending.instructions, kind)
    other = connect(wire.url, live=False).charge(PURCHASE, order_id, means(method), 5)
    assert other.reason in ("dropped", "unclear"), other


def test_orders_of_the_mock_server_are_of_their_method(reference_data):
    lapsed = documents.order(contract.fixture("get_orders-id_200_successful_bank_transfer"))
    assert (lapsed.method, lapsed.status) == (Method.TRANSFER, OrderStatus.CANCELED)
    assert (lapsed.instructions, lapsed.amount_paid) == (None, None)
    waiting = documents.order(contract.fixture("post_orders_200_successful_operation_cash"))
    assert (waiting.method, waiting.status) == (Method.CASH, OrderStatus.PENDING)
    canceled = documents.order(contract.fixture("post_orders-id-cancel_200_0"))
    assert (canceled.method, canceled.status) == (Method.CASH, OrderStatus.CANCELED)


@pytest.mark.parametrize("method", DEFERRED.values())
def test_what_we_ask_is_as_the_document_says(reference_data, method):
    body = deferred.charge_body(PURCHASE, means(method))
    assert contract.complaints("charge_request", body) == []
    named = "cash" if method is Method.CASH else "spei"
    assert contract.complaints(f"payment_method_{named}_request", body["payment_method"]) == []
    assert set(body["payment_method"]) == {"type", "expires_at"}
    order = bodies.order_with_charge_body(PURCHASE, means(method))
    assert contract.complaints("order_request", order) == []
    example = contract.example(named)["charges"][0]["payment_method"]
    assert example.keys() == body["payment_method"].keys()


def test_our_networks_are_products_of_the_document(reference_data):
    schema = contract.openapi()["components"]["schemas"]["payment_method_cash"]
    assert all(name in str(schema) for name in deferred.NETWORKS)
