"""What Mercado Pago is sent: as its OpenAPI has it, and each write under a key of its own."""

from __future__ import annotations

import uuid
from collections import defaultdict
from datetime import UTC, datetime

import pytest

from portal.payments.declines import DeclineReason
from portal.payments.gateway import Credentials, Declined, Fault, Opened, Paid, Refused, Unknown
from portal.payments.mercadopago.adapter import MercadoPago
from portal.payments.mercadopago.client import LostAnswer, MercadoPagoClient, MercadoPagoSettings
from portal.payments.methods import Card
from portal.sandbox.mercadopago import MercadoPagoSandbox, Outcome
from tests.payments.conekta.wire import Request, Wire, answer
from tests.payments.contract.buying import AMOUNT, purchase
from tests.sandbox.mercadopago import openapi

ORDER_ID = "ORD01JG28GRB9NYTG6VVS3R5N58YT"
CARD = "0123456789abcdef" * 2 + ".debvisa"
LOOK = f"GET /v1/orders/{ORDER_ID}"
ADD = f"POST /v1/orders/{ORDER_ID}/transactions"
PROCESS = f"POST /v1/orders/{ORDER_ID}/process"


def order(status="created", detail=None, **changes):
    """An order as Mercado Pago tells it; `...` takes a field away."""
    payments = [] if status == "created" else [paid(status, detail or "accredited")]
    body = {
        "id": ORDER_ID,
        "status": status,
        "status_detail": detail or ("accredited" if status == "processed" else status),
        "total_amount": "50.00",
        "country_code": "MLM",
        "external_reference": BOUGHT.reference,
        "description": f"24 Horas [{BOUGHT.owner}]",
        "created_date": "2026-11-28T10:00:00.123456789Z",
        "transactions": {"payments": payments},
    }
    return {name: value for name, value in (body | changes).items() if value is not ...}


def paid(status="processed", detail="accredited", amount="50.00", **method):
    return {
        "id": "PAY1",
        "amount": amount,
        "status": status,
        "status_detail": detail,
        "payment_method": {"id": "visa", "type": "credit_card", **method},
    }


BOUGHT = purchase()
ADDED = (201, {"payments": [paid("created", "created")]})


def scripted(script):
    """A server that answers from a table, in turn where it is a list; what is not in it is cut."""
    turns = defaultdict(int)

    def reply(request: Request, _: object) -> bytes | None:
        found = script.get(request.name)
        if isinstance(found, list):
            turn = min(turns[request.name], len(found) - 1)
            turns[request.name] += 1
            found = found[turn]
        return None if found is None else answer(*found)

    return Wire(reply)


def test_every_request_follows_the_document(connect, reference_data):
    script = {
        "POST /v1/orders": (201, order()),
        ADD: ADDED,
        PROCESS: (200, order("processed")),
        LOOK: [(200, order()), (200, order("processed"))],
        f"POST /v1/orders/{ORDER_ID}/cancel": (200, order("canceled")),
        f"POST /v1/orders/{ORDER_ID}/refund": (201, {"id": ORDER_ID}),
        "GET /v1/orders": (200, {"data": [], "paging": {"total": 0}}),
    }
    with scripted(script) as wire:
        gateway = connect(wire.url)
        gateway.open_order(BOUGHT, 5)
        gateway.charge(BOUGHT, ORDER_ID, Card(CARD), 5)
        gateway.cancel(ORDER_ID, 5)
        gateway.refund(ORDER_ID, AMOUNT, 5)
        gateway.find(BOUGHT.reference, datetime.now(UTC), 5)
    assert {request.method for request in wire.requests} == {"GET", "POST"}
    for request in wire.requests:
        body = request.json if request.body else None
        path = request.path.partition("?")[0]
        assert openapi.request_complaints(request.method, path, body) == []
        assert request.headers["authorization"] == "Bearer APP_USR-1-secret"
        assert ("x-idempotency-key" in request.headers) is (request.method == "POST")
    assert_no_two_alike(wire)


def assert_no_two_alike(wire):
    keys = [
        request.headers["x-idempotency-key"]
        for request in wire.requests
        if request.method == "POST"
    ]
    assert len({str(uuid.UUID(key)) for key in keys}) == len(keys)


