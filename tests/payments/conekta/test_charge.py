"""Test every answer to a charge, and what it must come to."""

from __future__ import annotations

import socket

import pytest

from portal.payments.gateway import (
    Declined,
    Fault,
    OrderStatus,
    Paid,
    Pending,
    Refused,
    Unknown,
)
from portal.payments.methods import Card
from tests.payments.conekta.samples import (
    ORDER_ID,
    PURCHASE,
    SENTENCE,
    TOKEN,
    URL,
    charge,
    charged,
    declined_charge,
    error,
    order,
)

CHARGE = f"POST /orders/{ORDER_ID}/charges"
LOOK = f"GET /orders/{ORDER_ID}"
OPEN = (200, order())
PAID = (200, charged("paid", charge()))
DECLINED = (200, charged("declined", declined_charge()))
PENDING = (
    200,
    charged("pending_payment", next_action={"redirect_to_url": {"url": URL}, "type": "x"}),
)
USED = error("processing.tokenization.used", "El token ya fue utilizado.")
NO_TOKEN = error("parameter_validation.token_id", "El token no existe.", param="token_id")
BAD = error("parameter_validation.amount", "Muy poco.", param="amount")
DECLINE = error("processing.bank.declined", SENTENCE)
HAS_CHARGE = error("precondition_required.has_charge")
ABROAD = error("parameter_validation.charge.international_card_not_allowed", SENTENCE)
INNER = [{"details": DECLINE["details"]}]
NESTED = error("x") | {"details": INNER}
DEEP = error("x") | {"details": [{"details": INNER}]}
TWO_MODES = error("parameter_validation.charge.incorrect_livemode_of_token", param="token_id")
STRANGE = error("parameter_validation.never_seen_before", SENTENCE)
OURS = error("parameter_validation.whitelist", SENTENCE, param="reference_id")
UNKNOWN_CODE = error("something.new", SENTENCE)
PROCESSING = error("something.new", SENTENCE, type="processing_error")

