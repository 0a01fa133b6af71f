"""What is decided otherwise of deferred payments: every state, every event."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import product

import pytest

from portal.alerts.kinds import AlertKind
from portal.models.sale_states import ForbiddenMove, SaleState
from portal.payments.gateway import (
    Canceled,
    Declined,
    Opened,
    OrderStatus,
    Paid,
    Pending,
    Unknown,
)
from portal.payments.methods import TransferInstructions
from portal.sales import decisions
from portal.sales.decision_values import CloseOrder, Decision, Due, Now, RefundObjection, SaleFacts
from portal.sales.deferred.instructions import read
from tests.sales.decision_tables import (
    FOLLOWED_IN,
    LIMITS,
    NOON,
    NOW,
    DecisionTable,
    follow,
    order,
    outcome,
    sale,
    walk,
)

HOUR = timedelta(hours=1)
ENDS = NOON + 24 * HOUR
HOW = TransferInstructions("646180111812345678", "STP", ENDS)
MISMATCH = "amount_mismatch"


def deferred(state: str, **about: object) -> SaleFacts:
    """One that is paid by transfer until tomorrow."""
    return sale(state, **{"is_deferred": True, "amount": 2000, "payable_until": ENDS} | about)


def paid(came: int | None = None) -> Paid:
    return Paid(order(OrderStatus.PAID, amount_paid=came))


def mismatch(came: int) -> Unknown:
    found = order(OrderStatus.PAID, amount_paid=came)
    return Unknown(MISMATCH, park=True, order=found)


LOOKS = {
    "waits": Pending(order(OrderStatus.PENDING), None, HOW),
    "paid": paid(2000),
    "twice": paid(4000),
    "too little": mismatch(1500),
    "too much": mismatch(2500),
    "closed with a part": Unknown("unclear", order=order(OrderStatus.UNCLEAR, amount_paid=1500)),
    "other currency": Unknown("currency_mismatch", park=True, order=order(OrderStatus.PAID)),
    "open": Opened("ord_1"),
    "canceled": Canceled(order(OrderStatus.CANCELED)),
    "declined": Declined("No", order(OrderStatus.DECLINED)),
    "silence": Unknown("timeout"),
}


HAVE_PAID = ("paid", "twice", "too much")
FOLLOWED = DecisionTable(
    follow, deferred, LOOKS, FOLLOWED_IN,
    {
    "waits":          ("pending", "nothing", "nothing", "nothing"),
    "paid":           ("paid",    "paid",    "nothing", "nothing"),
    "twice":          ("paid",    "paid",    "nothing", "nothing"),
    "too little":     ("parked",  "parked",  "nothing", "nothing"),
    "closed with a part": ("parked", "parked", "nothing", "nothing"),
    "too much":       ("paid",    "paid",    "nothing", "nothing"),
    "other currency": ("parked",  "parked",  "nothing", "nothing"),
    "open":           ("waiting", "nothing", "nothing", "nothing"),
    "canceled":       ("expired", "nothing", "nothing", "nothing"),
    "declined":       ("expired", "nothing", "nothing", "nothing"),
    "silence":        ("waiting", "silence", "silence", "silence"),
    },
)  # fmt: skip
CLOSED = DecisionTable(
    lambda facts, closing: decisions.closed(facts, closing, NOON), deferred, LOOKS,
    (("canceling",),),
    {
    "paid":       ("paid",),   "twice":              ("paid",),   "too much": ("paid",),
    "too little": ("parked",), "closed with a part": ("parked",),
    "canceled":   ("canceled",),                                  "silence":  ("waiting",),
    },
)  # fmt: skip
REPLACED = DecisionTable(
    lambda facts, look: decisions.replaced(facts, look, NOON),
    deferred,
    LOOKS,
    (("charging", "pending"),),
    {event: ("paid" if event in HAVE_PAID else "replaced",) for event in LOOKS},
)


def test_the_table_is_whole() -> None:
    assert FOLLOWED.rows.keys() == LOOKS.keys()


@pytest.mark.parametrize(("state", "event"), FOLLOWED.cases())
def test_every_look_in_every_state(state: str, event: str) -> None:
    FOLLOWED.check(state, event)


@pytest.mark.parametrize(("state", "event"), CLOSED.cases())
def test_every_closing_in_every_state(state: str, event: str) -> None:
    CLOSED.check(state, event)


@pytest.mark.parametrize(("state", "event"), REPLACED.cases())
def test_another_way_to_pay_in_every_state(state: str, event: str) -> None:
    REPLACED.check(state, event)


@pytest.mark.parametrize("event", LOOKS)
def test_only_a_certain_no_closes_the_order_that_was_replaced(event: str) -> None:
    replaced = decisions.replaced(deferred("pending"), LOOKS[event], NOON)
    assert replaced.is_closed == (event == "canceled")


@pytest.mark.parametrize("event", LOOKS)
def test_who_gives_up_what_is_paid_has_bought_it(event: str) -> None:
    ends = dict.fromkeys(HAVE_PAID, "paid") | {"declined": "expired"}
    decision = decisions.given_up(deferred("pending"), LOOKS[event], NOON)
    assert outcome(decision) == ends.get(event, "close")


@pytest.mark.parametrize("event", HAVE_PAID)
def test_what_is_paid_by_the_time_it_is_closed_is_honoured(event: str) -> None:
    look = LOOKS[event]
    assert isinstance(look, (Paid, Unknown))
    decision = decisions.closed_undecided(deferred("pending"), look, "not paid in time", NOON)
    assert outcome(decision) == "paid"


def test_it_waits_for_its_buyer_and_no_longer() -> None:
    def look(past_its_end: timedelta, *, is_trusted: bool = True) -> str:
        late = Now(ENDS + past_its_end, is_trusted)
        return outcome(decisions.followed(deferred("pending"), LOOKS["waits"], late, LIMITS))

    assert look(timedelta()) == "pending"
    assert look(HOUR) == "close"
    assert look(HOUR, is_trusted=False) == "pending"
    asked = decisions.followed(deferred("pending"), LOOKS["waits"], NOW, LIMITS)
    assert not isinstance(asked, CloseOrder)
    assert asked.due is Due.PATIENTLY
    assert read("spei", asked.columns["instructions"]) == HOW
    assert asked.columns["payable_until"] == ENDS
    again = decisions.followed(deferred("pending", knows_how=True), LOOKS["waits"], NOW, LIMITS)
    assert not isinstance(again, CloseOrder)
    assert "payable_until" not in again.columns


def test_nobody_is_called_while_it_waits() -> None:
    day = Now(NOON + timedelta(hours=24), is_trusted=True)
    assert outcome(decisions.stuck(deferred("pending"), NOON, day, LIMITS)) == "nothing"
    assert outcome(decisions.stuck(deferred("charging"), NOON, day, LIMITS)) == "parked"
    done = Now(ENDS + timedelta(hours=25), is_trusted=True)
    assert outcome(decisions.stuck(deferred("pending"), NOON, done, LIMITS)) == "parked"


@pytest.mark.parametrize(
    ("after", "due"),
    [(timedelta(), Due.RARELY), (timedelta(days=3.9), Due.RARELY), (timedelta(days=4), Due.NEVER)],
)
def test_money_may_be_on_its_way_for_some_days(after: timedelta, due: Due) -> None:
    closed = decisions.closed(deferred("canceling"), Canceled(), ENDS + after)
    again = decisions.late_again(deferred("canceled"), LOOKS["canceled"], ENDS + after)
    assert closed.due is again.due is due
    card = decisions.closed(sale("canceling"), Canceled(), NOON)
    assert card.due is Due.NEVER


TOLD = {
    "paid": [], "twice": [AlertKind.OVERPAID], "too much": [AlertKind.OVERPAID], "too little": [],
}  # fmt: skip


@pytest.mark.parametrize(("state", "event"), list(product(("pending", "canceled"), TOLD)))
def test_the_operator_hears_of_what_bought_nothing(state: str, event: str) -> None:
    decision = decisions.followed(deferred(state), LOOKS[event], NOW, LIMITS)
    assert not isinstance(decision, CloseOrder)
    assert [tell.kind for tell in decision.tells] == TOLD[event]


def test_one_more_payment_on_the_same_reference_is_told_once() -> None:
    first = decisions.outside(deferred("delivered"), LOOKS["twice"], NOON)
    assert (first.columns, len(first.tells)) == ({"amount_received": 4000}, 1)
    known = deferred("delivered", amount_received=4000)
    assert decisions.outside(known, LOOKS["twice"], NOON) == decisions.NOTHING
    third = decisions.outside(known, paid(6000), NOON)
    assert (third.columns, len(third.tells)) == ({"amount_received": 6000}, 1)


def test_what_was_missing_came_after_all() -> None:
    waiting = deferred("pending", parked_reason=MISMATCH, amount_received=1500)
    decision = decisions.followed(waiting, LOOKS["paid"], NOW, LIMITS)
    assert not isinstance(decision, CloseOrder)
    assert (outcome(decision), decision.tells) == ("paid", ())
    assert decision.columns["amount_received"] is None


def test_a_gateway_that_says_nothing_of_what_is_parked_is_no_answer() -> None:
    """No due time asks again of a sale that waits for a person."""
    waiting = deferred("pending", parked_reason=MISMATCH, amount_received=1500)
    assert follow(waiting, LOOKS["silence"]) == decisions.SILENCE
    refused = follow(waiting, Unknown("key_refused"))
    assert isinstance(refused, Decision)
    assert (outcome(refused), [tell.kind for tell in refused.tells]) == ("silence", ["key_refused"])


@pytest.mark.parametrize("state", ["refunded", "charged_back"])
def test_late_money_that_is_gone_by_now_is_not_told_as_kept(state: str) -> None:
    """Whoever is told to give it back would give back what another reference bought."""
    gone = Unknown(state, park=True, order=order(OrderStatus(state), amount_paid=4000))
    replaced = deferred("canceled", cancel_reason="replaced")
    decision = decisions.late(replaced, gone, NOON)
    assert decision.then is not None
    assert (outcome(decision), decision.tells) == ("paid, reversed", ())
    assert [tell.kind for tell in decision.then.tells] == [state]


def test_a_part_that_went_back_by_hand_and_at_the_gateway_is_told_as_twice() -> None:
    about = {"cancel_reason": "returned", "amount_received": 1500, "amount_returned": 1500}
    back = order(OrderStatus.REFUNDED, amount_paid=1500, amount_refunded=1500)
    look = Unknown("refunded", park=True, order=back)
    decision = decisions.late(deferred("canceled", **about), look, NOON)
    assert decision.then is not None
    [tell] = decision.then.tells
    assert "dos veces" in tell.message


def test_a_reference_that_was_replaced_and_paid_all_the_same_is_told() -> None:
    decision = decisions.late(deferred("canceled", cancel_reason="replaced"), LOOKS["paid"], NOON)
    assert [tell.kind for tell in decision.tells] == [AlertKind.PAID_TWICE]


BY_HAND = {
    "paid": "refunded", "delivered": "refunded", "charging": "canceling", "pending": "canceling",
    "canceling": "canceling", "canceled": "canceled",
}  # fmt: skip


@pytest.mark.parametrize("state", SaleState)
def test_money_that_went_back_by_hand_in_every_state(state: str) -> None:
    if state not in BY_HAND:
        with pytest.raises(ForbiddenMove):
            decisions.returned_by_hand(deferred(state), "SPEI 123")
        return
    decision = decisions.returned_by_hand(deferred(state), "SPEI 123")
    assert (outcome(decision), walk(state, decision)) == ("returned", BY_HAND[state])
    assert decision.columns.get("amount_refunded") == (
        2000 if state in ("paid", "delivered") else None
    )


def test_what_went_back_by_hand_is_asked_for_no_more() -> None:
    about = {"amount_received": 1500, "amount_returned": 1500, "cancel_reason": "returned"}
    little = LOOKS["too little"]
    assert isinstance(little, Unknown)
    assert outcome(decisions.closed(deferred("canceling", **about), little, NOON)) == "canceled"
    assert decisions.late(deferred("canceled", **about), little, NOON) == decisions.NOTHING
    closed = LOOKS["closed with a part"]
    assert isinstance(closed, Unknown)
    assert outcome(decisions.closed(deferred("canceling", **about), closed, NOON)) == "canceled"
    more = decisions.late(deferred("canceled", **about), mismatch(1800), NOON)
    assert (outcome(more), more.columns["amount_received"]) == ("parked", 1800)


@pytest.mark.parametrize(
    ("came", "outcomes"),
    [(2000, ("parked", "parked")), (3000, ("parked", "parked")), (3500, ("paid", "paid"))],
)
def test_what_went_back_by_hand_pays_for_nothing(came: int, outcomes: tuple[str, str]) -> None:
    about = {"amount_received": 1500, "amount_returned": 1500, "cancel_reason": "returned"}
    look = paid(came) if came == 2000 else mismatch(came)
    late = decisions.late(deferred("canceled", **about), look, NOON)
    closing = decisions.closed(deferred("canceling", **about), look, NOON)
    assert (outcome(late), outcome(closing)) == outcomes
    assert late.columns["amount_received"] == closing.columns["amount_received"] == came
    back = {"amount_received": came, "amount_returned": came, "cancel_reason": "returned"}
    assert decisions.late(deferred("canceled", **back), look, NOON) == decisions.NOTHING
    held = deferred("canceling", **about | {"amount_received": came, "parked_reason": MISMATCH})
    assert outcome(decisions.closed(held, look, NOON)) == outcomes[1]


def test_money_on_what_was_sold_after_a_part_went_back_is_told_without_that_part() -> None:
    sold = deferred("delivered", amount_received=3500, amount_returned=1500, paid_at=NOON - HOUR)
    assert decisions.outside(sold, mismatch(3500), NOON) == decisions.NOTHING
    more = decisions.outside(sold, mismatch(5500), NOON)
    assert more.columns == {"amount_received": 5500}
    assert ["Llegaron $40 MXN" in tell.message for tell in more.tells] == [True]


def test_money_on_what_went_back_whole_is_told_as_that() -> None:
    gone = deferred("refunded", cancel_reason="returned", paid_at=NOON - HOUR)
    decision = decisions.followed(gone, LOOKS["twice"], NOW, LIMITS)
    assert not isinstance(decision, CloseOrder)
    [tell] = decision.tells
    assert "otros $20 MXN" in tell.message
    assert "vendido" not in tell.message


@pytest.mark.parametrize(("came", "told"), [(3500, []), (4000, ["25"])])
def test_what_went_back_by_hand_is_no_surplus(came: int, told: list[str]) -> None:
    about = {"amount_received": 1500, "amount_returned": 1500, "cancel_reason": "returned"}
    decision = decisions.late(deferred("canceled", **about), mismatch(came), NOON)
    assert (outcome(decision), len(decision.tells)) == ("paid", len(told))
    for amount, tell in zip(told, decision.tells, strict=True):
        assert f"${amount}" in tell.message


def test_one_more_payment_after_all_went_back_by_hand_is_told_once() -> None:
    returned = deferred(
        "refunded", is_returned_by_hand=True, cancel_reason="returned", paid_at=NOON - HOUR
    )

    def follow(sale: SaleFacts, event: str) -> Decision:
        decision = decisions.followed(sale, LOOKS[event], NOW, LIMITS)
        assert not isinstance(decision, CloseOrder)
        return decision

    assert follow(returned, "paid") == decisions.NOTHING
    again = follow(returned, "twice")
    assert (again.columns, len(again.tells)) == ({"amount_received": 4000}, 1)
    assert follow(replace(returned, amount_received=4000), "twice") == decisions.NOTHING
    assert follow(returned, "silence") == decisions.SILENCE
    with pytest.raises(ForbiddenMove):
        follow(replace(returned, is_returned_by_hand=False, cancel_reason=None), "paid")


@pytest.mark.parametrize(("by_hand", "told"), [(True, ["refunded"]), (False, [])])
def test_what_the_gateway_gave_back_alone_is_not_told_as_given_twice(
    by_hand: bool, told: list[str]
) -> None:
    """Its operator booked nothing where the gateway, which gives none back when asked, did."""
    about = {"is_returned_by_hand": True, "paid_at": NOON - HOUR}
    refunded = deferred("refunded", cancel_reason="returned" if by_hand else None, **about)
    back = Unknown("refunded", park=True, order=order(OrderStatus.REFUNDED, amount_paid=2000))
    decision = decisions.followed(refunded, back, NOW, LIMITS)
    assert not isinstance(decision, CloseOrder)
    assert [tell.kind for tell in decision.tells] == told


@pytest.mark.parametrize(
    ("came", "back", "told"), [(None, 500, "$5 MXN"), (4000, 2000, None), (4000, 2500, "$5 MXN")]
)
def test_a_part_that_went_back_after_all_did_by_hand(
    came: int | None, back: int, told: str | None
) -> None:
    """It is the buyer's twice, but for what had come once more and was theirs."""
    about = {"cancel_reason": "returned", "paid_at": NOON - HOUR, "amount_received": came}
    part = order(OrderStatus.PARTIALLY_REFUNDED, amount_paid=came or 2000, amount_refunded=back)
    look = Unknown("partially_refunded", park=True, order=part)
    decision = decisions.followed(deferred("refunded", **about), look, NOW, LIMITS)
    assert not isinstance(decision, CloseOrder)
    assert [tell.kind for tell in decision.tells] == ([AlertKind.PARTIAL_REFUND] if told else [])
    assert all(told and told in tell.message for tell in decision.tells)