def test_the_same_question_has_the_same_key_in_every_process(connect):
    script = {"POST /v1/orders": (201, order()), ADD: (500, {}), LOOK: (200, order())}
    keys = []
    for _ in range(2):
        with scripted(script) as wire:
            gateway = connect(wire.url)
            gateway.open_order(BOUGHT, 5)
            gateway.charge(BOUGHT, ORDER_ID, Card(CARD), 5)
        keys.append([request.headers["x-idempotency-key"] for request in wire.requests])
    assert keys[0] == keys[1]
    with scripted(script) as wire:
        connect(wire.url).open_order(purchase(), 5)
    assert wire.requests[0].headers["x-idempotency-key"] not in keys[0]


def test_a_debit_card_is_told_by_its_name(connect):
    with scripted({ADD: ADDED, PROCESS: (200, order("processed"))}) as wire:
        assert isinstance(connect(wire.url).charge(BOUGHT, ORDER_ID, Card(CARD), 5), Paid)
    method = wire.requests[0].json["payments"][0]["payment_method"]
    assert method == {
        "id": "debvisa",
        "type": "debit_card",
        "token": CARD.partition(".")[0],
        "installments": 1,
    }


FAILED = {"errors": [{"code": "failed", "message": "The following transactions failed"}]}
NO_FUNDS = order("failed", "insufficient_amount")
TOKEN_ERROR = {"status": 400, "error": "invalid_card_token", "message": "bad", "cause": []}
PENDING = {"status": "pending", "redirect_url": "https://www.mercadopago.com/3ds/1"}

# What adding the card answers, what processing answers, what the order says: kind, and how often
# it was asked to be processed.
CHARGES = {
    "paid": (ADDED, (200, order("processed")), None, Paid, 1),
    "token refused": ((400, TOKEN_ERROR), None, None, Refused, 0),
    "adding lost": (None, None, (200, order()), Refused, 0),
    "adding failed": ((500, {}), None, (200, order()), Refused, 0),
    "added in another amount": (
        (201, {"payments": [paid("created", amount="51.00")]}),
        None,
        (200, order()),
        Refused,
        0,
    ),
    "paid before": ((409, {}), None, (200, order("processed")), Paid, 0),
    "added before, open": ((409, {}), None, (200, order()), Unknown, 0),
    "declined with its order": (ADDED, (402, FAILED | {"data": NO_FUNDS}), None, Declined, 1),
    "declined, order lost": (ADDED, (402, FAILED), None, Unknown, 1),
    "declined as 200": (ADDED, (200, NO_FUNDS), None, Declined, 1),
    "decline with another's order": (
        ADDED,
        (402, FAILED | {"data": NO_FUNDS | {"id": "ORD_other"}}),
        (200, order("processed")),
        Paid,
        1,
    ),
    "lost, then paid": (ADDED, None, (200, order("processed")), Paid, 2),
    "lost, under way": (ADDED, None, (200, order("processing")), "Pending", 2),
    "trouble, still open, paid when asked again": (
        ADDED,
        [(503, {}), (200, order("processed"))],
        (200, order()),
        Paid,
        2,
    ),
    "locked by itself, then paid": (
        ADDED,
        [(423, {}), (200, order("processed"))],
        (200, order()),
        Paid,
        2,
    ),
    "refused, still open": (ADDED, (400, TOKEN_ERROR), (200, order()), Refused, 1),
    # The first may be under way all the same, and what is said of the second is no proof.
    "lost, still open, refused when asked again": (
        ADDED,
        [None, (400, TOKEN_ERROR)],
        (200, order()),
        Unknown,
        2,
    ),
    "trouble, still open, declined when asked again": (
        ADDED,
        [(503, {}), (402, FAILED | {"message": "card rejected"})],
        (200, order()),
        Unknown,
        2,
    ),
    "lost, declined when asked again": (
        ADDED,
        [None, (402, FAILED | {"data": NO_FUNDS})],
        (200, order()),
        Declined,
        2,
    ),
    "trouble twice": (ADDED, (503, {}), (200, order()), Unknown, 2),
    "conflict, paid": (ADDED, (409, {}), (200, order("processed")), Paid, 1),
    "conflict, open": (ADDED, (409, {}), (200, order()), Unknown, 1),
    "3DS": (
        ADDED,
        (
            200,
            order(
                "action_required",
                transactions={
                    "payments": [
                        paid("action_required", "in_process", transaction_security=PENDING)
                    ]
                },
            ),
        ),
        None,
        "Pending",
        1,
    ),
    "paid, in another amount": (
        ADDED,
        (200, order("processed", total_amount="49.00")),
        (200, order("processed", total_amount="49.00")),
        Unknown,
        1,
    ),
    "paid in another currency": (
        ADDED,
        (200, order("processed", country_code="MLC")),
        None,
        Unknown,
        1,
    ),
    "paid by half": (
        ADDED,
        (200, order("processed", total_paid_amount="25.00")),
        (200, order("processed", total_paid_amount="25.00")),
        Unknown,
        1,
    ),
    "processed, detail unheard of": (
        ADDED,
        (200, order("processed", "something_new")),
        (200, order("processed", "something_new")),
        Unknown,
        1,
    ),
    "status unheard of": (ADDED, (200, order("odd")), (200, order("odd")), Unknown, 1),
    "unauthorized": (ADDED, (401, {}), (401, {}), Unknown, 1),
}


