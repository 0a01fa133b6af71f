"""Test opening, looking up, finding, listing, canceling, refunding and trying a key out."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from portal.payments.gateway import (
    Canceled,
    Declined,
    Fault,
    Opened,
    Order,
    OrderStatus,
    Paid,
    Pending,
    Refunded,
    Refused,
    Unknown,
)
from portal.payments.methods import Method
from tests.payments.conekta.samples import (
    ORDER_ID,
    PURCHASE,
    URL,
    charge,
    charged,
    declined_charge,
    error,
    order,
)
from tests.payments.conekta.wire import Wire, answer

SINCE = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
LOOK = f"GET /orders/{ORDER_ID}"
CANCEL = f"POST /orders/{ORDER_ID}/cancel"
REFUND = f"POST /orders/{ORDER_ID}/refunds"
PAID = (200, charged("paid", charge()))
LIVE = charged("paid", charge(livemode=True), livemode=True)
BACK = charged("refunded", charge(status="refunded"), amount_refunded=5000)

OPENING = {
    "opened": ((200, order()), Opened(ORDER_ID)),
    "status null": ((200, order(payment_status=None, charges=None)), Opened(ORDER_ID)),
    "no metadata": ((200, order(metadata=...)), Opened(ORDER_ID)),
    "other mode": ((200, order(livemode=True)), Refused("mode_mismatch", Fault.OPERATOR)),
    "other amount": ((200, order(amount=1)), Refused("amount_mismatch", Fault.US)),
    "other currency": ((200, order(currency="USD")), Refused("currency_mismatch", Fault.US)),
    "key refused": ((401, error("a.b")), Refused("key_refused", Fault.OPERATOR)),
    "key forbidden": ((403, b"<html>"), Refused("key_refused", Fault.OPERATOR)),
    "bad e-mail": (
        (422, error("parameter_validation.email", "Correo inválido.", param="customer_info.email")),
        Refused("parameter_validation.email", Fault.CUSTOMER, "Correo inválido.", "email"),
    ),
    "under the minimum": (
        (422, error("parameter_validation.order.amount", "Muy poco.", param="amount")),
        Refused("parameter_validation.order.amount", Fault.OPERATOR, "Muy poco."),
    ),
    "422 of a proxy": ((422, b"no"), Unknown("http_422")),
    "no id": ((200, order(id=...)), Unknown("unclear")),
    "an id that is a path": ((200, order(id="../x")), Unknown("unclear")),
    "no object": ((200, order(object=...)), Unknown("unclear")),
    "HTML": ((200, b"<html>"), Unknown("unclear")),
    "500": ((500, b""), Unknown("http_500")),
    "429": ((429, b""), Unknown("http_429")),
}


@pytest.mark.parametrize("name", OPENING)
def test_open_order(name, scripted, connect):
    given, expected = OPENING[name]
    wire = scripted({"POST /orders": given})
    assert connect(wire.url).open_order(PURCHASE, 5) == expected
    assert wire.names() == ["POST /orders"]


def test_open_order_that_is_already_charged_is_not_opened(scripted, connect):
    wire = scripted({"POST /orders": PAID})
    assert connect(wire.url).open_order(PURCHASE, 5).order.status is OrderStatus.PAID


def test_in_order_opens_nothing(scripted, connect):
    wire = scripted({})
    assert connect(wire.url, charge_form="in_order").open_order(PURCHASE, 5) == Opened(None)
    assert wire.requests == []


LOOKING_UP = {
    "open": (order(), Opened),
    "open, empty charges": (charged(None), Opened),
    "paid": (charged("paid", charge()), Paid),
    "paid, charges not told": (order(payment_status="paid"), Paid),
    "paid after declines": (charged("paid", charge(), declined_charge()), Paid),
    "paid, none of the charges": (charged("paid", declined_charge()), "unclear"),
    "paid, charges unreadable": (order(payment_status="paid", charges="x"), "unclear"),
    "paid, charged twice": (charged("paid", charge(), charge()), "unclear"),
    "paid, charge of another amount": (charged("paid", charge(amount=1)), "unclear"),
    "paid, and some of it back": (charged("paid", charge(), amount_refunded=1), "unclear"),
    "paid in the other mode": (LIVE, "mode_mismatch"),
    "paid in another amount": (charged("paid", charge(amount=1), amount=1), "amount_mismatch"),
    "paid in another currency": (order(payment_status="paid", currency="USD"), "currency_mismatch"),
    "paid, true for an amount": (charged("paid", amount=True), "unclear"),
    "paid, amount with a fraction": (charged("paid", amount=5000.0), "unclear"),
    "paid, mode unknown": (charged("paid", charge(), livemode=None), "unclear"),
    "paid for another purchase": (charged("paid", metadata={"reference_id": 7}), "other_purchase"),
    "another order": (charged("paid", charge(), id="ord_x"), "other_order"),
    "declined": (charged("declined", declined_charge()), Declined),
    "declined by its charges": (charged(None, declined_charge(), declined_charge()), Declined),
    "declined and paid": (charged("declined", charge()), "unclear"),
    "waiting for cash": (charged("pending_payment", charge(status="pending_payment")), Pending),
    "waiting by its charges": (charged(None, charge(status="pending_payment")), Pending),
    "waiting for 3DS": (order(payment_status="pending_payment"), Pending),
    "waiting by its next action": (order(next_action={"type": "x"}), Pending),
    "waiting and paid": (charged("pending_payment", charge()), "unclear"),
    "paid by its charges alone": (charged(None, charge()), "unclear"),
    "canceled": (charged("canceled", charge(status="canceled")), Canceled),
    "canceled and paid": (charged("canceled", charge()), "unclear"),
    "expired": (charged("expired", charge(status="expired")), Canceled),
    "expired by its charges": (charged(None, charge(status="expired")), Canceled),
    "voided": (order(payment_status="voided"), Canceled),
    "refunded": (BACK, "refunded"),
    "partly refunded": (charged("partially_refunded", amount_refunded=1), "partially_refunded"),
    "charged back": (charged("charged_back"), "charged_back"),
    "pre-authorized": (order(payment_status="pre_authorized"), "unclear"),
    "under review": (order(payment_status="under_fraud_review"), "unclear"),
    "a status of tomorrow": (order(payment_status="paid_twice"), "unclear"),
    "a status that is none": (order(payment_status=["paid"]), "unclear"),
    "a status that is empty": (order(payment_status=""), "unclear"),
}


@pytest.mark.parametrize("name", LOOKING_UP)
def test_look_up(name, scripted, connect):
    body, expected = LOOKING_UP[name]
    wire = scripted({LOOK: (200, body)})
    found = connect(wire.url).look_up(PURCHASE, ORDER_ID, 5)
    assert found.reason == expected if isinstance(expected, str) else type(found) is expected


@pytest.mark.parametrize(
    ("status", "reason"),
    [(401, "key_refused"), (403, "key_refused"), (404, "not_found"), (500, "http_500")],
)
def test_an_order_that_cannot_be_looked_at_is_unknown(status, reason, scripted, connect):
    wire = scripted({LOOK: (status, error("x")), CANCEL: (status, {}), REFUND: (status, {})})
    gateway = connect(wire.url)
    assert gateway.look_up(PURCHASE, ORDER_ID, 5) == Unknown(reason)
    assert gateway.cancel(ORDER_ID, 5) == Unknown(reason)
    assert gateway.refund(ORDER_ID, 5000, 5) == Unknown(reason)


def test_what_an_order_tells(scripted, connect):
    body = charged(
        "pending_payment",
        charge(status="declined", failure_message="Uno\n\x00 dos \ud800"),
        next_action={"redirect_to_url": {"url": URL}},
        metadata={"reference_id": PURCHASE.reference, "owner": {"nested": 1}},
    )
    wire = scripted({LOOK: (200, body)})
    pending = connect(wire.url).look_up(PURCHASE, ORDER_ID, 5)
    assert pending.order == Order(
        id=ORDER_ID,
        status=OrderStatus.PENDING,
        amount=5000,
        currency="MXN",
        live=False,
        reference=PURCHASE.reference,
        owner=None,
        method=Method.CARD,
        message="Uno dos",
        action_url=URL,
        card_last4="4242",
        created_at=datetime(2026, 3, 30, 20, 13, 35, tzinfo=UTC),
    )


@pytest.mark.parametrize("url", ["javascript:alert(1)", "https://", "http://a b", 7, None])
def test_an_action_url_that_is_no_web_address_is_left_out(url, scripted, connect):
    body = order(payment_status="pending_payment", next_action={"redirect_to_url": {"url": url}})
    wire = scripted({LOOK: (200, body)})
    assert connect(wire.url).look_up(PURCHASE, ORDER_ID, 5).action_url is None


CANCELING = {
    "canceled": ((200, charged("canceled")), None, Canceled),
    "canceled before": ((428, error("x")), (200, charged("canceled")), Canceled),
    "paid": ((428, error("x")), PAID, Paid),
    "paid in the other mode": ((428, error("x")), (200, LIVE), "not_canceled_paid"),
    "declined": ((428, error("x")), (200, charged("declined", declined_charge())), Canceled),
    "still open": ((428, error("x")), (200, order()), "not_canceled_open"),
    "refunded": ((428, error("x")), (200, BACK), "not_canceled_refunded"),
    "another order": ((200, charged("canceled", id="ord_x")), (200, order()), "not_canceled_open"),
    "lost, but done": (None, (200, charged("canceled")), Canceled),
    "lost": (None, None, "dropped"),
}


@pytest.mark.parametrize("name", CANCELING)
def test_cancel(name, scripted, connect):
    given, look, expected = CANCELING[name]
    wire = scripted({CANCEL: given, LOOK: look})
    result = connect(wire.url).cancel(ORDER_ID, 5)
    assert result.reason == expected if isinstance(expected, str) else type(result) is expected
    assert wire.names().count(CANCEL) == 1


NOT_REFUNDABLE = error("parameter_validation.order.not_refundable", "Ya no se puede.")
REFUNDING = {
    "refunded": ((200, BACK), None, Refunded),
    "refunded before": ((422, NOT_REFUNDABLE), (200, BACK), Refunded),
    "taken, not yet counted": ((200, charged("paid", charge())), (200, BACK), Refunded),
    "taken, never counted": ((200, charged("paid", charge())), PAID, "unclear"),
    "only a part": (
        (200, charged("partially_refunded", amount_refunded=4999)),
        (200, charged("partially_refunded", amount_refunded=4999)),
        "unclear",
    ),
    "refused for good": ((422, NOT_REFUNDABLE), PAID, Refused),
    "refused, order lost": ((422, NOT_REFUNDABLE), None, "http_422"),
    "500 after executing": ((500, b""), (200, BACK), Refunded),
    "500": ((500, b""), PAID, "http_500"),
    "lost": (None, PAID, "dropped"),
}


@pytest.mark.parametrize("name", REFUNDING)
def test_refund(name, scripted, connect):
    given, look, expected = REFUNDING[name]
    wire = scripted({REFUND: given, LOOK: look})
    result = connect(wire.url).refund(ORDER_ID, 5000, 5)
    assert result.reason == expected if isinstance(expected, str) else type(result) is expected
    assert wire.names().count(REFUND) == 1
    assert wire.requests[0].json == {"amount": 5000, "reason": "requested_by_client"}


def test_what_a_refund_carries(scripted, connect):
    wire = scripted({REFUND: (200, BACK)})
    assert connect(wire.url).refund(ORDER_ID, 5000, 5).amount == 5000
    wire = scripted({REFUND: (422, NOT_REFUNDABLE), LOOK: PAID})
    refused = connect(wire.url).refund(ORDER_ID, 5000, 5)
    reason = "parameter_validation.order.not_refundable"
    assert refused == Refused(reason, Fault.OPERATOR, "Ya no se puede.")


@pytest.fixture
def pages():
    """Three pages of one order each; the addresses of the next point at another host."""
    asked = []

    def reply(request, _):
        query = {k: v[0] for k, v in parse_qs(urlsplit(request.path).query).items()}
        asked.append(query)
        number = int(query.get("next", "0"))
        body = {"object": "list", "has_more": number < 2, "data": [order(id=f"ord_{number}")]}
        if number < 2:
            body["next_page_url"] = f"https://evil.example/orders?limit=1&next={number + 1}"
        return answer(200, body)

    with Wire(reply) as wire:
        wire.asked = asked
        yield wire


def test_orders_come_page_by_page_from_our_host_alone(pages, connect):
    found = list(connect(pages.url).orders(SINCE, 5))
    assert [order.id for order in found] == ["ord_0", "ord_1", "ord_2"]
    since = str(int(SINCE.timestamp()))
    assert all(q["created_at.gte"] == since and q["limit"] == "250" for q in pages.asked)
    assert [query.get("next") for query in pages.asked] == [None, "1", "2"]


def test_find_looks_from_a_little_earlier(pages, connect):
    found = connect(pages.url).find(PURCHASE.reference, SINCE, 5)
    assert len(found) == 3
    assert found[0].owner == PURCHASE.owner
    early = SINCE - timedelta(minutes=15)
    assert pages.asked[0]["created_at.gte"] == str(int(early.timestamp()))
    assert connect(pages.url).find("another", SINCE, 5) == ()


LISTS = {
    "empty": ({"data": [], "has_more": False}, None),
    "no more, whatever the address": (
        {"data": [], "has_more": False, "next_page_url": "http://x/?next=1"},
        None,
    ),
    "neither": ({"data": []}, None),
    "more, and no way there": ({"data": [], "has_more": True, "next_page_url": None}, "unclear"),
    "more, an address of no use": (
        {"data": [], "has_more": True, "next_page_url": "http://[x?next=1"},
        "unclear",
    ),
    "in a circle": (
        {"data": [], "has_more": True, "next_page_url": "http://x/?next=1"},
        "endless_list",
    ),
    "data is no list": ({"data": {}, "has_more": False}, "unclear"),
    "an order without id": ({"data": [order(id=None)], "has_more": False}, "unclear"),
    "HTML": (b"<html>", "unclear"),
}


@pytest.mark.parametrize("name", LISTS)
def test_a_list_ends_for_certain_or_is_unknown(name, scripted, connect):
    body, reason = LISTS[name]
    gateway = connect(scripted({"GET /orders": (200, body)}).url)
    assert gateway.find("x", SINCE, 5) == (() if reason is None else Unknown(reason))
    assert list(gateway.orders(SINCE, 5)) == ([] if reason is None else [Unknown(reason)])


def test_find_with_a_refused_key_is_unknown(scripted, connect):
    gateway = connect(scripted({"GET /orders": (401, error("x"))}).url)
    assert gateway.find("x", SINCE, 5) == Unknown("key_refused")


@pytest.mark.parametrize("live", [True, False])
def test_check_tells_the_mode_and_cancels_what_it_opened(live, scripted, connect):
    wire = scripted({"POST /orders": (200, order(livemode=live, amount=300)), CANCEL: (500, b"")})
    assert connect(wire.url).check(5) is live
    assert wire.names() == ["POST /orders", CANCEL]
    assert wire.requests[0].json["line_items"][0]["unit_price"] == 300


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ((401, error("x")), Refused("key_refused", Fault.OPERATOR)),
        ((500, b""), Unknown("http_500")),
        (None, Unknown("dropped")),
    ],
)
def test_check_of_a_key_that_does_not_work(given, expected, scripted, connect):
    assert connect(scripted({"POST /orders": given}).url).check(5) == expected