# What the charge answers, what the order says then, and what it comes to: kind and reason.
ON_ORDER = {
    "paid": ((200, charge()), None, (Paid, None)),
    "paid, amount of another": ((200, charge(amount=4999)), OPEN, (Unknown, "unclear")),
    "paid, amount is text": ((200, charge(amount="5000")), PAID, (Paid, None)),
    "paid, other currency": ((200, charge(currency="USD")), OPEN, (Unknown, "unclear")),
    "paid, other mode": ((200, charge(livemode=True)), OPEN, (Unknown, "unclear")),
    "paid, other order": ((200, charge(order_id="ord_x")), OPEN, (Unknown, "unclear")),
    "paid, no order": ((200, charge(order_id=...)), PAID, (Paid, None)),
    "charge pending, order wants 3DS": (
        (200, charge(status="pending_payment")),
        PENDING,
        (Pending, None),
    ),
    "charge declined": ((200, charge(status="declined")), DECLINED, (Declined, SENTENCE)),
    "charge pre-authorized": (
        (200, charge(status="pre_authorized")),
        (200, charged("pre_authorized", charge(status="pre_authorized"))),
        (Unknown, "unclear"),
    ),
    "an order in place of a charge": ((200, charged("paid", charge())), OPEN, (Unknown, "unclear")),
    "decline with its order": (
        (402, DECLINE | {"data": charged(None, declined_charge())}),
        None,
        (Declined, SENTENCE),
    ),
    "decline with another's order": (
        (402, DECLINE | {"data": charged(None, declined_charge(), id="ord_x")}),
        OPEN,
        (Declined, SENTENCE),
    ),
    "decline, the order says paid": (
        (402, DECLINE | {"data": charged("paid", charge())}),
        PAID,
        (Paid, None),
    ),
    "decline without order": ((402, DECLINE), DECLINED, (Declined, SENTENCE)),
    "decline without order, order open": ((402, DECLINE), OPEN, (Declined, SENTENCE)),
    "decline without order, order lost": ((402, DECLINE), None, (Unknown, "http_402")),
    "402 of a proxy": ((402, b"<html>pay me</html>"), OPEN, (Unknown, "http_402")),
    "token used": ((402, USED), None, (Refused, "processing.tokenization.used")),
    "token unknown": ((422, NO_TOKEN), None, (Refused, "parameter_validation.token_id")),
    "parameter refused": ((422, BAD), OPEN, (Refused, "parameter_validation.amount")),
    "422 because it is paid": ((422, HAS_CHARGE), PAID, (Paid, None)),
    "422 because of a charge under way": ((422, HAS_CHARGE), OPEN, (Unknown, "http_422")),
    "422 of a proxy": ((422, b"no"), OPEN, (Unknown, "http_422")),
    "422, order lost": ((422, BAD), None, (Unknown, "http_422")),
    "card refused as 422": ((422, ABROAD), OPEN, (Declined, SENTENCE)),
    "card refused as 402": ((402, ABROAD), OPEN, (Declined, SENTENCE)),
    "card refused as 422, paid": ((422, ABROAD), PAID, (Paid, None)),
    "card refused as 422, order lost": ((422, ABROAD), None, (Unknown, "http_422")),
    "nested": ((402, NESTED), OPEN, (Declined, SENTENCE)),
    "nested, as 422": ((422, NESTED), OPEN, (Declined, SENTENCE)),
    "nested deeper": ((402, DEEP), OPEN, (Declined, SENTENCE)),
    "keys of two modes": ((422, TWO_MODES), OPEN, (Refused, "token_mode_mismatch")),
    "unknown of the card": ((422, STRANGE), OPEN, (Declined, SENTENCE)),
    "our own parameter": ((422, OURS), OPEN, (Refused, "parameter_validation.whitelist")),
    "unknown code, 422": ((422, UNKNOWN_CODE), OPEN, (Unknown, "http_422")),
    "unknown code, 402": ((402, UNKNOWN_CODE), OPEN, (Unknown, "http_402")),
    "unknown code of processing": ((402, PROCESSING), OPEN, (Declined, SENTENCE)),
    "428 because it is paid": ((428, HAS_CHARGE), PAID, (Paid, None)),
    "428, order open": ((428, HAS_CHARGE), OPEN, (Unknown, "http_428")),
    "428, order pending": ((428, HAS_CHARGE), PENDING, (Pending, None)),
    "401": ((401, error("authentication.missing_key")), (401, {}), (Unknown, "key_refused")),
    "403": ((403, {}), (403, {}), (Unknown, "key_refused")),
    "404": ((404, error("resource_not_found.entity")), (404, {}), (Unknown, "not_found")),
    "429": ((429, {}), OPEN, (Unknown, "http_429")),
    "redirect": ((307, b""), OPEN, (Unknown, "http_307")),
    "500, order open": ((500, error("api.general")), OPEN, (Unknown, "http_500")),
    "500 after executing": ((500, error("api.general")), PAID, (Paid, None)),
    "504 after a decline": ((504, b"<html>"), DECLINED, (Declined, SENTENCE)),
    "503, order lost too": ((503, b""), (503, b""), (Unknown, "http_503")),
    "cut, then paid": (None, PAID, (Paid, None)),
    "cut, then open": (None, OPEN, (Unknown, "dropped")),
    "cut, then canceled": (None, (200, charged("canceled")), (Unknown, "dropped")),
    "cut, then refunded": (
        None,
        (200, charged("refunded", charge(status="refunded"), amount_refunded=5000)),
        (Unknown, "refunded"),
    ),
    "cut, then cut": (None, None, (Unknown, "dropped")),
    "200 of HTML": ((200, b"<html>ok</html>"), OPEN, (Unknown, "unclear")),
    "200 of null": ((200, None), OPEN, (Unknown, "unclear")),
    "200 of a list": ((200, [charge()]), OPEN, (Unknown, "unclear")),
    "200, empty": ((200, b""), OPEN, (Unknown, "unclear")),
    "201": ((201, charge()), OPEN, (Unknown, "http_201")),
    "nothing, order paid in another amount": (
        None,
        (200, charged("paid", charge(amount=1), amount=1)),
        (Unknown, "amount_mismatch"),
    ),
    "nothing, another's order": (
        None,
        (200, charged("paid", charge(), metadata={"reference_id": "x"})),
        (Unknown, "other_purchase"),
    ),
}


@pytest.mark.parametrize("name", ON_ORDER)
def test_charge_on_an_order(name, scripted, connect):
    charge_answer, look_answer, (kind, word) = ON_ORDER[name]
    wire = scripted({CHARGE: charge_answer, LOOK: look_answer})

    outcome = connect(wire.url).charge(PURCHASE, ORDER_ID, Card(TOKEN), 5)

    assert type(outcome) is kind, outcome
    assert word in (None, *(getattr(outcome, name, None) for name in ("reason", "message")))
    assert wire.names().count(CHARGE) == 1


