"""Prove that whatever JSON comes back, the adapter gives one of its values, and `Paid` only
honestly.
"""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from portal.payments.answers import evaluate
from portal.payments.gateway import Canceled, Declined, Opened, OrderStatus, Paid, Pending
from portal.payments.mercadopago import amounts, documents
from portal.payments.mercadopago.client import HttpAnswer
from portal.payments.mercadopago.refusals import complaint_in
from tests.payments.contract.buying import AMOUNT
from tests.payments.mercadopago.test_requests import BOUGHT, ORDER_ID, order, paid
from tests.support.any_input import any_input

STATUSES = ["created", "processed", "processing", "action_required", "canceled", "failed", "odd"]
VALUES = ["50.00", "50.0", "50", "49.99", "1e9", "-1", 50.0, 5000, True, None, "", "MLM", "MLC"]

scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5)
anything = st.recursive(
    scalars | st.sampled_from([*STATUSES, *VALUES, ORDER_ID]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)
values = st.sampled_from([*STATUSES, *VALUES, ORDER_ID, "accredited"]) | anything


def bent(body: dict[str, Any], *names: str) -> st.SearchStrategy[dict[str, Any]]:
    """The body with up to three fields changed or gone."""
    changes = st.dictionaries(st.sampled_from(names), values | st.just(...), max_size=3)
    return changes.map(lambda new: {k: v for k, v in (body | new).items() if v is not ...})


some_payment = bent(paid(), "status", "status_detail", "amount", "payment_method")
some_order = st.lists(some_payment | anything, max_size=2).flatmap(
    lambda payments: bent(
        order("processed", transactions={"payments": payments}),
        *("id", "status", "status_detail", "total_amount", "total_paid_amount", "country_code"),
        *("currency", "external_reference", "transactions", "description", "created_date"),
    )
)


@any_input(300)
@given(some_order | anything)
def test_only_an_honest_order_is_paid(body):
    read = documents.order(body, live=False)
    if read is None or not isinstance(evaluate(read, BOUGHT, live=False), Paid):
        return
    assert read.status is OrderStatus.PAID
    assert (body["status"], body["status_detail"]) == ("processed", "accredited")
    assert amounts.read(body["total_amount"]) == AMOUNT
    came = [each for each in body["transactions"]["payments"] if each["status"] == "processed"]
    assert [amounts.read(each["amount"]) for each in came] == [AMOUNT]


some_money = st.sampled_from(["50.00", "49.00", "1.00", "100.00", None, 50.0])
some_waiting = st.builds(
    lambda kind, status, told, came: (
        paid(status)
        | {"paid_amount": came, "amount": told}
        | {"payment_method": {"id": "clabe", "type": kind, "reference": "646180111805035472"}}
    ),
    st.sampled_from(["bank_transfer", "ticket"]),
    st.sampled_from([*STATUSES, "expired"]),
    some_money,
    some_money,
)


@any_input(300)
@given(
    st.lists(some_waiting, min_size=1, max_size=3),
    st.sampled_from([*STATUSES, "expired"]),
    st.sampled_from(["accredited", "waiting_transfer", "refunded", "expired"]),
    some_money,
)
def test_money_from_outside_is_a_payment_only_where_all_of_it_came(payments, status, detail, total):
    changes = {"transactions": {"payments": payments}, "total_paid_amount": total}
    read = documents.order(order(status, detail, **changes), live=False)
    found = evaluate(read, BOUGHT, live=False)
    if isinstance(found, Paid):
        assert (status, detail) == ("processed", "accredited")
        assert read.amount_paid is not None
        assert read.amount_paid % AMOUNT == 0
        assert total in (None, amounts.written(read.amount_paid, "MXN"))
        assert "processed" in {each["status"] for each in payments}
    if isinstance(found, (Canceled, Declined, Opened, Pending)):
        assert "processed" not in {each["status"] for each in payments}
        assert amounts.read(total) is None


@any_input(150)
@given(anything, st.sampled_from([400, 402, 422, 500]))
def test_any_complaint_is_read(body, status):
    found = complaint_in(HttpAnswer(status, body), 400, 402, 422)
    assert found is None or found.refused().reason
    assert status != 500 or found is None


@any_input(100)
@given(st.integers(0, 10**14), st.sampled_from(["MXN", "BRL", "CLP", "COP"]))
def test_an_amount_is_read_as_it_was_written(amount, currency):
    text = amounts.written(amount, currency)
    assert text is None or amounts.read(text) == amount
    has_coin = amount > 0 and (currency in ("MXN", "BRL") or amount % 100 == 0)
    assert (text is not None) == has_coin


def test_a_page_that_cannot_be_read_is_none():
    for body in ({}, {"data": []}, {"data": [{}], "paging": {"total": 1}}, [], None):
        assert documents.page(body, live=False) is None
