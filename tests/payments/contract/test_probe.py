"""Test what a test account is asked, and that every gateway of ours answers as a sale expects."""

from __future__ import annotations

import pytest

from portal.payments.methods import Method
from portal.payments.probe import GatewayProbe, ProbeFinding, ProbeQuestion
from portal.payments.trial_cards import TrialCard
from tests.payments.contract.houses import open_house

KINDS = {
    TrialCard.GOOD: "good",
    TrialCard.SECOND: "good",
    TrialCard.THIRD: "good",
    TrialCard.DECLINED: "declined",
    TrialCard.NO_FUNDS: "no_funds",
    TrialCard.CHALLENGE: "challenge",
}


def probed(
    house, gateway, cards=tuple(KINDS), methods=tuple(Method)
) -> dict[ProbeQuestion, ProbeFinding]:
    tokens = {card: house.card(KINDS[card]) for card in cards}
    found = GatewayProbe(gateway, tokens, "probe of tests", "MXN", 5.0, methods).findings()
    return {finding.question: finding for finding in found}


def test_a_sandbox_answers_as_a_sale_expects(house, gateway):
    found = probed(house, gateway)
    assert list(found) == list(ProbeQuestion)
    assert {question: each.passed for question, each in found.items()} == dict.fromkeys(
        ProbeQuestion, True
    ), found


def test_money_of_a_probe_goes_back(house, gateway):
    probed(house, gateway)
    paid = [order["id"] for order in house.sandbox.orders() if house.money(order["id"])]
    assert paid
    assert {house.given_back(order) for order in paid} == {2000}


def test_it_goes_back_though_it_was_refused_at_first(house, gateway):
    house.sandbox.fail("status", "refund", times=2, status=503)
    test_money_of_a_probe_goes_back(house, gateway)


def test_a_second_payment_of_an_order_is_told():
    """By a gateway that takes one, as none should: it is what a sale is broken by."""
    with open_house("conekta") as house:
        house.sandbox.behave(second_charge_status=200)
        found = probed(house, house.gateway())
    assert found[ProbeQuestion.CHARGE].passed is True
    assert found[ProbeQuestion.CHARGE_AGAIN].passed is False
    assert found[ProbeQuestion.CHARGE_AGAIN].said == "Paid"
    assert found[ProbeQuestion.LOOK_UP_PAID].passed is False


def test_a_method_that_the_account_lacks_is_told(house, gateway):
    house.lack(Method.CASH)
    try:
        found = probed(house, gateway)
    finally:
        house.have_all()
    assert found[ProbeQuestion.TRANSFER].passed is True
    assert found[ProbeQuestion.CASH].passed is False
    assert found[ProbeQuestion.CASH].said.startswith("Refused(")


def test_a_method_that_the_provider_does_not_name_is_not_asked_for(house, gateway):
    found = probed(house, gateway, methods=[Method.CARD, Method.CASH])
    assert found[ProbeQuestion.TRANSFER_AGAIN].passed is None
    assert found[ProbeQuestion.TRANSFER_AGAIN].said == "no spei"
    assert found[ProbeQuestion.CANCEL_CASH].passed is True


def test_an_order_of_a_deferred_payment_does_not_stay_open(house, gateway):
    before = {order["id"] for order in house.sandbox.orders()}
    probed(house, gateway)
    made = [order for order in house.sandbox.orders() if order["id"] not in before]
    statuses = {order.get("payment_status", order.get("status")) for order in made}
    assert not statuses & {"pending_payment", "action_required"}


def test_what_needs_a_card_that_is_not_there_is_told(house, gateway):
    found = probed(house, gateway, (TrialCard.GOOD,))
    assert found[ProbeQuestion.CHALLENGE].passed is None
    assert found[ProbeQuestion.CHALLENGE].said == "no challenge card"
    assert found[ProbeQuestion.REFUND].passed is True


def test_a_live_key_is_asked_nothing_more(house):
    found = probed(house, house.gateway(key=house.live_key, live=True))
    assert [(each.question, each.said, each.passed) for each in found.values()] == [
        (ProbeQuestion.KEY, "live", False)
    ]


@pytest.mark.parametrize(
    ("kind", "question"),
    [
        ("charge", ProbeQuestion.CHARGE),
        ("refund", ProbeQuestion.REFUND),
        ("cancel", ProbeQuestion.CANCEL_OPEN),
    ],
)
def test_an_answer_that_no_sale_expects_is_told(house, gateway, kind, question):
    house.sandbox.fail("status", kind, times=None, status=503)
    found = probed(house, gateway)
    assert found[question].passed is False, found
    assert found[question].said.startswith("Unknown(")
