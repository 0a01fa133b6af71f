"""Test what the contract leaves to Conekta: a charge along with its order, and its own manners.

What every gateway does is in `tests/payments/contract`.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from time import monotonic

import pytest
import requests

from portal.payments.conekta.signatures import verify
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
from portal.sandbox.conekta import ConektaSandbox, LaterChallenge
from tests.payments.conekta.samples import PURCHASE
from tests.payments.conekta.wire import Wire, answer
from tests.support.patience import PATIENCE

VISA = "tok_test_visa_4242"
LIVE_KEY = "key_live"
CHALLENGE_CARD = "4000000000001091"


@pytest.fixture(scope="module")
def running():
    with ConektaSandbox(live_keys=[LIVE_KEY]) as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(running):
    yield running
    running.heal()
    running.behave(
        decline_status=402, second_charge_status=428, later_challenge=LaterChallenge.START
    )
    running.reset_figures()


@pytest.fixture
def form():
    return "in_order"


@pytest.fixture
def gateway(sandbox, connect, form):
    return connect(sandbox.url, charge_form=form)


def buy(gateway, token, purchase=PURCHASE, seconds=5):
    """Open and charge, as a sale does: the order's id, where there is one, and the outcome."""
    opened = gateway.open_order(purchase, 5)
    assert isinstance(opened, Opened)
    return opened.order_id, gateway.charge(purchase, opened.order_id, Card(token), seconds)


def test_paid_looked_up_found_and_refunded(gateway, sandbox):
    purchase = replace(PURCHASE, reference=f"sale-{monotonic()}")
    _, paid = buy(gateway, VISA, purchase)
    assert isinstance(paid, Paid)
    assert sandbox.order(paid.order.id)["amount"] == 5000
    assert gateway.look_up(purchase, paid.order.id, 5).order.card_last4 == "4242"
    (found,) = gateway.find(purchase.reference, datetime.now(UTC), 5)
    assert (found.id, found.owner, found.status) == (
        paid.order.id,
        purchase.owner,
        OrderStatus.PAID,
    )
    assert isinstance(gateway.cancel(paid.order.id, 5), Paid)
    for _ in range(2):
        assert isinstance(gateway.refund(paid.order.id, 5000, 5), Refunded)
    assert sandbox.order(paid.order.id)["amount_refunded"] == 5000
    gone = gateway.look_up(purchase, paid.order.id, 5)
    assert (gone.reason, gone.park) == ("refunded", True)


@pytest.mark.parametrize("status", [402, 200])
@pytest.mark.parametrize("token", ["tok_test_card_declined", "tok_test_insufficient_funds"])
def test_declined(gateway, sandbox, status, token):
    sandbox.behave(decline_status=status)
    _, declined = buy(gateway, token)
    assert isinstance(declined, Declined)
    assert "Intenta con otro método" in declined.message.replace("intenta", "Intenta")
    assert isinstance(gateway.look_up(PURCHASE, declined.order.id, 5), Declined)
    assert isinstance(gateway.cancel(declined.order.id, 5), Canceled)


def test_tokens_that_are_refused(gateway, sandbox):
    assert buy(gateway, "tok_of_nobody")[1].fault is Fault.CUSTOMER
    used = sandbox.mint()
    assert isinstance(buy(gateway, used)[1], Paid)
    _, refused = buy(gateway, used)
    assert refused == Refused(
        "processing.tokenization.used",
        Fault.CUSTOMER,
        "El token ya fue utilizado.",
        decline_reason=DeclineReason.FORM_EXPIRED,
    )


@pytest.mark.parametrize("passed", [True, False])
def test_3ds(gateway, sandbox, passed):
    _, pending = buy(gateway, sandbox.mint(CHALLENGE_CARD))
    assert isinstance(pending, Pending)
    assert pending.action_url.startswith(sandbox.url)
    sandbox.challenge(pending.order.id, passed)
    found = gateway.look_up(PURCHASE, pending.order.id, 5)
    assert isinstance(found, Paid if passed else Declined)


