"""Try a test account out: what its gateway really answers, beside what a sale counts on.

A sandbox shows how we read a gateway's documentation; this shows the gateway.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import partial
from time import monotonic
from typing import Any

from portal.payments import verdicts
from portal.payments.currencies import small_amount
from portal.payments.gateway import (
    Canceled,
    Customer,
    Declined,
    Gateway,
    Opened,
    Paid,
    Pending,
    Purchase,
)
from portal.payments.methods import Card, Deferred, Method
from portal.payments.trial_cards import TrialCard

NONE = "none"
BUYER = Customer("Cliente de Prueba", "prueba@example.com", "5512345678")
# An order of a moment ago is found though both clocks disagree a little.
CLOCKS_DIFFER = timedelta(minutes=5)


class ProbeQuestion(StrEnum):
    """Name what a sale counts on."""

    KEY = "key"
    OPEN = "open"
    FIND = "find"
    CHARGE = "charge"
    CHARGE_AGAIN = "charge_again"
    LOOK_UP_PAID = "look_up_paid"
    REFUND = "refund"
    REFUND_AGAIN = "refund_again"
    DECLINED = "declined"
    CANCEL_DECLINED = "cancel_declined"
    NO_FUNDS = "no_funds"
    CHALLENGE = "challenge"
    CANCEL_OPEN = "cancel_open"
    CHARGE_CANCELED = "charge_canceled"
    TRANSFER = "transfer"
    TRANSFER_AGAIN = "transfer_again"
    LOOK_UP_TRANSFER = "look_up_transfer"
    CANCEL_TRANSFER = "cancel_transfer"
    CASH = "cash"
    CASH_AGAIN = "cash_again"
    LOOK_UP_CASH = "look_up_cash"
    CANCEL_CASH = "cancel_cash"


# Of each deferred method: whether it tells how it is paid, whether the same is told when it is
# asked again and when the order is read, and whether an order that waits can be closed.
DEFERRED = {
    Method.TRANSFER: (
        ProbeQuestion.TRANSFER,
        ProbeQuestion.TRANSFER_AGAIN,
        ProbeQuestion.LOOK_UP_TRANSFER,
        ProbeQuestion.CANCEL_TRANSFER,
    ),
    Method.CASH: (
        ProbeQuestion.CASH,
        ProbeQuestion.CASH_AGAIN,
        ProbeQuestion.LOOK_UP_CASH,
        ProbeQuestion.CANCEL_CASH,
    ),
}
TIME_TO_PAY = timedelta(hours=24)


@dataclass(frozen=True)
class ProbeFinding:
    """Hold what the gateway `said` to a question, and the seconds it took.

    `passed` is None where it could not be asked, for want of a card or of what came before.
    """

    question: ProbeQuestion
    said: str
    passed: bool | None
    seconds: float = 0.0


class GatewayProbe:
    """Ask a test account's gateway all that a sale counts on. Nothing is asked of a live key.

    `cards` are tokens of test cards; what needs another is told, not asked, as is a method that
    `methods` does not name. `owner` marks whose the orders are. `timeout` in seconds, for each
    call.
    """

    def __init__(
        self,
        gateway: Gateway,
        cards: Mapping[TrialCard, str],
        owner: str,
        currency: str,
        timeout: float,
        methods: Collection[Method] = (),
    ) -> None:
        self._gateway, self._cards, self._timeout = gateway, cards, timeout
        self._methods, self._opened_ids = methods, list[str]()
        self._amount = small_amount(currency)
        self._like = Purchase("", owner, "Prueba", self._amount, currency, BUYER)

    def findings(self) -> Iterator[ProbeFinding]:
        """Yield what was found, question by question; whatever it was, no money stays charged."""
        try:
            yield from self._asked()
        finally:
            self._tidy()

    def _asked(self) -> Iterator[ProbeFinding]:
        key = self._ask(
            ProbeQuestion.KEY, partial(self._gateway.check, self._timeout), verdicts.is_test
        )
        yield key
        if key.passed:
            yield from self._opened()
            yield from self._paid()
            yield from self._declined(ProbeQuestion.DECLINED, TrialCard.DECLINED)
            yield from self._declined(ProbeQuestion.NO_FUNDS, TrialCard.NO_FUNDS)
            yield from self._challenged()
            yield from self._canceled()
            for method, questions in DEFERRED.items():
                yield from self._later(method, questions)

    def _opened(self) -> Iterator[ProbeFinding]:
        purchase, order_id = self._order()
        look = partial(self._gateway.look_up, purchase, order_id, self._timeout)
        yield self._ask(ProbeQuestion.OPEN, look, verdicts.is_one_of(Opened))
        since = datetime.now(UTC) - CLOCKS_DIFFER
        find = partial(self._gateway.find, purchase.reference, since, self._timeout)
        yield self._ask(ProbeQuestion.FIND, find, verdicts.is_just(order_id))

    def _paid(self) -> Iterator[ProbeFinding]:
        purchase, order_id = self._order()
        first: list[object] = []
        charged = self._charge(
            ProbeQuestion.CHARGE,
            TrialCard.GOOD,
            purchase,
            order_id,
            verdicts.keeping(first, verdicts.is_one_of(Paid)),
        )
        yield charged
        if not charged.passed:
            return
        look = partial(self._gateway.look_up, purchase, order_id, self._timeout)
        still = verdicts.is_still(first, look)
        yield self._charge(ProbeQuestion.CHARGE_AGAIN, TrialCard.SECOND, purchase, order_id, still)
        yield self._ask(ProbeQuestion.LOOK_UP_PAID, look, verdicts.is_one_of(Paid))
        refund = partial(self._gateway.refund, order_id, self._amount, self._timeout)
        for question in (ProbeQuestion.REFUND, ProbeQuestion.REFUND_AGAIN):
            yield self._ask(question, refund, verdicts.is_whole(self._amount))

    def _declined(self, question: ProbeQuestion, card: TrialCard) -> Iterator[ProbeFinding]:
        purchase, order_id = self._order()
        fits = (
            verdicts.is_one_of(Declined)
            if card is TrialCard.DECLINED
            else verdicts.is_without_funds
        )
        declined = self._charge(question, card, purchase, order_id, fits)
        yield declined
        if declined.passed and card is TrialCard.DECLINED:
            cancel = partial(self._gateway.cancel, order_id, self._timeout)
            yield self._ask(ProbeQuestion.CANCEL_DECLINED, cancel, verdicts.is_one_of(Canceled))

    def _challenged(self) -> Iterator[ProbeFinding]:
        purchase, order_id = self._order()
        yield self._charge(
            ProbeQuestion.CHALLENGE, TrialCard.CHALLENGE, purchase, order_id, verdicts.has_address
        )

    def _canceled(self) -> Iterator[ProbeFinding]:
        purchase, order_id = self._order()
        cancel = partial(self._gateway.cancel, order_id, self._timeout)
        yield self._ask(ProbeQuestion.CANCEL_OPEN, cancel, verdicts.is_one_of(Canceled))
        yield self._charge(
            ProbeQuestion.CHARGE_CANCELED,
            TrialCard.THIRD,
            purchase,
            order_id,
            verdicts.is_not(Paid, Pending),
        )

    def _later(
        self,
        method: Method,
        questions: tuple[ProbeQuestion, ProbeQuestion, ProbeQuestion, ProbeQuestion],
    ) -> Iterator[ProbeFinding]:
        if method not in self._methods:
            yield from (ProbeFinding(each, f"no {method}", None) for each in questions)
            return
        purchase, order_id = self._order()
        ends = datetime.now(UTC).replace(microsecond=0) + TIME_TO_PAY
        means = Deferred(method, ends)
        charge = partial(self._gateway.charge, purchase, order_id, means, self._timeout)
        look = partial(self._gateway.look_up, purchase, order_id, self._timeout)
        cancel = partial(self._gateway.cancel, order_id, self._timeout)
        first: list[object] = []
        same, fits = verdicts.is_as(first), verdicts.keeping(first, verdicts.tells_how)
        told, again, looked, closed = questions
        yield self._ask(told, charge, fits)
        yield self._ask(again, charge, same)
        yield self._ask(looked, look, same)
        yield self._ask(closed, cancel, verdicts.is_one_of(Canceled))

    def _order(self) -> tuple[Purchase, str]:
        """Open one; where none could be opened, every question about it fails, and says how."""
        purchase = replace(self._like, reference="probe_" + secrets.token_hex(16))
        opened = self._gateway.open_order(purchase, self._timeout)
        if not isinstance(opened, Opened) or opened.order_id is None:
            return purchase, NONE
        self._opened_ids.append(opened.order_id)
        return purchase, opened.order_id

    def _tidy(self) -> None:
        """Close each order, and give back what one was paid that should not have been."""
        for order_id in self._opened_ids:
            if isinstance(self._gateway.cancel(order_id, self._timeout), Paid):
                self._gateway.refund(order_id, self._amount, self._timeout)

    def _charge(
        self,
        question: ProbeQuestion,
        card: TrialCard,
        purchase: Purchase,
        order_id: str,
        fits: Callable[[Any], bool],
    ) -> ProbeFinding:
        token = self._cards.get(card)
        if token is None:
            return ProbeFinding(question, f"no {card} card", None)
        charge = partial(self._gateway.charge, purchase, order_id, Card(token), self._timeout)
        return self._ask(question, charge, fits)

    def _ask(
        self, question: ProbeQuestion, call: Callable[[], Any], fits: Callable[[Any], bool]
    ) -> ProbeFinding:
        began = monotonic()
        answer = call()
        seconds = monotonic() - began
        return ProbeFinding(question, _told(answer), fits(answer), seconds)


def _told(answer: object) -> str:
    """Write an answer without what is secret in it, or of a buyer."""
    if isinstance(answer, bool):
        return "live" if answer else "test"
    if isinstance(answer, tuple):
        return f"{len(answer)} order(s)"
    reason = getattr(answer, "reason", None)
    name = type(answer).__name__
    return f"{name}({reason})" if reason else name
