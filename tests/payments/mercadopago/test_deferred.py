"""What Mercado Pago is asked for when a purchase is paid elsewhere, and what is read of it."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from portal.payments.gateway import Fault, OrderStatus, Pending, Refused
from portal.payments.mercadopago import deferred, documents
from portal.payments.methods import CashInstructions, Deferred, Method, TransferInstructions
from tests.payments.mercadopago.test_requests import (
    ADD,
    BOUGHT,
    LOOK,
    ORDER_ID,
    PROCESS,
    order,
    scripted,
)
from tests.sandbox.mercadopago import openapi

ENDS = datetime(2026, 12, 1, 12, 30, tzinfo=UTC)
CLABE = "646180111805035472"
TICKET = "https://www.mercadopago.com.mx/payments/1/ticket"


def payment(kind: str = "ticket", status: str = "action_required", **method: Any) -> dict[str, Any]:
    named = {"ticket": "oxxo", "bank_transfer": "clabe"}
    return {
        "id": "PAY1",
        "amount": "50.00",
        "status": status,
        "date_of_expiration": "2026-12-01T06:30:00.000-06:00",
        "payment_method": {"id": named.get(kind), "type": kind, **method},
    }


def waiting(*payments: Any, **changes: Any) -> dict[str, Any]:
    detail = {"status_detail": "waiting_payment", "transactions": {"payments": list(payments)}}
    return order("action_required") | detail | changes


@pytest.mark.parametrize(
    ("method", "network", "example"),
    [(Method.TRANSFER, None, "spei"), (Method.CASH, None, "oxxo"), (Method.CASH, "oxxo", "oxxo")],
)
def test_what_we_ask_is_as_the_document_s_example(reference_data, method, network, example):
    body = deferred.payment_body("50.00", Deferred(method, ENDS, network))
    path = f"/v1/orders/{ORDER_ID}/transactions"
    assert openapi.request_complaints("POST", path, body) == []
    content = openapi.operation("POST", "/v1/orders")["requestBody"]["content"]
    told = content["application/json"]["examples"][example]["value"]["transactions"]
    ours, theirs = body["payments"][0], told["payments"][0]
    assert ours["payment_method"] == theirs["payment_method"]
    assert ours["date_of_expiration"] == "2026-12-01T12:30:00.000+00:00"
    assert ours.keys() - theirs.keys() == {"date_of_expiration"}


@pytest.mark.parametrize("network", [network.name for network in deferred.NETWORKS])
def test_every_network_can_be_chosen(network):
    body = deferred.payment_body("50.00", Deferred(Method.CASH, ENDS, network))
    assert body["payments"][0]["payment_method"] == {"id": network, "type": "ticket"}


def test_a_network_that_there_is_not_is_not_asked_for(connect):
    with scripted({}) as wire:
        means = Deferred(Method.CASH, ENDS, "seveneleven")
        found = connect(wire.url).charge(BOUGHT, ORDER_ID, means, 5)
    assert found == Refused("method_refused", Fault.OPERATOR)
    assert wire.requests == []


def test_the_same_question_has_the_same_words(connect):
    bodies = []
    for zone in (UTC, None):
        with scripted({}) as wire:
            means = Deferred(Method.TRANSFER, ENDS.astimezone(zone))
            connect(wire.url).charge(BOUGHT, ORDER_ID, means, 5)
        first = wire.requests[0]
        bodies.append((first.headers["x-idempotency-key"], first.json))
    assert bodies[0] == bodies[1]


def test_a_transfer_tells_its_key_and_its_bank():
    read = documents.order(waiting(payment("bank_transfer", reference=CLABE)), live=False)
    assert (read.status, read.method) == (OrderStatus.PENDING, Method.TRANSFER)
    assert read.instructions == TransferInstructions(CLABE, "STP", ENDS, None)
    assert (read.action_url, read.amount_paid) == (None, None)


def test_a_ticket_tells_its_reference_and_what_its_bars_hold():
    told = {"reference": "93000262280900", "barcode_content": "930002622809001234"}
    read = documents.order(waiting(payment(**told, ticket_url=TICKET)), live=False)
    assert isinstance(read.instructions, CashInstructions)
    (found,) = read.instructions.references
    assert (found.network, found.stores, found.fee) == ("OXXO", ("OXXO",), None)
    assert (found.reference, found.barcode) == (told["reference"], told["barcode_content"])
    assert (found.page_url, read.instructions.expires_at) == (TICKET, ENDS)


@pytest.mark.parametrize("kind", ["ticket", "bank_transfer"])
def test_where_nothing_can_be_read_the_buyer_goes_to_its_own_ticket(kind):
    read = documents.order(waiting(payment(kind, ticket_url=TICKET)), live=False)
    assert (read.instructions, read.action_url) == (None, TICKET)


ODD = {
    "no key": payment("bank_transfer", reference="123"),
    "a number": payment("bank_transfer", reference=int(CLABE)),
    "a page of words": payment(reference="x" * 500),
    "a list": payment(reference=[CLABE]),
    "no method": {"status": "action_required", "payment_method": 7},
    "no page": payment(ticket_url="javascript:alert(1)"),
}


@pytest.mark.parametrize("name", ODD)
def test_what_is_odd_shows_nothing(name):
    read = documents.order(waiting(ODD[name]), live=False)
    assert (read.instructions, read.action_url) == (None, None)


@pytest.mark.parametrize(
    ("status", "detail", "paid", "expected", "came"),
    [
        ("processed", "accredited", "50.00", OrderStatus.PAID, 5000),
        ("processed", "accredited", "49.00", OrderStatus.PAID, 4900),
        ("processed", "accredited", "100.00", OrderStatus.PAID, 10000),
        ("action_required", "waiting_transfer", "20.00", OrderStatus.PAID, 2000),
        ("action_required", "waiting_transfer", "50.00", OrderStatus.UNCLEAR, 5000),
        ("expired", "expired", "50.00", OrderStatus.UNCLEAR, 5000),
        ("processed", "refunded", "50.00", OrderStatus.REFUNDED, 5000),
        ("charged_back", "charged_back", "50.00", OrderStatus.CHARGED_BACK, 5000),
    ],
)
def test_what_came_is_told_beside_the_amount(status, detail, paid, expected, came):
    body = waiting(
        payment("bank_transfer", "processed") | {"paid_amount": paid},
        status=status,
        status_detail=detail,
        total_paid_amount=paid,
    )
    read = documents.order(body, live=False)
    assert (read.status, read.amount, read.amount_paid) == (expected, 5000, came)


@pytest.mark.parametrize("status", ["action_required", "expired", "processed"])
def test_a_total_that_no_payment_bears_out_is_unclear(status):
    detail = "accredited" if status == "processed" else status
    waits = payment("bank_transfer", reference=CLABE)
    body = waiting(waits, status=status, status_detail=detail, total_paid_amount="20.00")
    read = documents.order(body, live=False)
    assert (read.status, read.amount_paid) == (OrderStatus.UNCLEAR, None)


def test_an_order_that_waited_under_a_used_key_is_read_again(connect):
    """A key used before gives its first answer, however the order stands by now."""
    added = (201, {"payments": [payment("bank_transfer", "created")]})
    first = waiting(payment("bank_transfer", reference=CLABE))
    over = order("expired", transactions={"payments": [payment("bank_transfer", "expired")]})
    script = {ADD: added, PROCESS: (200, first), LOOK: (200, over)}
    with scripted(script) as wire:
        found = connect(wire.url).charge(BOUGHT, ORDER_ID, Deferred(Method.TRANSFER, ENDS), 5)
    assert not isinstance(found, Pending), found


def test_the_published_order_is_read(reference_data):
    """Its one example answer is of an older form, whose status nobody may take for a yes."""
    told = json.loads((reference_data / "mercadopago" / "fixtures.json").read_text())["order"]
    read = documents.order(told, live=False)
    assert (read.method, read.status) == (Method.CARD, OrderStatus.UNCLEAR)
    assert (read.instructions, read.amount_paid) == (None, None)
    later = told | {"transactions": {"payments": [payment("bank_transfer", "processed")]}}
    assert documents.order(later, live=False).status is OrderStatus.UNCLEAR


def test_its_terms_are_of_one_country():
    for method in (Method.TRANSFER, Method.CASH):
        terms = deferred.TERMS[method]
        assert (terms.currency, terms.refundable) == ("MXN", False)
        assert terms.longest <= timedelta(days=30)
    assert deferred.TERMS[Method.CASH].networks[0].name == "oxxo"
    assert deferred.TERMS[Method.CARD].currency is None
