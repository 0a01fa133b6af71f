"""The charge: asked for once, with nothing held; then its answer is recorded."""

from __future__ import annotations

from typing import Any

from portal.core.database import writing
from portal.payments.gateway import (
    Canceled,
    Declined,
    Fault,
    Opened,
    Order,
    OrderStatus,
    Outcome,
    Paid,
    Pending,
    Refused,
    Unknown,
)
from portal.sales.card_testing import note_decline
from portal.sales.context import SaleContext
from portal.sales.gateway_refusals import tell_of_refused_key, tell_operator
from portal.sales.steps.cancellation import begin_canceling
from portal.sales.steps.payment import record_payment
from portal.sales.transitions import move, park, reschedule


def charge(context: SaleContext, card_token: str) -> None:
    """Ask for the money and record the answer. Only the request that holds the token can.

    A lost answer is asked about once, here, before the customer is told to wait.
    """
    purchase, order_id = context.purchase, context.sale.order_id
    outcome = context.gateway.charge(purchase, order_id, card_token, context.gateway_time())
    if isinstance(outcome, Unknown) and not outcome.park:
        outcome = _only_if_decided(ask(context), outcome)
    settle(context, outcome)


def ask(context: SaleContext) -> Outcome | Opened | Canceled:
    """How the sale's order stands at the gateway. Where no id is known, it is looked for."""
    sale, purchase = context.sale, context.purchase
    if sale.order_id is not None:
        return context.gateway.look_up(purchase, sale.order_id, context.gateway_time())
    found = context.gateway.find(sale.id, sale.created_at, context.gateway_time())
    if isinstance(found, (Refused, Unknown)):
        return Unknown(found.reason)
    if not found:
        return Opened(None)
    return context.gateway.look_up(purchase, _most_telling(found).id, context.gateway_time())


def _most_telling(orders: tuple[Order, ...]) -> Order:
    weight = {OrderStatus.PAID: 3, OrderStatus.PENDING: 2, OrderStatus.UNCLEAR: 1}
    return max(orders, key=lambda order: weight.get(order.status, 0))


def _only_if_decided(answer: Outcome | Opened | Canceled, otherwise: Unknown) -> Outcome:
    # An order without a charge may yet get it: the lost request can still be on its way.
    return answer if isinstance(answer, (Paid, Declined, Pending)) else otherwise


def settle(context: SaleContext, outcome: Outcome) -> None:
    """Record the gateway's answer. Raises LostRace."""
    if isinstance(outcome, Paid):
        record_payment(context, outcome.order)
    elif isinstance(outcome, Declined):
        begin_canceling(context, "declined", "declined", buyer_message=outcome.message)
        note_decline(context.sale)
    elif isinstance(outcome, Refused):
        _settle_refusal(context, outcome)
    elif isinstance(outcome, Pending):
        _settle_pending(context, outcome)
    else:
        _settle_unknown(context, outcome)


def _settle_refusal(context: SaleContext, refusal: Refused) -> None:
    # What the buyer typed can be typed again, and the same purchase sent once more.
    by_customer = refusal.fault is Fault.CUSTOMER and refusal.field is None
    context.refused_field = refusal.field
    begin_canceling(
        context,
        "refused" if by_customer else "failed",
        f"gateway: {refusal.reason}",
        release_key=not by_customer,
        buyer_message=refusal.message,
    )
    tell_operator(context, refusal)


def _settle_pending(context: SaleContext, pending: Pending) -> None:
    columns: dict[str, Any] = {"order_id": pending.order.id, "action_url": pending.action_url}
    with writing() as session:
        if context.sale.state == "pending":
            reschedule(session, context.sale, **columns)
        else:
            move(
                session,
                context.sale,
                "pending",
                actor=context.actor,
                due_in=0,
                lease=None,
                **columns,
            )


def _settle_unknown(context: SaleContext, unknown: Unknown) -> None:
    columns: dict[str, Any] = {"order_id": unknown.order.id} if unknown.order else {}
    with writing() as session:
        if unknown.park:
            park(session, context.sale, unknown.reason)
        else:
            reschedule(session, context.sale, **columns)
    tell_of_refused_key(context, unknown)
