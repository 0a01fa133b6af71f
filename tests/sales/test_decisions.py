"""What each answer about a sale leads to, as a table: every state, every event, no database."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from datetime import timedelta
from itertools import product
from pathlib import Path

import pytest

from config import ROOT
from portal.models.access import AccessState
from portal.models.sale_states import FINAL, ForbiddenMove, SaleState
from portal.payments.gateway import (
    Canceled,
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
from portal.sales import decisions
from portal.sales.decision_values import (
    Complaint,
    Decision,
    Due,
    Now,
    RefundObjection,
    TopUp,
)
from tests.sales.decision_tables import (
    AGO,
    FOLLOWED_IN,
    LIMITS,
    NOON,
    NOW,
    DecisionTable,
    follow,
    order,
    outcome,
    sale,
    unknown,
    walk,
)

REFUND_MINUTES = 30

PAID = Paid(order(OrderStatus.PAID, card_last4="4242"))
LOOKS = {
    "paid": PAID,
    "declined": Declined("No hay fondos"),
    "pending": Pending(order(OrderStatus.PENDING), "https://bank.example"),
    "refused card": Refused("card", Fault.CUSTOMER, "Use otra"),
    "refused field": Refused("email", Fault.CUSTOMER, field="email"),
    "refused plan": Refused("plan", Fault.OPERATOR),
    "refused key": Refused("key_refused", Fault.OPERATOR),
    "silence": Unknown("timeout"),
    "key gone": Unknown("key_refused"),
    "unclear": unknown(OrderStatus.UNCLEAR, park=False),
    "mismatch": Unknown("amount_mismatch", park=True, order=order(OrderStatus.PAID)),
    "refunded": unknown(OrderStatus.REFUNDED, park=True, amount_refunded=2000),
    "charged back": unknown(OrderStatus.CHARGED_BACK, park=True, amount_refunded=2000),
    "part": unknown(OrderStatus.PARTIALLY_REFUNDED, park=True, amount_refunded=500),
    "open": Opened("ord_1"),
    "canceled": Canceled(order(OrderStatus.CANCELED)),
}


FOLLOWED = DecisionTable(
    follow, sale, LOOKS, FOLLOWED_IN,
    {
    "paid":          ("paid",              "paid",     "nothing",         "nothing"),
    "declined":      ("declined",          "nothing",  "nothing",         "nothing"),
    "pending":       ("pending",           "nothing",  "nothing",         "nothing"),
    "refused card":  ("refused",           "nothing",  "nothing",         "nothing"),
    "refused field": ("failed",            "nothing",  "nothing",         "nothing"),
    "refused plan":  ("failed",            "nothing",  "nothing",         "nothing"),
    "refused key":   ("failed",            "nothing",  "nothing",         "nothing"),
    "silence":       ("waiting",           "silence",  "silence",         "silence"),
    "key gone":      ("waiting",           "silence",  "silence",         "silence"),
    "unclear":       ("waiting",           "nothing",  "nothing",         "nothing"),
    "mismatch":      ("parked",            "parked",   "nothing",         "nothing"),
    "refunded":      ("paid, reversed",    "paid, reversed", "reversed",  "reversed"),
    "charged back":  ("paid, reversed",    "paid, reversed", "reversed",  "reversed"),
    "part":          ("parked",            "parked",   "partly_refunded", "partly_refunded"),
    "open":          ("waiting",           "nothing",  "nothing",         "nothing"),
    "canceled":      ("expired",           "nothing",  "nothing",         "nothing"),
    },
)  # fmt: skip
CLOSED = DecisionTable(
    lambda facts, closing: decisions.closed(facts, closing, NOON), sale, LOOKS, (("canceling",),),
    {
    "paid":         ("paid",),           "canceled":     ("canceled",),
    "silence":      ("waiting",),        "key gone":     ("waiting",),
    "unclear":      ("waiting",),        "mismatch":     ("parked",),
    "refunded":     ("paid, reversed",), "charged back": ("paid, reversed",),
    "part":         ("parked",),         "refused key":  ("waiting",),
    "refused plan": ("waiting",),
    },
)  # fmt: skip
BACK = {
    "given back": Refunded(2000, order(OrderStatus.REFUNDED)),
    "refused": Refused("too_late", Fault.US),
    "part": Refused(
        "partly_refunded",
        Fault.OPERATOR,
        order=order(OrderStatus.PARTIALLY_REFUNDED, amount_refunded=500),
    ),
    "silence": Unknown("timeout"),
    "charged back": LOOKS["charged back"],
}
GIVEN_BACK = DecisionTable(
    lambda facts, answer: decisions.refunded(facts, answer, NOON), sale, BACK, (("refunding",),),
    {
    "given back":   ("refunded",),       "refused":      ("refund_refused",),
    "part":         ("refund_refused",), "silence":      ("waiting",),
    "charged back": ("reversed",),
    },
)  # fmt: skip


def test_the_tables_are_whole() -> None:
    assert FOLLOWED.rows.keys() == LOOKS.keys()
    assert GIVEN_BACK.rows.keys() == BACK.keys()


@pytest.mark.parametrize(("state", "event"), FOLLOWED.cases())
def test_every_look_in_every_state(state: str, event: str) -> None:
    FOLLOWED.check(state, event)


@pytest.mark.parametrize(("state", "event"), CLOSED.cases())
def test_every_closing_in_every_state(state: str, event: str) -> None:
    CLOSED.check(state, event)


@pytest.mark.parametrize(("state", "event"), GIVEN_BACK.cases())
def test_every_refund_in_every_state(state: str, event: str) -> None:
    GIVEN_BACK.check(state, event)


@pytest.mark.parametrize(
    ("assumed", "on_card", "written"),
    [(True, "ANA PÉREZ", "ANA PÉREZ"), (True, None, None), (False, "ANA PÉREZ", None)],
)
def test_the_card_names_a_buyer_whose_name_nobody_asked(
    assumed: bool, on_card: str | None, written: str | None
) -> None:
    paid = Paid(order(OrderStatus.PAID, card_name=on_card))
    found = decisions.charged(sale("charging", name_is_assumed=assumed), paid, NOON)
    assert found.columns.get("customer_name") == written


@pytest.mark.parametrize("state", SaleState)
def test_the_router_away_in_every_state(state: str) -> None:
    if state != "paid":
        with pytest.raises(ForbiddenMove):
            decisions.refund_if_router_away(sale(state), NOW, REFUND_MINUTES)
        return
    for waited, came in ((29, "nothing"), (30, "refund_begun")):
        paid = sale(state, paid_at=NOON - timedelta(minutes=waited))
        assert outcome(decisions.refund_if_router_away(paid, NOW, REFUND_MINUTES)) == came


ASKED_BY_OPERATOR = {
    "opened": RefundObjection.NOT_PAID, "prepared": RefundObjection.NOT_PAID,
    "charging": RefundObjection.NOT_PAID, "pending": RefundObjection.NOT_PAID,
    "canceling": RefundObjection.NOT_PAID, "canceled": RefundObjection.NOT_PAID,
    "paid": "refund_begun", "delivered": "refund_begun",
    "refunding": "nothing", "refunded": "nothing",
    "charged_back": RefundObjection.CHARGED_BACK,
}  # fmt: skip


@pytest.mark.parametrize("state", SaleState)
def test_the_operator_s_refund_in_every_state(state: str) -> None:
    objection = decisions.refund_objection(sale(state))
    decision = decisions.refund_asked(sale(state), "asked")
    assert (objection or outcome(decision)) == ASKED_BY_OPERATOR[state]
    assert objection is None or decision is decisions.NOTHING
    part = decisions.refund_objection(sale(state, amount_refunded=1))
    assert (part is RefundObjection.PARTLY_REFUNDED) == (state in ("paid", "delivered"))


@pytest.mark.parametrize("state", SaleState)
def test_the_customer_s_wish_in_every_state(state: str) -> None:
    for event, came in {"paid": "paid", "declined": "declined"}.items():
        if state in ("charging", "pending"):
            assert outcome(decisions.given_up(sale(state), LOOKS[event], NOON)) == came
    for event in LOOKS.keys() - {"paid", "declined"}:
        if state in ("charging", "pending"):
            assert outcome(decisions.given_up(sale(state), LOOKS[event], NOON)) == "close"
        else:
            with pytest.raises(ForbiddenMove):
                decisions.given_up(sale(state), LOOKS[event], NOON)


@pytest.mark.parametrize("state", SaleState)
def test_stuck_in_every_state(state: str) -> None:
    day = timedelta(hours=24)
    came = "nothing" if state in FINAL else "parked"
    assert outcome(decisions.stuck(sale(state), NOON - day, NOW, LIMITS)) == came
    assert outcome(decisions.stuck(sale(state), NOON - day + AGO, NOW, LIMITS)) == "nothing"
    doubted = Now(NOON, is_trusted=False)
    assert outcome(decisions.stuck(sale(state), NOON - day, doubted, LIMITS)) == "nothing"
    parked = sale(state, parked_reason="amount_mismatch")
    assert outcome(decisions.stuck(parked, NOON - day, NOW, LIMITS)) == "nothing"


@pytest.mark.parametrize("state", ["charging", "pending"])
@pytest.mark.parametrize(("event", "minutes"), [("open", 5), ("pending", 15)])
def test_nothing_can_come_of_it_any_more(state: str, event: str, minutes: int) -> None:
    def look(waited: timedelta, *, is_trusted: bool = True) -> str:
        tried = sale(state, charging_at=NOON - waited)
        return outcome(decisions.followed(tried, LOOKS[event], Now(NOON, is_trusted), LIMITS))

    patience = timedelta(minutes=minutes)
    assert look(patience) == "close"
    assert look(patience - AGO) != "close"
    assert look(patience, is_trusted=False) != "close"


def test_a_frame_is_left_as_long_as_a_bank() -> None:
    begun = decisions.opened(sale("opened"), Opened("ord_1", "chk-1"), NOON)
    assert (begun.columns["checkout_id"], walk("opened", begun)) == ("chk-1", "pending")
    for minutes, came in ((14, "waiting"), (15, "close")):
        framed = sale("pending", charging_at=NOON - timedelta(minutes=minutes), in_frame=True)
        assert outcome(decisions.followed(framed, LOOKS["open"], NOW, LIMITS)) == came


CLOSED_UNDECIDED = {"paid": "paid", "canceled": "expired"}


@pytest.mark.parametrize(("state", "event"), list(product(("charging", "pending"), CLOSED.rows)))
def test_an_undecided_sale_s_order_was_to_be_closed(state: str, event: str) -> None:
    answer = LOOKS[event]
    assert isinstance(answer, (Paid, Canceled, Unknown, Refused))
    decision = decisions.closed_undecided(sale(state), answer, "waited", NOON)
    assert outcome(decision) == CLOSED_UNDECIDED.get(event, "waiting")
    assert decision.is_closed == (event == "canceled")


LOST = Unknown("timeout")


@pytest.mark.parametrize("event", LOOKS)
def test_a_lost_answer_is_asked_for_once(event: str) -> None:
    decision = decisions.charge_looked_up(sale("charging"), LOST, LOOKS[event], NOON)
    decided = {"paid": "paid", "declined": "declined", "pending": "pending"}
    assert outcome(decision) == decided.get(event, "waiting")


def test_only_what_is_unknown_is_asked_for_again() -> None:
    lost = {event for event, look in LOOKS.items() if decisions.is_lost(look)}  # type: ignore[arg-type]
    assert lost == {"silence", "key gone", "unclear"}


LATE_AGAIN = {"nothing": ("nothing", Due.NEVER), "silence": ("waiting", Due.BACKOFF)}


@pytest.mark.parametrize("event", LOOKS)
def test_an_operator_has_a_canceled_sale_looked_at(event: str) -> None:
    before = outcome(decisions.late(sale("canceled"), LOOKS[event], NOON))
    decision = decisions.late_again(sale("canceled"), LOOKS[event], NOON)
    assert outcome(decision) == LATE_AGAIN.get(before, (before, None))[0]
    assert decision.due is LATE_AGAIN.get(before, (None, decision.due))[1]


OPENED = {
    "open": ("claimed", None),
    "refused card": ("failed", Complaint(is_card=True, message="Use otra")),
    "refused field": ("failed", Complaint(field="email")),
    "refused plan": ("failed", Complaint()),
    "refused key": ("failed", Complaint()),
    "silence": ("failed", Complaint()),
}


@pytest.mark.parametrize("event", OPENED)
def test_an_order_was_to_be_opened(event: str) -> None:
    answer = LOOKS[event]
    assert isinstance(answer, (Opened, Refused, Unknown))
    came, complaint = OPENED[event]
    decision = decisions.opened(sale("opened"), answer, NOON)
    assert outcome(decision) == came
    assert decision.complaint == complaint
    assert decision.releases_key == (came == "failed")
    walk("opened", decision)


def test_an_order_that_was_opened_is_known_though_the_router_failed() -> None:
    failed = decisions.router_failed(sale("opened"), "RouterUnreachable", Opened("ord_1"))
    assert failed.columns == {"cancel_reason": "failed", "order_id": "ord_1"}
    assert failed.reason == "router: RouterUnreachable"
    without = decisions.router_failed(sale("opened"), "RouterUnreachable", LOST)
    assert "order_id" not in without.columns


@pytest.mark.parametrize("state", ["opened", "prepared"])
def test_a_request_that_died_leaves_the_purchase_free_to_be_made_again(state: str) -> None:
    decision = decisions.request_died(sale(state))
    assert (outcome(decision), decision.releases_key) == ("abandoned", True)
    assert walk(state, decision) == "canceling"


KEYS = {
    "declined": False, "refused card": False, "refused field": True, "refused plan": True,
    "refused key": True,
}  # fmt: skip


@pytest.mark.parametrize("event", KEYS)
def test_the_key_is_free_where_the_card_is_not_at_fault(event: str) -> None:
    decision = decisions.followed(sale("charging"), LOOKS[event], NOW, LIMITS)
    assert isinstance(decision, Decision)
    assert decision.releases_key == KEYS[event]


TOLD = {
    "refused card": [], "refused field": [], "refused plan": [("charge_refused", "gwa_1")],
    "refused key": [("key_refused", "gwa_1")], "key gone": [("key_refused", "gwa_1")],
    "silence": [], "declined": [], "paid": [],
}  # fmt: skip


@pytest.mark.parametrize("event", TOLD)
def test_the_operator_is_told_of_what_is_theirs_to_mend(event: str) -> None:
    decision = decisions.followed(sale("charging"), LOOKS[event], NOW, LIMITS)
    assert isinstance(decision, Decision)
    assert [(tell.kind, tell.subject) for tell in decision.tells] == TOLD[event]


REVERSALS = {
    ("paid", "refunded"): True, ("delivered", "refunded"): True, ("refunding", "refunded"): False,
    ("paid", "charged back"): True, ("delivered", "charged back"): True,
    ("refunding", "charged back"): True,
}  # fmt: skip


@pytest.mark.parametrize(("state", "event"), REVERSALS)
def test_the_refund_that_we_asked_for_is_no_news(state: str, event: str) -> None:
    decision = decisions.outside(sale(state), LOOKS[event], NOON)
    assert bool(decision.tells) == REVERSALS[state, event]
    # Whoever began the refund took back what the money bought.
    assert (decision.access is None) == (state == "refunding")


def test_a_part_that_is_known_is_told_once() -> None:
    known = sale("delivered", amount_refunded=500)
    assert decisions.outside(known, LOOKS["part"], NOON) is decisions.NOTHING


ACCESS = {
    "paid": (AccessState.ENABLED, None, TopUp.LENGTHEN),
    "declined": (AccessState.ABSENT, None, None),
    "canceled": (AccessState.ABSENT, None, None),
}


@pytest.mark.parametrize("event", ACCESS)
def test_an_access_that_stood_before_is_added_to_and_never_taken_away(event: str) -> None:
    wanted, _, top_up = ACCESS[event]
    own = decisions.followed(sale("charging"), LOOKS[event], NOW, LIMITS)
    others = decisions.followed(sale("charging", extends=True), LOOKS[event], NOW, LIMITS)
    assert isinstance(own, Decision)
    assert isinstance(others, Decision)
    assert own.access is not None
    assert (own.access.wanted, own.access.top_up) == (wanted, None)
    assert (others.access and others.access.top_up) == top_up
    assert (others.access is None) == (event != "paid")


def test_what_money_bought_goes_and_comes_back_with_it() -> None:
    begun = decisions.refund_begun("asked").access
    kept = decisions.refunded(sale("refunding"), Refused("late", Fault.US), NOON).access
    assert begun is not None
    assert kept is not None
    assert (begun.wanted, begun.top_up, begun.unless_shared) == ("absent", TopUp.SHORTEN, True)
    assert (kept.wanted, kept.top_up) == ("enabled", TopUp.PUT_BACK)


def test_money_that_came_before_keeps_its_moment() -> None:
    first = decisions.charged(sale("charging"), PAID, NOON)
    again = decisions.charged(sale("charging", paid_at=NOON - AGO), PAID, NOON)
    assert (first.columns["paid_at"], again.columns["paid_at"]) == (NOON, NOON - AGO)


@pytest.mark.parametrize(
    ("answer", "looks"),
    [
        (Canceled(), False),
        (Canceled(order(OrderStatus.CANCELED)), False),
        (Canceled(order(OrderStatus.REFUNDED)), True),
        (PAID, True),
        (Refused("late", Fault.US), False),
        (LOST, False),
        (LOOKS["refunded"], True),
    ],
)
def test_an_order_that_had_money_is_looked_at_before_it_is_closed(
    answer: decisions.Closing, looks: bool
) -> None:
    assert decisions.needs_look(answer) == looks


@pytest.mark.parametrize("event", LOOKS)
def test_only_a_certain_no_closes_an_order(event: str) -> None:
    closing = decisions.closing_of(LOOKS[event])
    assert not decisions.is_closed(closing)
    assert (closing is LOOKS[event]) == isinstance(LOOKS[event], (Paid, Unknown))


ANSWERS = {
    kind.__name__
    for kind in (Canceled, Declined, Opened, Paid, Pending, Refunded, Refused, Unknown)
}
HOME = ROOT / "portal/sales/decisions"


def test_nowhere_else_is_it_looked_into_what_a_gateway_answered() -> None:
    files = [path for path in (ROOT / "portal/sales").rglob("*.py") if path.parent != HOME]
    assert [f"{path.name}:{line}" for path in files for line in told_apart(path)] == []


def test_where_answers_are_told_apart_it_is_seen() -> None:
    assert len([line for path in HOME.glob("*.py") for line in told_apart(path)]) > 20


def told_apart(path: Path) -> Iterator[int]:
    """The lines on which answers are told apart, by isinstance or by match."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "isinstance":
            named = {name.id for name in ast.walk(node.args[1]) if isinstance(name, ast.Name)}
        elif isinstance(node, ast.MatchClass):
            named = {name.id for name in ast.walk(node.cls) if isinstance(name, ast.Name)}
        else:
            continue
        if named & ANSWERS:
            yield node.lineno


@pytest.mark.parametrize(("fault", "told"), [(Fault.CUSTOMER, "Use otra"), (Fault.US, None)])
def test_a_buyer_is_told_the_gateway_s_words_of_what_they_can_mend(
    fault: Fault, told: str | None
) -> None:
    refusal = Refused("amount", fault, "Use otra")
    assert decisions.charged(sale("charging"), refusal, NOON).columns["buyer_message"] == told
