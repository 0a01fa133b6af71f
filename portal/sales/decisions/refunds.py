"""Decide when money goes back, and what follows where it went back, or came once more."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from portal.alerts.kinds import AlertKind
from portal.models.access import AccessState
from portal.models.sale_states import (
    ASKED,
    GIVEN_UP,
    MONEY_IN,
    MONEY_STANDS,
    CancelReason,
    ParkReason,
    SaleState,
)
from portal.payments.gateway import (
    Order,
    OrderStatus,
    Paid,
    Refunded,
    Refused,
    Unknown,
)
from portal.sales import alert_messages as messages
from portal.sales.decision_values import (
    AccessChange,
    Decision,
    Due,
    Now,
    Outcome,
    RefundObjection,
    SaleColumns,
    SaleFacts,
    Tell,
    TopUp,
)
from portal.sales.decisions.charge import (
    NOTHING,
    REVERSALS,
    SILENCE,
    TAKEN_BACK,
    Look,
    canceling,
    require,
    reversed_whole,
    wait,
)
from portal.sales.deferred import rules

OPEN_AGAIN = AccessChange(AccessState.ENABLED, at_once=True, top_up=TopUp.PUT_BACK)
# How a move's reason begins that books money given back past the gateway.
BY_HAND = "by hand: "


def refund_if_router_away(sale: SaleFacts, now: Now, refund_after_minutes: float) -> Decision:
    """Give the money back past the company's time, while the router does not answer."""
    require(sale, {SaleState.PAID})
    since = sale.paid_at or sale.created_at
    if not now.has_passed(since + timedelta(minutes=refund_after_minutes)):
        return NOTHING
    if sale.is_returned_by_hand:
        # The access opens as soon as the router answers, or the operator gives the money back.
        told = Tell(AlertKind.REFUND_REFUSED, sale.id, messages.GIVE_BACK_BY_HAND)
        return Decision(Outcome.NOTHING, tells=(told,))
    return refund_begun("router away")


def refund_objection(sale: SaleFacts) -> RefundObjection | None:
    """Say why the operator cannot give the money back; give None where it can go back, or has."""
    if sale.state == SaleState.CHARGED_BACK:
        return RefundObjection.CHARGED_BACK
    if sale.state in (SaleState.REFUNDING, SaleState.REFUNDED):
        return None
    if sale.state not in MONEY_STANDS:
        return RefundObjection.NOT_PAID
    if sale.amount_refunded:
        return RefundObjection.PARTLY_REFUNDED
    return RefundObjection.BY_HAND if sale.is_returned_by_hand else None


def returned_by_hand(sale: SaleFacts, reason: str) -> Decision:
    """Book money that the operator has given back past the gateway; what it bought ends.

    Raises ForbiddenMove where there is none of it.
    """
    if sale.state in MONEY_STANDS:
        return Decision(
            Outcome.RETURNED,
            (SaleState.REFUNDED,),
            due=Due.NEVER,
            reason=f"{BY_HAND}{reason}",
            columns={"amount_refunded": sale.amount, "cancel_reason": CancelReason.RETURNED},
            access=TAKEN_BACK,
            resolves=AlertKind.REFUND_REFUSED,
        )
    require(sale, ASKED | GIVEN_UP)
    return _part_returned(sale, reason)


def _part_returned(sale: SaleFacts, reason: str) -> Decision:
    """End a sale of which too little came, which went back."""
    back = SaleColumns(amount_returned=sale.amount_received)
    if sale.state not in ASKED:
        columns = back | {"cancel_reason": CancelReason.RETURNED}
        return Decision(Outcome.RETURNED, due=Due.AT_ONCE, columns=columns, unparks=True)
    decision = canceling(sale, Outcome.RETURNED, CancelReason.RETURNED, f"{BY_HAND}{reason}")
    return replace(decision, due=Due.AT_ONCE, columns=decision.columns | back, unparks=True)


def refund_asked(sale: SaleFacts, reason: str) -> Decision:
    """Give the money back as the operator wants it, unless that is under way or done."""
    return refund_begun(reason) if sale.state in MONEY_STANDS else NOTHING


def refund_begun(reason: str) -> Decision:
    """Give the money back: what it bought is taken away before the gateway is asked."""
    return Decision(
        Outcome.REFUND_BEGUN, (SaleState.REFUNDING,), Due.HOLD, reason, access=TAKEN_BACK
    )


def refunded(sale: SaleFacts, answer: Refunded | Refused | Unknown, now: datetime) -> Decision:
    """Follow what the gateway said of giving the money back."""
    require(sale, {SaleState.REFUNDING})
    match answer:
        case Refunded(amount):
            return Decision(
                Outcome.REFUNDED,
                (SaleState.REFUNDED,),
                due=Due.NEVER,
                columns={"amount_refunded": amount},
                resolves=AlertKind.REFUND_REFUSED,
            )
        case Refused():
            return _not_refunded(sale, answer, now)
        case Unknown(reason) if reason in REVERSALS:
            return outside(sale, answer, now)
        case Unknown():
            return wait(sale, answer)