IN_ORDER = {
    "paid": ((200, charged("paid", charge())), (Paid, None)),
    "declined": ((200, charged("declined", declined_charge())), (Declined, SENTENCE)),
    "declined with 402": (
        (402, DECLINE | {"data": charged(None, declined_charge())}),
        (Declined, SENTENCE),
    ),
    "402 with another's order": (
        (402, DECLINE | {"data": charged("declined", metadata={"reference_id": "x"})}),
        (Unknown, "http_402"),
    ),
    "402 that says paid": (
        (402, DECLINE | {"data": charged("paid", charge())}),
        (Unknown, "http_402"),
    ),
    "402 without order": ((402, DECLINE), (Unknown, "http_402")),
    "3DS": (PENDING, (Pending, None)),
    "token used": ((402, USED), (Refused, "processing.tokenization.used")),
    "token unknown": ((422, NO_TOKEN), (Refused, "parameter_validation.token_id")),
    "parameter refused": ((422, BAD), (Refused, "parameter_validation.amount")),
    "card refused as 422": ((422, ABROAD), (Declined, SENTENCE)),
    "card refused as 402": ((402, ABROAD), (Declined, SENTENCE)),
    "keys of two modes": ((422, TWO_MODES), (Refused, "token_mode_mismatch")),
    "nested decline": ((402, NESTED), (Unknown, "http_402")),
    "unknown code": ((422, UNKNOWN_CODE), (Unknown, "http_422")),
    "key refused": ((401, {}), (Refused, "key_refused")),
    "other amount": (
        (200, charged("paid", charge(amount=1), amount=1)),
        (Unknown, "amount_mismatch"),
    ),
    "other mode": ((200, charged("paid", charge(), livemode=True)), (Unknown, "mode_mismatch")),
    "other currency": ((200, charged("paid", currency="USD")), (Unknown, "currency_mismatch")),
    "paid, charged twice": ((200, charged("paid", charge(), charge())), (Unknown, "unclear")),
    "no charge in it": ((200, order()), (Unknown, "unclear")),
    "500": ((500, b""), (Unknown, "http_500")),
    "404": ((404, b""), (Unknown, "not_found")),
    "428": ((428, HAS_CHARGE), (Unknown, "http_428")),
    "garbage": ((200, b"\x00\xff{"), (Unknown, "unclear")),
    "nothing": (None, (Unknown, "dropped")),
}


@pytest.mark.parametrize("name", IN_ORDER)
def test_charge_along_with_its_order(name, scripted, connect):
    given, (kind, word) = IN_ORDER[name]
    wire = scripted({"POST /orders": given})

    outcome = connect(wire.url, charge_form="in_order").charge(PURCHASE, None, Card(TOKEN), 5)

    assert type(outcome) is kind, outcome
    assert word in (None, *(getattr(outcome, name, None) for name in ("reason", "message")))
    assert wire.names() == ["POST /orders"]


def test_what_paid_and_pending_carry(scripted, connect):
    wire = scripted({CHARGE: (200, charge(status="pending_payment")), LOOK: PENDING})
    pending = connect(wire.url).charge(PURCHASE, ORDER_ID, Card(TOKEN), 5)
    assert pending.action_url == URL
    assert pending.order.status is OrderStatus.PENDING

    wire = scripted({CHARGE: (200, charge())})
    paid = connect(wire.url).charge(PURCHASE, ORDER_ID, Card(TOKEN), 5)
    assert (paid.order.id, paid.order.amount, paid.order.card_last4) == (ORDER_ID, 5000, "4242")
    assert (paid.order.reference, paid.order.owner) == (PURCHASE.reference, PURCHASE.owner)


def test_money_that_is_not_as_agreed_is_parked_with_its_order(scripted, connect):
    wire = scripted({"POST /orders": (200, charged("paid", charge(amount=1), amount=1))})
    unknown = connect(wire.url).charge(PURCHASE, None, Card(TOKEN), 5)
    assert unknown.park
    assert unknown.order.amount == 1


@pytest.mark.parametrize(
    ("param", "fault", "field"),
    [
        ("token_id", Fault.CUSTOMER, None),
        ("customer_info.email", Fault.CUSTOMER, "email"),
        ("customer_info.name", Fault.CUSTOMER, "name"),
        ("customer_info[phone]", Fault.CUSTOMER, "phone"),
        ("line_items[0].unit_price", Fault.OPERATOR, None),
        ("amount", Fault.OPERATOR, None),
        ("currency", Fault.OPERATOR, None),
        ("metadata.owner", Fault.US, None),
        (None, Fault.US, None),
    ],
)
def test_whose_fault_a_refused_parameter_is(param, fault, field, scripted, connect):
    body = error("parameter_validation.x", "Está mal.", param=param)
    wire = scripted({"POST /orders": (422, body)})
    refused = connect(wire.url).charge(PURCHASE, None, Card(TOKEN), 5)
    assert refused == Refused("parameter_validation.x", fault, "Está mal.", field)


def test_nothing_listens(connect):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    gateway = connect(url)
    refused = Refused("unreachable", Fault.US)
    assert gateway.charge(PURCHASE, ORDER_ID, Card(TOKEN), 5) == refused
    assert gateway.charge(PURCHASE, None, Card(TOKEN), 5) == refused
    assert gateway.open_order(PURCHASE, 5) == refused
    assert gateway.look_up(PURCHASE, ORDER_ID, 5) == Unknown("unreachable")
    assert gateway.charge(PURCHASE, ORDER_ID, Card(TOKEN), 0) == Refused("no_time", Fault.US)