def test_a_gateway_that_never_answers_again_is_not_asked_for_ever() -> None:
    def due(after: timedelta) -> Due:
        return decisions.late_again(deferred("canceled"), LOOKS["silence"], ENDS + after).due

    assert [due(timedelta(days=days)) for days in (7.9, 8)] == [Due.BACKOFF, Due.NEVER]
    assert decisions.late_again(sale("canceled"), LOOKS["silence"], NOON).due is Due.BACKOFF


def test_the_gateway_is_not_asked_for_what_it_cannot_give_back() -> None:
    own = deferred("paid", paid_at=NOON - HOUR, is_returned_by_hand=True)
    decision = decisions.refund_if_router_away(own, NOW, 30)
    assert (outcome(decision), decision.states) == ("nothing", ())
    assert [tell.kind for tell in decision.tells] == [AlertKind.REFUND_REFUSED]
    assert decisions.refund_objection(own) is RefundObjection.BY_HAND
    arrived = decisions.delivered(own, (None, None), NOON)
    assert arrived.resolves is AlertKind.REFUND_REFUSED
    at_gateway = replace(own, is_returned_by_hand=False)
    assert outcome(decisions.refund_if_router_away(at_gateway, NOW, 30)) == "refund_begun"
    assert decisions.delivered(at_gateway, (None, None), NOON).resolves is None
