"""What every gateway makes of answers that are lost, late, or no answers at all."""

from __future__ import annotations

import logging
from datetime import UTC, datetime

import pytest

from portal.payments.gateway import (
    Canceled,
    Fault,
    Opened,
    Paid,
    Refunded,
    Refused,
    Unknown,
)
from portal.payments.methods import Card
from tests.payments.conekta.wire import Wire, answer
from tests.payments.contract.buying import AMOUNT, charged, opened, purchase
from tests.support.patience import within

SHORT = 0.4
LOSSES = [
    {"action": "status", "status": 500, "executed": False},
    {"action": "status", "status": 500, "executed": True},
    {"action": "status", "status": 504, "executed": True},
    {"action": "status", "status": 429, "executed": False},
    {"action": "cut", "executed": False},
    {"action": "cut", "executed": True},
    {"action": "garbage", "executed": False},
    {"action": "garbage", "executed": True},
    {"action": "truncate", "executed": True},
]


def struck(house, loss, kind, **changes):
    rest = {name: value for name, value in loss.items() if name != "action"}
    house.sandbox.fail(loss["action"], kind, **(rest | changes))


@pytest.mark.parametrize("loss", LOSSES, ids=str)
def test_a_lost_answer_to_a_charge_is_never_a_no(house, gateway, loss):
    """What happened is read off the order; that nothing is there yet proves nothing."""
    bought = purchase()
    order_id = opened(gateway, bought)
    struck(house, loss, "charge")
    outcome = gateway.charge(bought, order_id, Card(house.card()), 5)
    assert isinstance(outcome, (Paid, Unknown)), outcome
    assert not loss["executed"] or isinstance(outcome, Paid)
    paid = house.money(order_id)
    assert paid == (AMOUNT if isinstance(outcome, Paid) else 0)
    assert isinstance(gateway.look_up(bought, order_id, 5), Paid if paid else Opened)


@pytest.mark.parametrize("loss", LOSSES, ids=str)
def test_a_lost_answer_to_a_refund_is_never_given_twice(house, gateway, loss):
    order_id, _ = charged(gateway, purchase(), house.card())
    struck(house, loss, "refund")
    outcome = gateway.refund(order_id, AMOUNT, 5)
    assert isinstance(outcome, (Refunded, Unknown)), outcome
    assert isinstance(gateway.refund(order_id, AMOUNT, 5), Refunded)
    assert house.given_back(order_id) == AMOUNT


@pytest.mark.parametrize("loss", LOSSES, ids=str)
def test_a_lost_answer_to_an_opening_may_be_asked_again(house, gateway, loss):
    bought = purchase()
    started = datetime.now(UTC)
    struck(house, loss, "open_order")
    first = gateway.open_order(bought, 5)
    assert isinstance(first, (Opened, Unknown)), first
    again = opened(gateway, bought)
    found = {order.id for order in gateway.find(bought.reference, started, 5)}
    assert again in found
    assert first.order_id in found if isinstance(first, Opened) else True


def test_something_else_is_done_while_an_order_is_opened(gateway):
    done = []
    assert isinstance(gateway.open_order(purchase(), 5, lambda: done.append(True)), Opened)
    assert done == [True]


@pytest.mark.parametrize("loss", LOSSES, ids=str)
def test_a_lost_answer_to_a_cancel_is_asked_about(house, gateway, loss):
    order_id = opened(gateway, purchase())
    struck(house, loss, "cancel")
    assert isinstance(gateway.cancel(order_id, 5), (Canceled, Unknown))
    assert isinstance(gateway.cancel(order_id, 5), Canceled)


def left_hanging(house, gateway, means, executed):
    """A purchase whose charge has come to the gateway, which never answered; its order's id."""
    # On a busy machine what is written before it may take all of a short time.
    for seconds in (SHORT, 5 * SHORT, 25 * SHORT):
        bought = purchase()
        order_id, arrived = opened(gateway, bought), house.sandbox.calls()["charge"]
        house.sandbox.fail("hang", "charge", executed=executed)
        assert gateway.charge(bought, order_id, means, seconds) == Unknown("timeout")
        house.sandbox.heal()
        if house.sandbox.calls()["charge"] > arrived:
            return bought, order_id
    raise AssertionError("no charge came to the gateway in all that time")


@pytest.mark.parametrize("executed", [True, False])
@within(SHORT + 0.5, at_least=SHORT * 0.9)
def test_a_hang_ends_with_the_deadline(house, gateway, executed):
    bought, order_id = left_hanging(house, gateway, Card(house.card()), executed)
    found = gateway.look_up(bought, order_id, 5)
    assert isinstance(found, Paid if executed else Opened)
    assert house.money(order_id) == (AMOUNT if executed else 0)


