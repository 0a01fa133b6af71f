"""Prove that whatever is told of money from outside, it is a payment only where all of it came."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from portal.payments.answers import evaluate
from portal.payments.conekta import documents
from portal.payments.gateway import Canceled, Declined, Opened, Paid, Pending
from tests.payments.conekta.samples import PURCHASE, charge, charged
from tests.payments.conekta.test_any_answer import STATUSES, bent
from tests.support.any_input import any_input

HOW = (
    {"object": "bank_transfer_payment", "clabe": "646180111805035472", "expires_at": 1},
    {"object": "cash_payment", "reference": "93000262280900", "product_type": "cash_in"},
    {"object": "card_payment", "last4": "4242"},
)
AMOUNTS = (5000, 4900, 100, 10_000, 1)
some_charge = st.builds(
    lambda method, status, amount: charge(payment_method=method, status=status, amount=amount),
    st.sampled_from(HOW),
    st.sampled_from([*STATUSES, "expired", "paid", "pending_payment"]),
    st.sampled_from(AMOUNTS),
)
some_order = st.builds(
    lambda status, charges: charged(status, *charges),
    st.sampled_from([None, *STATUSES, "expired", "paid", "pending_payment"]),
    st.lists(some_charge | some_charge.flatmap(lambda c: bent(c, "payment_method")), max_size=4),
)


@any_input(300)
@given(some_order)
@example(charged("paid", charge(payment_method=HOW[0]), charge(payment_method=HOW[0])))
def test_it_is_a_payment_only_where_all_of_it_came(body):
    read = documents.order(body)
    found = evaluate(read, PURCHASE, live=False)
    listed = body["charges"]["data"]
    came = [each["amount"] for each in listed if each["status"] == "paid"]
    if isinstance(found, Paid):
        assert body["payment_status"] == "paid"
        assert not listed or (sum(came) > 0 and sum(came) % PURCHASE.amount == 0)
        assert (read.amount_paid or sum(came)) == sum(came)
    if isinstance(found, (Pending, Declined, Canceled, Opened)):
        assert came == []
    if read.amount_paid is not None:
        assert read.amount_paid == sum(came) > 0
    if read.instructions is not None:
        assert "pending_payment" in {each["status"] for each in listed}
