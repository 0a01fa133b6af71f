"""What every gateway does with money that comes later and from outside: SPEI and cash.

The tests' own gateway is held to it as well.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from portal.payments.gateway import Canceled, Fault, Paid, Pending, Refused, Unknown
from portal.payments.methods import CashInstructions, Deferred, Method, TransferInstructions
from tests.payments.contract.buying import AMOUNT, opened, purchase
from tests.payments.contract.houses import ANYBODY, House, open_house

KINDS = {Method.TRANSFER: TransferInstructions, Method.CASH: CashInstructions}
pytestmark = pytest.mark.parametrize("method", KINDS)


@pytest.fixture(scope="module", params=ANYBODY)
def running(request: pytest.FixtureRequest) -> Iterator[House]:
    with open_house(request.param) as house:
        yield house


def means(method: Method, hours: float = 48) -> Deferred:
    """To be paid within so many hours, to the second."""
    return Deferred(method, datetime.now(UTC).replace(microsecond=0) + timedelta(hours=hours))


def asked(gateway, method):
    """A purchase, its order, and the answer that says how it is paid."""
    bought = purchase()
    order_id = opened(gateway, bought)
    pending = gateway.charge(bought, order_id, means(method), 5)
    assert isinstance(pending, Pending), pending
    return bought, order_id, pending


def test_it_waits_and_tells_how_it_is_paid(house, gateway, method):
    bought, order_id, pending = asked(gateway, method)
    assert isinstance(pending.instructions, KINDS[method])
    assert pending.instructions.expires_at > datetime.now(UTC) + timedelta(hours=47)
    assert (pending.order.id, pending.order.amount) == (order_id, AMOUNT)
    assert (pending.order.method, pending.order.amount_paid) == (method, None)
    assert pending.action_url is None
    assert gateway.look_up(bought, order_id, 5) == pending
    assert house.money(order_id) == 0


def test_what_is_shown_is_there_to_be_paid(house, gateway, method):
    _, _, pending = asked(gateway, method)
    if method is Method.TRANSFER:
        assert len(pending.instructions.clabe) == 18
        assert pending.instructions.bank
        return
    assert pending.instructions.references
    for reference in pending.instructions.references:
        assert reference.network
        assert reference.stores
        assert len(reference.reference) >= 10


def test_it_is_the_purchase_once_its_money_is_there(house, gateway, method):
    bought, order_id, _ = asked(gateway, method)
    house.pay(order_id)
    paid = gateway.look_up(bought, order_id, 5)
    assert isinstance(paid, Paid), paid
    assert (paid.order.amount, paid.order.amount_paid) == (AMOUNT, AMOUNT)
    assert (paid.order.method, paid.order.reference) == (method, bought.reference)
    assert (paid.order.card_last4, paid.order.live) == (None, False)
    assert isinstance(gateway.cancel(order_id, 5), Paid)


def test_asked_again_it_gives_the_same_and_no_second_one(house, gateway, method):
    bought, order_id, first = asked(gateway, method)
    for hours in (48, 24):
        again = gateway.charge(bought, order_id, means(method, hours), 5)
        assert again == first
    house.pay(order_id)
    assert isinstance(gateway.charge(bought, order_id, means(method), 5), Paid)
    assert house.money(order_id) == AMOUNT


@pytest.mark.parametrize("came", [AMOUNT - 100, AMOUNT + 100, 1])
def test_another_amount_is_no_payment_and_a_person_s(house, gateway, method, came):
    bought, order_id, _ = asked(gateway, method)
    house.pay(order_id, came)
    found = gateway.look_up(bought, order_id, 5)
    assert isinstance(found, Unknown), found
    assert (found.reason, found.park) == ("amount_mismatch", True)
    assert (found.order.amount, found.order.amount_paid) == (AMOUNT, came)
    assert house.money(order_id) == came


def test_money_that_comes_twice_is_seen(house, gateway, method):
    bought, order_id, _ = asked(gateway, method)
    for _ in range(2):
        house.pay(order_id)
    paid = gateway.look_up(bought, order_id, 5)
    assert isinstance(paid, Paid), paid
    assert (paid.order.amount, paid.order.amount_paid) == (AMOUNT, 2 * AMOUNT)


def test_what_was_missing_may_follow(house, gateway, method):
    bought, order_id, _ = asked(gateway, method)
    for part in (AMOUNT - 100, 100):
        house.pay(order_id, part)
    paid = gateway.look_up(bought, order_id, 5)
    assert isinstance(paid, Paid), paid
    assert paid.order.amount_paid == AMOUNT


def test_the_end_of_its_time_closes_it_and_late_money_is_seen(house, gateway, method):
    bought, order_id, _ = asked(gateway, method)
    house.expire(order_id)
    assert isinstance(gateway.look_up(bought, order_id, 5), Canceled)
    assert isinstance(gateway.cancel(order_id, 5), Canceled)
    house.pay(order_id)
    late = gateway.look_up(bought, order_id, 5)
    assert isinstance(late, Paid), late
    assert late.order.amount_paid == AMOUNT


def test_it_can_be_canceled_and_late_money_is_seen(house, gateway, method):
    bought, order_id, _ = asked(gateway, method)
    for _ in range(2):
        assert isinstance(gateway.cancel(order_id, 5), Canceled)
    again = gateway.charge(bought, order_id, means(method), 5)
    assert not isinstance(again, (Paid, Pending)), again
    house.pay(order_id)
    assert isinstance(gateway.look_up(bought, order_id, 5), Paid)


def test_nobody_gives_it_back(house, gateway, method):
    bought, order_id, _ = asked(gateway, method)
    house.pay(order_id)
    for _ in range(2):
        refused = gateway.refund(order_id, AMOUNT, 5)
        assert refused == Refused("not_refundable", Fault.OPERATOR)
    assert house.given_back(order_id) == 0
    assert isinstance(gateway.look_up(bought, order_id, 5), Paid)


def test_it_is_found_by_our_reference_while_it_waits(gateway, method):
    bought, order_id, pending = asked(gateway, method)
    since = datetime.now(UTC) - timedelta(minutes=5)
    (found,) = gateway.find(bought.reference, since, 5)
    assert (found.id, found.instructions) == (order_id, pending.instructions)
