"""What every gateway does with money: in once, back once, and never otherwise than agreed.

The tests' own gateway is held to it as well.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from portal.payments.declines import DeclineReason
from portal.payments.gateway import (
    Canceled,
    Customer,
    Declined,
    Fault,
    Opened,
    OrderStatus,
    Paid,
    Pending,
    Refunded,
    Refused,
    Unknown,
)
from portal.payments.methods import Card
from tests.payments.contract.buying import AMOUNT, charged, opened, purchase
from tests.payments.contract.houses import ANYBODY, STRANGE_TOKEN, House, open_house


@pytest.fixture(scope="module", params=ANYBODY)
def running(request: pytest.FixtureRequest) -> Iterator[House]:
    with open_house(request.param) as house:
        yield house


REASONS = {"declined": DeclineReason.NO_REASON, "no_funds": DeclineReason.INSUFFICIENT_FUNDS}


def test_an_order_stands_open_without_money(house, gateway):
    bought = purchase()
    order_id = opened(gateway, bought)
    assert gateway.look_up(bought, order_id, 5) == Opened(order_id)
    assert house.money(order_id) == 0


def test_a_paid_order_is_the_purchase_and_no_other(house, gateway):
    bought = purchase()
    order_id, paid = charged(gateway, bought, house.card())
    assert isinstance(paid, Paid), paid
    order = paid.order
    assert (order.id, order.amount, order.currency) == (order_id, AMOUNT, "MXN")
    assert (order.reference, order.owner, order.live) == (bought.reference, bought.owner, False)
    assert isinstance(gateway.look_up(bought, order_id, 5), Paid)
    assert house.money(order_id) == AMOUNT
    other = gateway.look_up(purchase(), order_id, 5)
    assert (other.reason, other.park) == ("other_purchase", True)


@pytest.mark.parametrize("amount", [300, 1999, 2000, 123456, 10_000_050])
def test_amounts_are_exact(house, gateway, amount):
    order_id, paid = charged(gateway, purchase(amount=amount), house.card())
    assert isinstance(paid, Paid)
    assert (paid.order.amount, house.money(order_id)) == (amount, amount)


def test_a_second_charge_of_an_order_moves_nothing(house, gateway):
    bought = purchase()
    order_id, _ = charged(gateway, bought, house.card())
    assert isinstance(gateway.charge(bought, order_id, Card(house.card()), 5), Paid)
    assert house.money(order_id) == AMOUNT


@pytest.mark.parametrize("kind", REASONS)
@pytest.mark.parametrize("status", [402, 200])
def test_a_declined_card_says_why_and_ends_its_order(house, gateway, kind, status):
    house.sandbox.behave(decline_status=status)
    bought = purchase()
    order_id, declined = charged(gateway, bought, house.card(kind))
    assert isinstance(declined, Declined), declined
    assert declined.reason is REASONS[kind]
    assert gateway.look_up(bought, order_id, 5).reason is declined.reason
    assert isinstance(gateway.cancel(order_id, 5), Canceled)
    assert house.money(order_id) == 0


def test_a_token_is_good_once(house, gateway):
    card = house.card()
    assert isinstance(charged(gateway, purchase(), card)[1], Paid)
    for bad in (card, STRANGE_TOKEN, "x"):
        order_id, refused = charged(gateway, purchase(), bad)
        assert isinstance(refused, Refused), refused
        assert refused.fault is Fault.CUSTOMER
        assert house.money(order_id) == 0


@pytest.mark.parametrize("passed", [True, False])
def test_3ds_waits_for_the_buyer(house, gateway, passed):
    bought = purchase()
    order_id, pending = charged(gateway, bought, house.card("challenge"))
    assert isinstance(pending, Pending), pending
    assert pending.action_url.startswith(house.sandbox.url)
    assert gateway.look_up(bought, order_id, 5).action_url == pending.action_url
    house.sandbox.challenge(order_id, passed)
    found = gateway.look_up(bought, order_id, 5)
    assert isinstance(found, Paid if passed else Declined)
    assert house.money(order_id) == (AMOUNT if passed else 0)


def test_what_is_canceled_takes_no_money(house, gateway):
    bought = purchase()
    order_id = opened(gateway, bought)
    for _ in range(2):
        assert isinstance(gateway.cancel(order_id, 5), Canceled)
    assert isinstance(gateway.look_up(bought, order_id, 5), Canceled)
    found = gateway.charge(bought, order_id, Card(house.card()), 5)
    assert isinstance(found, (Refused, Unknown)), found
    assert house.money(order_id) == 0


def test_3ds_left_undone_can_be_canceled(house, gateway):
    order_id, _ = charged(gateway, purchase(), house.card("challenge"))
    assert isinstance(gateway.cancel(order_id, 5), Canceled)


def test_what_is_paid_is_not_canceled(house, gateway):
    order_id, _ = charged(gateway, purchase(), house.card())
    assert isinstance(gateway.cancel(order_id, 5), Paid)


def test_late_money_is_seen(house, gateway):
    bought = purchase()
    order_id = opened(gateway, bought)
    gateway.cancel(order_id, 5)
    house.sandbox.pay(order_id)
    assert isinstance(gateway.look_up(bought, order_id, 5), Paid)


def test_money_goes_back_once(house, gateway):
    bought = purchase()
    order_id, _ = charged(gateway, bought, house.card())
    for _ in range(2):
        refunded = gateway.refund(order_id, AMOUNT, 5)
        assert isinstance(refunded, Refunded), refunded
        assert refunded.amount == AMOUNT
    assert house.given_back(order_id) == AMOUNT
    gone = gateway.look_up(bought, order_id, 5)
    assert (gone.reason, gone.park) == ("refunded", True)


def test_what_went_back_in_part_is_not_given_back_whole(house, gateway):
    order_id, _ = charged(gateway, purchase(), house.card())
    house.refund_outside(order_id, 1000)
    refused = gateway.refund(order_id, AMOUNT, 5)
    assert isinstance(refused, Refused), refused
    assert (refused.reason, refused.fault) == ("partly_refunded", Fault.OPERATOR)
    assert refused.order is not None
    assert (refused.order.amount_refunded, house.given_back(order_id)) == (1000, 1000)


def test_money_that_the_bank_took_back_is_not_ours_to_give(house, gateway):
    order_id, _ = charged(gateway, purchase(), house.card())
    house.sandbox.charge_back(order_id)
    outcome = gateway.refund(order_id, AMOUNT, 5)
    assert isinstance(outcome, Unknown), outcome
    assert (outcome.reason, outcome.order.status) == ("charged_back", OrderStatus.CHARGED_BACK)


def test_what_is_not_paid_is_not_refunded(house, gateway):
    order_id = opened(gateway, purchase())
    assert isinstance(gateway.refund(order_id, AMOUNT, 5), (Refused, Unknown))
    assert house.given_back(order_id) == 0


def test_money_that_went_back_without_us_is_a_person_s(house, gateway):
    bought = purchase()
    part, _ = charged(gateway, bought, house.card())
    house.refund_outside(part, 1000)
    found = gateway.look_up(bought, part, 5)
    assert (found.reason, found.park) == ("partially_refunded", True)
    assert found.order.amount_refunded == 1000
    bank, _ = charged(gateway, bought := purchase(), house.card())
    house.sandbox.charge_back(bank)
    found = gateway.look_up(bought, bank, 5)
    assert (found.reason, found.park) == ("charged_back", True)


def test_money_of_another_amount_is_no_payment(house, gateway):
    bought = purchase()
    order_id, _ = charged(gateway, bought, house.card())
    house.alter_amount(order_id, AMOUNT - 100)
    assert isinstance(gateway.look_up(bought, order_id, 5), Unknown)


def test_orders_are_found_by_our_reference(gateway):
    started = datetime.now(UTC)
    bought = purchase()
    order_id = opened(gateway, bought)
    (found,) = gateway.find(bought.reference, started, 5)
    assert (found.id, found.owner, found.status) == (order_id, bought.owner, OrderStatus.OPEN)
    assert gateway.find("sal_of_nobody", started, 5) == ()


def test_all_orders_of_the_account_are_told_by_pages(house):
    many = house.gateway(key=house.key + "0many")
    started = datetime.now(UTC) - timedelta(seconds=1)
    ids = [opened(many, purchase()) for _ in range(103)]
    told = list(many.orders(started, 5))
    assert sorted(order.id for order in told) == sorted(ids)
    assert all(order.created_at.tzinfo is not None for order in told)
    assert list(house.gateway(key=house.key + "0other").orders(started, 5)) == []


@pytest.mark.parametrize("name", ["Ñ", "José Ángel 😀", "x" * 100, "Łukasz Žižka"])
def test_names_of_all_kinds_are_taken(house, gateway, name):
    house.sandbox.behave(plain_names=True)
    bought = purchase(customer=Customer(name, "a@b.mx"), description=name)
    assert isinstance(charged(gateway, bought, house.card())[1], Paid)
    house.sandbox.behave(plain_names=False)


def test_a_currency_that_is_not_the_account_s_is_found_out_before_a_charge(house, gateway):
    found = gateway.open_order(purchase(currency="CLP"), 5)
    assert isinstance(found, (Refused, Opened)), found
