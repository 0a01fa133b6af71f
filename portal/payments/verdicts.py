"""Judge what a gateway said to a question of a probe: whether it is what a sale counts on.

Each gives a test of an answer.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from portal.payments.declines import DeclineReason
from portal.payments.gateway import Declined, Paid, Pending, Refunded, Refused


def is_test(answer: object) -> bool:
    """Tell whether the key acts in test mode."""
    return answer is False


def is_one_of(*kinds: type) -> Callable[[Any], bool]:
    """Look for an answer of these kinds."""
    return lambda answer: isinstance(answer, kinds)


def is_not(*kinds: type) -> Callable[[Any], bool]:
    """Look for an answer of any other kind."""
    return lambda answer: not isinstance(answer, kinds)


def is_just(order_id: str) -> Callable[[Any], bool]:
    """Look for this order, found alone."""
    return lambda found: isinstance(found, tuple) and [each.id for each in found] == [order_id]


def keeping(kept: list[object], fits: Callable[[Any], bool]) -> Callable[[Any], bool]:
    """Keep an answer, for a later one to be held against."""

    def keep(answer: Any) -> bool:
        kept.append(answer)
        return fits(answer)

    return keep


def is_still(first: list[object], look: Callable[[], Any]) -> Callable[[Any], bool]:
    """Tell whether a second charge moved nothing.

    It is refused for certain, or answered with the payment that is there, by the first card; and
    the order shows that one alone. A decline means that the bank was asked again, and what is
    unknown may be a second payment.
    """
    there = [*map(_payment, first)]

    def fits(answer: Any) -> bool:
        is_told = isinstance(answer, Refused) or [_payment(answer)] == there
        return is_told and [_payment(look())] == there

    return fits


def _payment(answer: object) -> object:
    if not isinstance(answer, Paid):
        return type(answer)
    order = answer.order
    return order.id, order.amount, order.amount_paid, order.card_last4


def tells_how(answer: object) -> bool:
    """Tell whether the buyer is told how to pay."""
    return isinstance(answer, Pending) and bool(answer.instructions or answer.action_url)


def is_as(first: list[object]) -> Callable[[Any], bool]:
    """Tell whether an answer shows the buyer what the first one showed."""
    return lambda answer: isinstance(answer, Pending) and [_shown(answer)] == [*map(_shown, first)]


def _shown(answer: object) -> object:
    return getattr(answer, "instructions", None) or getattr(answer, "action_url", None)


def is_whole(amount: int) -> Callable[[Any], bool]:
    """Look for a refund of so many hundredths."""
    return lambda answer: isinstance(answer, Refunded) and answer.amount == amount


def is_without_funds(answer: object) -> bool:
    """Tell whether a decline says that the card lacks the money."""
    return isinstance(answer, Declined) and answer.reason is DeclineReason.INSUFFICIENT_FUNDS


def has_address(answer: object) -> bool:
    """Tell whether the buyer is sent to confirm (3DS)."""
    return isinstance(answer, Pending) and bool(answer.action_url)