@within(SHORT + 0.5, at_least=SHORT * 0.9)
def test_an_answer_that_dribbles_ends_with_the_deadline(house, gateway):
    bought = purchase()
    order_id, _ = charged(gateway, bought, house.card())
    house.sandbox.fail("dribble", "look_up", seconds=0.05)
    assert gateway.look_up(bought, order_id, SHORT) == Unknown("timeout")
    house.sandbox.heal()


def test_a_refused_key_is_the_operator_s(house):
    order_id = opened(house.gateway(), bought := purchase())
    house.sandbox.refuse(house.key)
    gateway, refused = house.gateway(), Refused("key_refused", Fault.OPERATOR)
    assert gateway.open_order(purchase(), 5) == refused
    assert gateway.check(5) == refused
    assert gateway.look_up(bought, order_id, 5) == Unknown("key_refused")
    assert gateway.find(bought.reference, datetime.now(UTC), 5) == Unknown("key_refused")
    assert house.money(order_id) == 0


def test_a_key_tells_test_from_live(house):
    assert house.gateway().check(5) is False
    assert house.gateway(key=house.live_key, live=True).check(5) is True


def test_nothing_is_sent_to_nobody(house, gateway):
    bought = purchase()
    order_id = opened(gateway, bought)
    with Wire(lambda *_: None) as nobody:
        url = nobody.url
    away = house.gateway(url)
    for said in (away.open_order(bought, 5), away.charge(bought, order_id, Card(house.card()), 5)):
        assert said == Refused("unreachable", Fault.US)
    assert away.look_up(bought, order_id, 5) == Unknown("unreachable")
    assert gateway.charge(bought, order_id, Card(house.card()), 0) == Refused("no_time", Fault.US)


HOSTILE = {
    "nothing": answer(200, b""),
    "null": answer(200, None),
    "a list": answer(200, [{"id": "x", "status": "processed"}]),
    "words": answer(200, "paid"),
    "HTML": answer(200, b"<html>paid</html>"),
    "an empty object": answer(200, {}),
    "deep": answer(200, b"[" * 200_000),
    "a huge number": answer(200, b"9" * 5000),
    "no UTF-8": answer(200, b'{"id": "\xff"}'),
    "five megabytes": answer(200, b" " * (5 * 2**20)),
    "two lengths": b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n{}",
    "no HTTP": b"220 mail.example ESMTP\r\n",
    "a redirect": answer(307, b"", Location="http://127.0.0.1:9/"),
    "odd types": answer(
        200,
        {
            "id": 7,
            "object": "order",
            "status": ["processed"],
            "total_amount": 50.0,
            "amount": "5000",
            "transactions": "none",
            "charges": 3,
            "data": {"x": 1},
        },
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_no_answer_is_neither_yes_nor_no(house, name):
    with Wire(lambda *_: HOSTILE[name]) as wire:
        gateway, bought = house.gateway(wire.url), purchase()
        said = (
            gateway.open_order(bought, 5),
            gateway.look_up(bought, "ord_1", 5),
            gateway.find(bought.reference, datetime.now(UTC), 5),
            gateway.cancel("ord_1", 5),
            gateway.refund("ord_1", AMOUNT, 5),
            gateway.check(5),
            *gateway.orders(datetime.now(UTC), 5),
        )
        charge = gateway.charge(bought, "ord_1", Card(house.card()), 5)
    assert all(isinstance(each, Unknown) for each in said), said
    # Where the charge itself was not sent yet, that nothing was charged is certain.
    assert isinstance(charge, Unknown) or charge.fault is Fault.US


def test_no_secret_is_told(house, caplog):
    """Not by what is returned, not by what is logged, whatever goes wrong."""
    caplog.set_level(logging.DEBUG)
    seen: list[object] = []
    gateway = house.gateway(observe=lambda *told: seen.append(told))
    card, bought = house.card(), purchase()
    order_id = opened(gateway, bought)
    said = [gateway]
    for action in ("cut", "garbage"):
        house.sandbox.fail(action, "charge", times=None)
        said += [
            gateway.charge(bought, order_id, Card(card), 5),
            gateway.look_up(bought, order_id, 5),
        ]
        house.sandbox.heal()
    house.sandbox.refuse(house.key)
    said += [gateway.open_order(purchase(), 5), gateway.check(5)]
    told = repr(said) + repr(seen) + caplog.text
    for secret in (house.key, card, card.partition(".")[0]):
        assert secret not in told
