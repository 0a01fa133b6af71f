"""What every gateway makes of lost answers while a purchase is to be paid later."""

from __future__ import annotations

import pytest

from portal.payments.gateway import Fault, Opened, Pending, Refused, Unknown
from portal.payments.methods import Method
from tests.payments.contract.buying import AMOUNT, opened, purchase
from tests.payments.contract.test_answers import LOSSES, left_hanging, struck
from tests.payments.contract.test_deferred import KINDS, means

pytestmark = pytest.mark.parametrize("method", KINDS)


@pytest.mark.parametrize("loss", LOSSES, ids=str)
def test_a_lost_answer_is_asked_about_and_nothing_is_there_twice(house, gateway, method, loss):
    bought, asked = purchase(), means(method)
    order_id = opened(gateway, bought)
    struck(house, loss, "charge")
    first = gateway.charge(bought, order_id, asked, 5)
    assert isinstance(first, (Pending, Unknown)), first
    assert not loss["executed"] or isinstance(first, Pending)
    pending = gateway.charge(bought, order_id, asked, 5)
    assert isinstance(pending, Pending), pending
    assert first in (pending, first if isinstance(first, Unknown) else None)
    house.pay(order_id)
    assert gateway.look_up(bought, order_id, 5).order.amount_paid == AMOUNT


@pytest.mark.parametrize("executed", [True, False])
def test_a_hang_is_asked_about_afterwards(house, gateway, method, executed):
    asked = means(method)
    bought, order_id = left_hanging(house, gateway, asked, executed)
    found = gateway.look_up(bought, order_id, 5)
    assert isinstance(found, Pending if executed else Opened)
    assert isinstance(gateway.charge(bought, order_id, asked, 5), Pending)


def test_an_order_that_cannot_be_read_afterwards_is_no_no(house, gateway, method):
    bought, asked = purchase(), means(method)
    order_id = opened(gateway, bought)
    house.sandbox.fail("status", "look_up", times=None, status=503)
    found = gateway.charge(bought, order_id, asked, 5)
    assert isinstance(found, (Pending, Unknown)), found
    house.sandbox.heal()
    assert isinstance(gateway.look_up(bought, order_id, 5), Pending)


def test_what_the_account_lacks_is_the_operator_s(house, gateway, method):
    house.lack(method)
    try:
        bought = purchase()
        order_id = opened(gateway, bought)
        refused = gateway.charge(bought, order_id, means(method), 5)
        assert isinstance(refused, Refused), refused
        assert (refused.fault, refused.field, refused.decline_reason) == (
            Fault.OPERATOR,
            None,
            None,
        )
        assert gateway.look_up(bought, order_id, 5) == Opened(order_id)
        other = Method.CASH if method is Method.TRANSFER else Method.TRANSFER
        bought = purchase()
        order_id = opened(gateway, bought)
        assert isinstance(gateway.charge(bought, order_id, means(other), 5), Pending)
    finally:
        house.have_all()


def test_a_time_that_is_over_is_refused(house, gateway, method):
    bought = purchase()
    order_id = opened(gateway, bought)
    refused = gateway.charge(bought, order_id, means(method, hours=-1), 5)
    assert isinstance(refused, Refused), refused
    assert house.money(order_id) == 0


def test_a_refused_key_leaves_it_unknown_or_refused(house, method):
    bought, gateway = purchase(), house.gateway()
    order_id = opened(gateway, bought)
    house.sandbox.refuse(house.key)
    found = gateway.charge(bought, order_id, means(method), 5)
    assert found in (Unknown("key_refused"), Refused("key_refused", Fault.OPERATOR))