def _not_refunded(sale: SaleFacts, refusal: Refused, now: datetime) -> Decision:
    """Let the customer keep what was bought: the gateway refuses for good."""
    columns = SaleColumns(delivered_at=sale.delivered_at or now)
    message = messages.NOT_GIVEN_BACK
    if refusal.order is not None and refusal.order.amount_refunded:
        columns["amount_refunded"] = refusal.order.amount_refunded
        message = messages.REST_NOT_GIVEN_BACK
    return Decision(
        Outcome.REFUND_REFUSED,
        (SaleState.DELIVERED,),
        reason=f"refund refused: {refusal.reason}",
        due=Due.NEVER,
        columns=columns,
        access=OPEN_AGAIN,
        tells=(Tell(AlertKind.REFUND_REFUSED, sale.id, message),),
    )


def outside(sale: SaleFacts, look: Look, now: datetime) -> Decision:
    """Follow a look for money that was in and went back without us."""
    require(sale, MONEY_IN)
    match look:
        case Unknown(reason, order=Order() as order) if reason in REVERSALS:
            return reversed_whole(sale, order, REVERSALS[reason], now)
        case Unknown(OrderStatus.PARTIALLY_REFUNDED.value, order=Order() as order):
            return _partly_refunded(sale, order)
        case Paid(order) | Unknown(ParkReason.AMOUNT_MISMATCH, order=Order() as order) if (
            sale.is_deferred and rules.received(sale, order)
        ):
            return _paid_again(sale, order)
        case Paid(Order(fee=int(fee))) if not sale.fee_is_known:
            # The answer to a charge need not tell it: the order does, once it is read again.
            return Decision(Outcome.NOTHING, columns={"fee": fee})
        case Unknown(order=None):
            return SILENCE
        case _:
            return NOTHING


def may_change(sale: SaleFacts) -> bool:
    """Tell whether money may come or go yet: once more, too, where it went back by hand."""
    return sale.state in ASKED | GIVEN_UP | MONEY_IN or went_back_by_hand(sale)


def went_back_by_hand(sale: SaleFacts) -> bool:
    """Tell whether an operator gave all of its money back past the gateway, or nobody else can."""
    by_hand = sale.is_returned_by_hand or sale.cancel_reason == CancelReason.RETURNED
    return sale.state == SaleState.REFUNDED and by_hand


def after_return(sale: SaleFacts, look: Look) -> Decision:
    """Follow a look for money that came, or went, once more after it went back by hand."""
    require(sale, {SaleState.REFUNDED})
    match look:
        case Unknown(reason) if reason in REVERSALS and sale.cancel_reason == CancelReason.RETURNED:
            message = messages.REVERSED_TWICE[reason]
            return Decision(Outcome.NOTHING, tells=(Tell(AlertKind(reason), sale.id, message),))
        case Unknown(OrderStatus.PARTIALLY_REFUNDED.value, order=Order() as order) if (
            sale.cancel_reason == CancelReason.RETURNED
        ):
            return _part_twice(sale, order)
        case Paid(order) | Unknown(ParkReason.AMOUNT_MISMATCH, order=Order() as order) if (
            rules.received(sale, order)
        ):
            return _paid_again(sale, order)
        case Unknown(order=None):
            return SILENCE
        case _:
            return NOTHING


def _part_twice(sale: SaleFacts, order: Order) -> Decision:
    """Tell of a part that the gateway gave back too, but for what had come once more."""
    came = order.amount_paid or sale.amount_received or sale.amount
    twice = order.amount_refunded - max(0, came - sale.amount_returned - sale.amount)
    if twice <= 0:
        return NOTHING
    message = messages.of_part_twice(twice, order.currency)
    return Decision(Outcome.NOTHING, tells=(Tell(AlertKind.PARTIAL_REFUND, sale.id, message),))


def _paid_again(sale: SaleFacts, order: Order) -> Decision:
    """Tell of what was paid once more, on the same reference."""
    surplus = rules.of_surplus(sale, order)
    return Decision(Outcome.NOTHING, columns=rules.received(sale, order), tells=surplus)


def _partly_refunded(sale: SaleFacts, order: Order) -> Decision:
    if order.amount_refunded == sale.amount_refunded:
        return NOTHING
    return Decision(
        outcome=Outcome.PARTLY_REFUNDED,
        columns={"amount_refunded": order.amount_refunded},
        tells=(Tell(AlertKind.PARTIAL_REFUND, sale.id, messages.IN_PART),),
    )
