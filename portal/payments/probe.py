"""Try a test account out: what its gateway really answers, beside what a sale counts on.

A sandbox shows how we read a gateway's documentation; this shows the gateway.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import partial
from time import monotonic
from typing import Any

from portal.payments.declines import DeclineReason
from portal.payments.gateway import (
    Canceled,
    Customer,
    Declined,
    Gateway,
    Opened,
    Paid,
    Pending,
    Purchase,
    Refunded,
)
from portal.payments.methods import Card
from portal.payments.trial_cards import TrialCard

AMOUNT = 2000
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

    `cards` are tokens of test cards; what needs another is told, not asked. `owner` marks whose
    the orders are. `timeout` in seconds, for each call.
    """

    def __init__(
        self,
        gateway: Gateway,
        cards: Mapping[TrialCard, str],
        owner: str,
        currency: str,
        timeout: float,
    ) -> None:
        self._gateway, self._cards, self._timeout = gateway, cards, timeout
        self._opened_ids: list[str] = []
        self._like = Purchase("", owner, "Prueba", AMOUNT, currency, BUYER)

    def findings(self) -> Iterator[ProbeFinding]:
        """Yield what was found, question by question; whatever it was, no money stays charged."""
        try:
            yield from self._asked()
        finally:
            self._tidy()

    def _asked(self) -> Iterator[ProbeFinding]:
        key = self._ask(ProbeQuestion.KEY, partial(self._gateway.check, self._timeout), _is_test)
        yield key
        if key.passed:
            yield from self._opened()
            yield from self._paid()
            yield from self._declined(ProbeQuestion.DECLINED, TrialCard.DECLINED)
            yield from self._declined(ProbeQuestion.NO_FUNDS, TrialCard.NO_FUNDS)
            yield from self._challenged()
            yield from self._canceled()

    def _opened(self) -> Iterator[ProbeFinding]:
        purchase, order_id = self._order()
        look = partial(self._gateway.look_up, purchase, order_id, self._timeout)
        yield self._ask(ProbeQuestion.OPEN, look, _is(Opened))
        since = datetime.now(UTC) - CLOCKS_DIFFER
        find = partial(self._gateway.find, purchase.reference, since, self._timeout)
        yield self._ask(ProbeQuestion.FIND, find, _is_just(order_id))

    def _paid(self) -> Iterator[ProbeFinding]:
        purchase, order_id = self._order()
        charged = self._charge(ProbeQuestion.CHARGE, TrialCard.GOOD, purchase, order_id, _is(Paid))
        yield charged
        if not charged.passed:
            return
        # Whatever it says, the order must show one payment, which goes back whole and once.
        yield self._charge(
            ProbeQuestion.CHARGE_AGAIN, TrialCard.SECOND, purchase, order_id, lambda _: True
        )
        look = partial(self._gateway.look_up, purchase, order_id, self._timeout)
        yield self._ask(ProbeQuestion.LOOK_UP_PAID, look, _is(Paid))
        refund = partial(self._gateway.refund, order_id, AMOUNT, self._timeout)
        for question in (ProbeQuestion.REFUND, ProbeQuestion.REFUND_AGAIN):
            yield self._ask(question, refund, _is_whole)

    def _declined(self, question: ProbeQuestion, card: TrialCard) -> Iterator[ProbeFinding]:
        purchase, order_id = self._order()
        fits = _is(Declined) if card is TrialCard.DECLINED else _is_without_funds
        declined = self._charge(question, card, purchase, order_id, fits)
        yield declined
        if declined.passed and card is TrialCard.DECLINED:
            cancel = partial(self._gateway.cancel, order_id, self._timeout)
            yield self._ask(ProbeQuestion.CANCEL_DECLINED, cancel, _is(Canceled))

    def _challenged(self) -> Iterator[ProbeFinding]:
        purchase, order_id = self._order()
        yield self._charge(
            ProbeQuestion.CHALLENGE, TrialCard.CHALLENGE, purchase, order_id, _has_address
        )

    def _canceled(self) -> Iterator[ProbeFinding]:
        purchase, order_id = self._order()
        cancel = partial(self._gateway.cancel, order_id, self._timeout)
        yield self._ask(ProbeQuestion.CANCEL_OPEN, cancel, _is(Canceled))
        yield self._charge(
            ProbeQuestion.CHARGE_CANCELED,
            TrialCard.THIRD,
            purchase,
            order_id,
            _is_not(Paid, Pending),
        )

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
                self._gateway.refund(order_id, AMOUNT, self._timeout)

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
        return ProbeFinding(question, _told(answer), fits(answer), monotonic() - began)


def _told(answer: object) -> str:
    """Write an answer without what is secret in it, or of a buyer."""
    if isinstance(answer, bool):
        return "live" if answer else "test"
    if isinstance(answer, tuple):
        return f"{len(answer)} order(s)"
    reason = getattr(answer, "reason", None)
    name = type(answer).__name__
    return f"{name}({reason})" if reason else name


def _is_test(answer: object) -> bool:
    return answer is False


def _is(*kinds: type) -> Callable[[Any], bool]:
    return lambda answer: isinstance(answer, kinds)


def _is_not(*kinds: type) -> Callable[[Any], bool]:
    return lambda answer: not isinstance(answer, kinds)


def _is_just(order_id: str) -> Callable[[Any], bool]:
    return lambda found: isinstance(found, tuple) and [each.id for each in found] == [order_id]


def _is_whole(answer: object) -> bool:
    return isinstance(answer, Refunded) and answer.amount == AMOUNT


def _is_without_funds(answer: object) -> bool:
    return isinstance(answer, Declined) and answer.reason is DeclineReason.INSUFFICIENT_FUNDS


def _has_address(answer: object) -> bool:
    return isinstance(answer, Pending) and bool(answer.action_url)
