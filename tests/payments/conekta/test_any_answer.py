"""Prove that whatever JSON comes back, the adapter gives one of its values, and `Paid` only
honestly.
"""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from portal.payments.gateway import (
    Canceled,
    Declined,
    Opened,
    Paid,
    Pending,
    Refunded,
    Refused,
    Unknown,
)
from portal.payments.methods import Card
from tests.payments.conekta.samples import ORDER_ID, PURCHASE, TOKEN, charge, charged, error

OUTCOMES = (Paid, Declined, Pending, Refused, Unknown)
STATUSES = ["paid", "declined", "pending_payment", "canceled", "refunded", "charged_back", "odd"]
MARKED = {"reference_id": PURCHASE.reference}
BAD_MARK = {"reference_id": "another"}
VALUES = [5000, 4999, 5000.0, "5000", -1, 2**70, True, False, None, "", "MXN", "USD", "\ud800\x00"]

scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5)
anything = st.recursive(
    scalars | st.sampled_from([*STATUSES, *VALUES, ORDER_ID]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)
values = st.sampled_from([*STATUSES, *VALUES, ORDER_ID, "ord_x", MARKED, BAD_MARK]) | anything


def bent(body, *names):
    """The body with up to three fields changed or gone."""
    changes = st.dictionaries(st.sampled_from(names), values | st.just(...), max_size=3)
    return changes.map(lambda new: {k: v for k, v in (body | new).items() if v is not ...})


some_charge = bent(
    charge(), "object", "status", "amount", "currency", "livemode", "order_id", "payment_method"
)
some_status = st.sampled_from([None, *STATUSES])
ORDER_FIELDS = ("object", "id", "payment_status", "amount", "currency", "livemode")
MORE_FIELDS = ("metadata", "charges", "next_action", "amount_refunded", "created_at")
some_order = st.builds(
    lambda status, charges: charged(status, *charges),
    some_status,
    st.lists(some_charge, max_size=2),
).flatmap(lambda body: bent(body, *ORDER_FIELDS, *MORE_FIELDS))
some_error = st.builds(
    lambda body, data: body | {"data": data},
    bent(error("processing.bank.declined"), "details", "type", "object"),
    some_order | anything,
)
bodies = some_order | some_charge | some_error | anything
statuses = st.sampled_from([200, 200, 200, 402, 422, 428, 401, 404, 500, 201])
answers = st.tuples(statuses, bodies)


def exactly(body, **expected):
    """Equal in value and in type: True is not 1, and 5000.0 is not 5000."""
    return isinstance(body, dict) and all(
        type(body.get(name)) is type(value) and body[name] == value
        for name, value in expected.items()
    )


AGREED = {"amount": 5000, "currency": "MXN", "livemode": False}


def says_paid(answer):
    """Whether an answer is a paid order or a paid charge of it, just as agreed."""
    status, body = answer
    paid_order = exactly(body, object="order", id=ORDER_ID, payment_status="paid", **AGREED)
    paid_charge = exactly(body, object="charge", order_id=ORDER_ID, status="paid", **AGREED)
    return status == 200 and (paid_order or paid_charge)


thorough = settings(
    max_examples=150,
    deadline=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


def test_charge_and_look_up(scripted, connect):
    script = {}
    gateway = connect(scripted(script).url)
    seen = set()

    @thorough
    @given(answers, answers)
    @example((200, charge()), (200, charged("paid", charge())))
    @example((200, charged("paid", charge())), (404, None))
    def holds(first, second):
        script[f"POST /orders/{ORDER_ID}/charges"] = script["POST /orders"] = first
        script[f"GET /orders/{ORDER_ID}"] = second
        charge_result = gateway.charge(PURCHASE, ORDER_ID, Card(TOKEN), 5)
        in_order = gateway.charge(PURCHASE, None, Card(TOKEN), 5)
        look_up = gateway.look_up(PURCHASE, ORDER_ID, 5)
        assert isinstance(charge_result, OUTCOMES)
        assert isinstance(in_order, OUTCOMES)
        assert isinstance(look_up, (*OUTCOMES, Opened, Canceled))
        assert not isinstance(look_up, Refused)
        honest = {
            "charge": says_paid(first) or says_paid(second),
            "in order": exactly(first[1], object="order", payment_status="paid", **AGREED),
            "look up": says_paid(second),
        }
        results = {"charge": charge_result, "in order": in_order, "look up": look_up}
        for name, result in results.items():
            seen.add((name, type(result)))
            assert honest[name] or not isinstance(result, Paid)
            paid = getattr(result, "order", None) if isinstance(result, Paid) else None
            assert paid is None or paid.reference in (None, PURCHASE.reference)

    holds()
    assert {("charge", Paid), ("in order", Paid), ("look up", Paid)} <= seen


def test_every_other_call(scripted, connect):
    script = {}
    gateway = connect(scripted(script).url)

    @thorough
    @given(answers, answers)
    def holds(first, second):
        for action in ("cancel", "refunds"):
            script[f"POST /orders/{ORDER_ID}/{action}"] = first
        script["POST /orders"] = script["GET /orders"] = first
        script[f"GET /orders/{ORDER_ID}"] = second
        assert isinstance(gateway.open_order(PURCHASE, 5), (Opened, Refused, Unknown))
        assert isinstance(gateway.cancel(ORDER_ID, 5), (Canceled, Paid, Unknown))
        refund = gateway.refund(ORDER_ID, 5000, 5)
        assert isinstance(refund, (Refunded, Refused, Unknown))
        assert not isinstance(refund, Refunded) or refund.amount >= 5000

    holds()


def test_lists(scripted, connect):
    script = {}
    gateway = connect(scripted(script).url)
    listed = st.lists(some_order | anything, max_size=3) | anything
    pages = st.fixed_dictionaries(
        {"data": listed},
        optional={"has_more": values, "next_page_url": values | st.just("http://x/?next=1")},
    )

    @thorough
    @given(pages | anything)
    def holds(body):
        script["GET /orders"] = (200, body)
        found = gateway.find(PURCHASE.reference, datetime.now(UTC), 5)
        assert isinstance(found, (tuple, Unknown))
        assert isinstance(found, Unknown) or all(o.reference == PURCHASE.reference for o in found)

    holds()