@pytest.mark.parametrize(
    ("later", "kind"), [(LaterChallenge.SKIP, Paid), (LaterChallenge.DECLINE, Declined)]
)
def test_3ds_where_a_later_charge_does_not_start_it(sandbox, connect, later, kind):
    sandbox.behave(later_challenge=later)
    assert isinstance(buy(connect(sandbox.url), sandbox.mint(CHALLENGE_CARD))[1], kind)


def test_names_of_all_kinds_are_taken(gateway, sandbox):
    for name in ("Ñ", "José Ángel 😀", "x" * 400):
        purchase = replace(PURCHASE, description=name, customer=Customer(name, "a@b.mx"))
        assert isinstance(buy(gateway, VISA, purchase)[1], Paid)


def test_too_little_is_the_operators_fault(sandbox, connect):
    cheap = replace(PURCHASE, amount=299)
    assert connect(sandbox.url).open_order(cheap, 5).fault is Fault.OPERATOR


def test_a_refused_key(sandbox, connect, form):
    sandbox.refuse("key_bad")
    gateway = connect(sandbox.url, key="key_bad", charge_form=form)
    refused = Refused("key_refused", Fault.OPERATOR)
    assert gateway.charge(PURCHASE, None, Card(VISA), 5) == refused
    assert gateway.check(5) == refused


def test_a_key_of_the_other_mode_charges_nothing(sandbox, connect):
    gateway = connect(sandbox.url, key=LIVE_KEY, live=False)
    assert gateway.open_order(PURCHASE, 5) == Refused("mode_mismatch", Fault.OPERATOR)


def test_in_order_a_lost_charge_is_found_by_its_reference(sandbox, connect):
    gateway = connect(sandbox.url, charge_form="in_order")
    purchase = replace(PURCHASE, reference=f"sale-{monotonic()}")
    sandbox.fail("cut", "order_with_charge", executed=True)
    assert gateway.charge(purchase, None, Card(VISA), 5) == Unknown("dropped")
    (found,) = gateway.find(purchase.reference, datetime.now(UTC), 5)
    assert isinstance(gateway.look_up(purchase, found.id, 5), Paid)


@pytest.mark.parametrize("status", [428, 422])
def test_a_second_charge_tells_of_the_first(sandbox, connect, status):
    sandbox.behave(second_charge_status=status)
    gateway = connect(sandbox.url)
    order_id, _ = buy(gateway, VISA)
    assert isinstance(gateway.charge(PURCHASE, order_id, Card(VISA), 5), Paid)
    assert len(sandbox.order(order_id)["charges"]["data"]) == 1


def test_a_list_longer_than_a_page(sandbox, connect):
    gateway = connect(sandbox.url, key="key_of_many_orders")
    started = datetime.now(UTC)
    opened = [gateway.open_order(PURCHASE, 5).order_id for _ in range(251)]
    sandbox.reset_figures()
    found = gateway.find(PURCHASE.reference, started, 5)
    assert sorted(order.id for order in found) == sorted(opened)
    assert sandbox.calls()["list"] == 2
    listed = list(gateway.orders(started.replace(microsecond=0), 5))
    assert len(listed) == 251


@pytest.mark.parametrize("literal", [False, True])
def test_the_signature_of_a_webhook(sandbox, literal):
    sandbox.behave(literal_newlines=literal)
    with Wire(lambda *_: answer(200, {})) as listener:
        key = ask(sandbox, "/webhook_keys", active=True)
        hook = ask(sandbox, "/webhooks", url=f"{listener.url}/hook")
        ask(sandbox, f"/webhooks/{hook['id']}/test")
        assert listener.arrived.wait(PATIENCE)
        delivered = listener.requests[0]
    assert ("\\n" in key["public_key"]) is literal
    assert verify(key["public_key"], delivered.headers["digest"], delivered.body)
    assert not verify(key["public_key"], delivered.headers["digest"], delivered.body + b" ")


def ask(sandbox, path, **body):
    headers = {
        "Authorization": "Bearer key_of_webhooks",
        "Accept": "application/vnd.conekta-v2.3.0+json",
    }
    return requests.post(sandbox.url + path, json=body, headers=headers, timeout=PATIENCE).json()