@pytest.mark.parametrize("name", CHARGES)
def test_every_answer_to_a_charge(connect, name):
    added, processed, looked_at, kind, times = CHARGES[name]
    with scripted({ADD: added, PROCESS: processed, LOOK: looked_at}) as wire:
        outcome = connect(wire.url).charge(BOUGHT, ORDER_ID, Card(CARD), 5)
    assert type(outcome).__name__ == (kind if isinstance(kind, str) else kind.__name__), outcome
    asked = [request for request in wire.requests if request.name == PROCESS]
    assert len(asked) == times
    assert len({request.headers["x-idempotency-key"] for request in asked}) == min(times, 1)


@pytest.mark.parametrize(
    ("code", "said", "fault"),
    [
        ("property_value", "payment_method.type must be one of credit_card, debit_card", Fault.US),
        ("unsupported_properties", "transactions.payments[0].card is not supported", Fault.US),
        ("invalid_access_token", "The access token is not valid", Fault.OPERATOR),
        ("property_value", "payment_method.token is not valid", Fault.CUSTOMER),
    ],
)
def test_what_is_not_the_card_s_fault_is_not_told_as_such(connect, code, said, fault):
    with scripted({ADD: (400, {"errors": [{"code": code, "details": [said]}]})}) as wire:
        outcome = connect(wire.url).charge(BOUGHT, ORDER_ID, Card(CARD), 5)
    assert isinstance(outcome, Refused)
    assert outcome.fault is fault


@pytest.mark.parametrize("is_lost", [True, False])
def test_a_refund_refused_after_a_lost_one_may_be_under_way(connect, is_lost):
    refusal = (422, {"errors": [{"code": "conflict", "message": "It is being refunded"}]})
    answers = [None, refusal] if is_lost else refusal
    script = {f"POST /v1/orders/{ORDER_ID}/refund": answers, LOOK: (200, order("processed"))}
    with scripted(script) as wire:
        outcome = connect(wire.url).refund(ORDER_ID, AMOUNT, 5)
    assert isinstance(outcome, Unknown if is_lost else Refused), outcome


def test_a_refund_in_conflict_with_another_is_asked_about_again(connect):
    """What holds it up may be our own of an earlier round, whose answer came to nobody."""
    refusal = (409, {"errors": [{"code": "conflict", "message": "It is being refunded"}]})
    script = {f"POST /v1/orders/{ORDER_ID}/refund": refusal, LOOK: (200, order("processed"))}
    with scripted(script) as wire:
        assert isinstance(connect(wire.url).refund(ORDER_ID, AMOUNT, 5), Unknown)


@pytest.mark.parametrize("status", [401, 403])
def test_a_refund_waits_for_a_key_that_is_taken(connect, status):
    refusal = (status, {"error": "unauthorized", "message": "Invalid access token"})
    script = {f"POST /v1/orders/{ORDER_ID}/refund": refusal, LOOK: (200, order("processed"))}
    with scripted(script) as wire:
        outcome = connect(wire.url).refund(ORDER_ID, AMOUNT, 5)
    assert isinstance(outcome, Unknown), outcome
    assert outcome.reason == "key_refused"


class NoRoadToRefunds(MercadoPagoClient):
    """Reaches Mercado Pago for anything but a refund."""

    def call(self, call, access_token, deadline):
        if call.kind == "refund":
            return LostAnswer("unreachable")
        return super().call(call, access_token, deadline)


