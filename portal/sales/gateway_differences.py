"""Find where a sale and its order at the gateway do not agree."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from portal.models import Sale
from portal.models.sale_states import CancelReason, SaleState
from portal.payments.gateway import Order, OrderStatus

# How the order of a sale in each state stands, when nothing went amiss.
EXPECTED: dict[str, frozenset[OrderStatus]] = {
    SaleState.OPENED: frozenset({OrderStatus.OPEN}),
    SaleState.PREPARED: frozenset({OrderStatus.OPEN}),
    SaleState.CHARGING: frozenset({OrderStatus.OPEN}),
    SaleState.PENDING: frozenset({OrderStatus.PENDING}),
    SaleState.CANCELING: frozenset(
        {OrderStatus.OPEN, OrderStatus.PENDING, OrderStatus.DECLINED, OrderStatus.CANCELED}
    ),
    SaleState.CANCELED: frozenset({OrderStatus.DECLINED, OrderStatus.CANCELED}),
    SaleState.PAID: frozenset({OrderStatus.PAID, OrderStatus.PARTIALLY_REFUNDED}),
    SaleState.DELIVERED: frozenset({OrderStatus.PAID, OrderStatus.PARTIALLY_REFUNDED}),
    SaleState.REFUNDING: frozenset({OrderStatus.PAID, OrderStatus.PARTIALLY_REFUNDED}),
    SaleState.REFUNDED: frozenset({OrderStatus.REFUNDED}),
    SaleState.CHARGED_BACK: frozenset({OrderStatus.CHARGED_BACK}),
}
# The same where the operator gave the money back past the gateway.
STILL_PAID = frozenset({OrderStatus.PAID})
# The same where it was too little, on an order that was canceled then.
STILL_WITH_PART = frozenset({OrderStatus.PAID, OrderStatus.UNCLEAR})
# Orders that hold no money and never will.
DEAD = frozenset(
    {
        OrderStatus.CANCELED,
        OrderStatus.DECLINED,
        OrderStatus.REFUNDED,
        OrderStatus.CHARGED_BACK,
    }
)


@dataclass(frozen=True)
class Difference:
    """Say in what they differ, amounts in centavos.

    `what` is amount, currency, mode, refunded, received or state, with both sides' value;
    or missing_here, missing_there, another_order.
    """

    what: str
    ours: str | int | None = None
    theirs: str | int | None = None


def differences(sale: Sale, live: bool, order: Order) -> Iterator[Difference]:
    """Give what our record and the gateway's order say differently. `live`: our account's mode."""
    if sale.order_id not in (None, order.id):
        if order.status not in DEAD:
            yield Difference("another_order", sale.order_id, order.status.value)
        return
    by_hand = sale.cancel_reason == CancelReason.RETURNED
    if order.status not in _expected(sale.state, by_hand=by_hand):
        yield Difference("state", sale.state, order.status.value)
    if order.status is OrderStatus.UNCLEAR:
        # Whatever made it unreadable may be one of these.
        return
    refunded = 0 if by_hand else sale.amount_refunded
    pairs: list[tuple[str, str | int, str | int]] = [
        ("amount", sale.amount, order.amount),
        ("currency", sale.currency, order.currency),
        ("refunded", refunded, order.amount_refunded),
        ("mode", _mode(live), _mode(order.live)),
        *_received(sale, order),
    ]
    for what, ours, theirs in pairs:
        if ours != theirs:
            yield Difference(what, ours, theirs)


def _expected(state: str, *, by_hand: bool) -> frozenset[OrderStatus]:
    if not by_hand:
        return EXPECTED[state]
    return STILL_PAID if state == SaleState.REFUNDED else EXPECTED[state] | STILL_WITH_PART


def _received(sale: Sale, order: Order) -> Iterator[tuple[str, int, int]]:
    """Compare what came from outside, which may be another amount, or come twice."""
    if sale.is_deferred and order.amount_paid:
        yield "received", sale.amount_received or sale.amount, order.amount_paid


def _mode(live: bool) -> str:
    return "live" if live else "test"
