"""What Conekta is asked for when a payment is deferred, and what is read of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from portal.payments.gateway import Fault, Paid, Pending, Refused
from portal.payments.methods import CashInstructions, Deferred, Method, TransferInstructions
from portal.sandbox.conekta import ConektaSandbox
from tests.payments.contract.buying import opened, purchase

DEFERRED = (Method.TRANSFER, Method.CASH)
KINDS = {Method.TRANSFER: TransferInstructions, Method.CASH: CashInstructions}


@pytest.fixture(scope="module")
def sandbox():
    with ConektaSandbox() as running:
        yield running


def means(method: Method) -> Deferred:
    return Deferred(method, datetime.now(UTC).replace(microsecond=0) + timedelta(hours=48))


@pytest.mark.parametrize("method", DEFERRED)
@pytest.mark.parametrize("charge_form", ["order_first", "in_order"])
def test_it_waits_with_its_instructions_until_it_is_paid(sandbox, connect, method, charge_form):
    gateway, bought, asked = (
        connect(sandbox.url, charge_form=charge_form),
        purchase(),
        means(method),
    )
    order_id = gateway.open_order(bought, 5).order_id
    pending = gateway.charge(bought, order_id, asked, 5)
    assert isinstance(pending, Pending), pending
    assert isinstance(pending.instructions, KINDS[method])
    assert pending.instructions.expires_at == asked.expires_at
    assert (pending.order.method, pending.action_url) == (method, None)
    assert gateway.look_up(bought, pending.order.id, 5) == pending
    sandbox.pay(pending.order.id)
    paid = gateway.look_up(bought, pending.order.id, 5)
    assert isinstance(paid, Paid)
    assert paid.order.amount_paid == bought.amount
    assert gateway.refund(pending.order.id, bought.amount, 5) == Refused(
        "not_refundable", Fault.OPERATOR
    )


@pytest.mark.parametrize("method", DEFERRED)
def test_asked_again_it_gives_the_same(sandbox, connect, method):
    gateway, bought, asked = connect(sandbox.url), purchase(), means(method)
    order_id = opened(gateway, bought)
    first = gateway.charge(bought, order_id, asked, 5)
    assert gateway.charge(bought, order_id, asked, 5) == first