def test_a_refund_that_never_left_us_is_not_refused_for_good():
    with scripted({LOOK: (200, order("processed"))}) as wire:
        client = NoRoadToRefunds(MercadoPagoSettings(base_url=wire.url))
        gateway = MercadoPago(Credentials("mercadopago", "APP_USR-1-secret", False), client)
        outcome = gateway.refund(ORDER_ID, AMOUNT, 5)
        client.close()
    assert isinstance(outcome, Unknown), outcome
    assert outcome.reason == "unreachable"


def test_where_the_bank_confirms(connect):
    with scripted({LOOK: CHARGES["3DS"][1]}) as wire:
        found = connect(wire.url).look_up(BOUGHT, ORDER_ID, 5)
    assert found.action_url == PENDING["redirect_url"]


DECLINES = {
    Outcome.OTHER: DeclineReason.NO_REASON,
    Outcome.INSUFFICIENT_FUNDS: DeclineReason.INSUFFICIENT_FUNDS,
    Outcome.CALL: DeclineReason.CALL_BANK,
    Outcome.SECURITY_CODE: DeclineReason.SECURITY_CODE,
    Outcome.EXPIRED: DeclineReason.EXPIRY_DATE,
    Outcome.BAD_DATA: DeclineReason.CARD_DATA,
}


@pytest.mark.parametrize("outcome", DECLINES)
def test_a_decline_says_why(connect, outcome):
    with scripted({LOOK: (200, order("failed", outcome.value))}) as wire:
        found = connect(wire.url).look_up(BOUGHT, ORDER_ID, 5)
    assert isinstance(found, Declined)
    assert found.reason is DECLINES[outcome]


CURRENCIES = {
    ("MLM", "MXN", 5000): "50.00",
    ("MLA", "ARS", 123456): "1234.56",
    ("MLB", "BRL", 1): "0.01",
    ("MLU", "UYU", 9990): "99.90",
    ("MPE", "PEN", 350): "3.50",
    ("MCO", "COP", 500000): "5000.00",
    ("MLC", "CLP", 150000): "1500",
}


@pytest.mark.parametrize(("site", "currency", "amount"), CURRENCIES)
def test_each_country_s_money(connect, site, currency, amount):
    written = CURRENCIES[site, currency, amount]
    bought = purchase(currency=currency, amount=amount)
    told = order(country_code=site, total_amount=written, external_reference=bought.reference)
    with scripted({"POST /v1/orders": (201, told)}) as wire:
        assert connect(wire.url).open_order(bought, 5) == Opened(ORDER_ID)
    assert wire.requests[0].json["total_amount"] == written


def test_money_that_it_does_not_take_is_not_asked_for(connect):
    with scripted({}) as wire:
        refused = connect(wire.url).open_order(purchase(currency="USD"), 5)
    assert refused == Refused("amount_mismatch", Fault.OPERATOR)
    assert wire.requests == []


@pytest.mark.parametrize("currency", ["CLP", "COP"])
def test_money_without_cents_has_none(connect, currency):
    with scripted({}) as wire:
        refused = connect(wire.url).open_order(purchase(currency=currency, amount=150050), 5)
    assert refused == Refused("amount_mismatch", Fault.OPERATOR)
    assert wire.requests == []


@pytest.mark.parametrize(("site", "currency", "amount"), CURRENCIES)
def test_each_country_is_served_in_its_own_money_alone(connect, site, currency, amount):
    amount += 5000
    with MercadoPagoSandbox(site=site) as sandbox:
        gateway = connect(sandbox.url)
        assert gateway.check(5) is False
        bought = purchase(currency=currency, amount=amount)
        order_id = gateway.open_order(bought, 5).order_id
        found = gateway.charge(bought, order_id, Card(sandbox.mint() + ".visa"), 5)
        assert isinstance(found, Paid)
        assert (found.order.amount, found.order.currency) == (amount, currency)
        other = purchase(currency="PEN" if currency == "MXN" else "MXN")
        assert gateway.open_order(other, 5).fault is Fault.OPERATOR


def test_no_3ds_is_asked_for_where_the_setting_says_so(connect):
    with MercadoPagoSandbox() as sandbox:
        gateway = connect(sandbox.url, security="never")
        order_id = gateway.open_order(BOUGHT, 5).order_id
        card = sandbox.mint(outcome=Outcome.CHALLENGE) + ".visa"
        assert isinstance(gateway.charge(BOUGHT, order_id, Card(card), 5), Paid)
