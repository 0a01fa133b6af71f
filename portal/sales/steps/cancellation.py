"""The way out without money: the order closed at the gateway, the hotspot user gone."""

from __future__ import annotations

from typing import Any

from portal.access.desired_state import record_actual, record_unknown, set_desired
from portal.access.provisioning import apply, told_of
from portal.alerts.router_alerts import tell_of_changed_users, tell_of_user_left
from portal.core.concurrency import run_concurrently
from portal.core.database import writing
from portal.core.vault import VaultError
from portal.hotspot.router import RouterError
from portal.payments.gateway import Canceled, Order, OrderStatus, Paid, Refused, Unknown
from portal.ports import settings
from portal.sales.context import SaleContext
from portal.sales.gateway_refusals import tell_of_refused_key
from portal.sales.steps.payment import record_payment
from portal.sales.steps.reversal import record_reversal, reversal_in
from portal.sales.transitions import move, park, reschedule

Closing = Canceled | Paid | Refused | Unknown
HAD_MONEY = frozenset(
    {
        OrderStatus.PAID,
        OrderStatus.PARTIALLY_REFUNDED,
        OrderStatus.REFUNDED,
        OrderStatus.CHARGED_BACK,
    }
)


def begin_canceling(
    context: SaleContext,
    cancel_reason: str,
    reason: str,
    *,
    release_key: bool = False,
    **columns: Any,
) -> None:
    """Decide against the sale, and want its access gone. Raises LostRace.

    `release_key`: nothing was charged, for certain and not by the buyer's doing, so the same
    purchase may be tried again.
    """
    if release_key:
        columns["idempotency_key"] = context.sale.id
    with writing() as session:
        move(
            session,
            context.sale,
            "canceling",
            actor=context.actor,
            reason=reason,
            due_in=settings().sale_lease,
            cancel_reason=cancel_reason,
            **columns,
        )
        if not context.sale.extends:
            set_desired(session, context.access, "absent", settings().sale_lease)


def finish_canceling(
    context: SaleContext, *, user_gone: bool = False, try_router: bool = True
) -> None:
    """Close the order and remove the user, side by side. Money that came is honoured.

    `user_gone`: it is known already. What does not answer is left to the worker.
    """
    if context.sale.extends:
        settle_closing(context, close_order(context))
        return
    gone, closing = run_concurrently(
        lambda: user_gone or (try_router and remove_user(context)),
        lambda: close_order(context),
    )
    settle_access(context, gone)
    settle_closing(context, closing)


def remove_user(context: SaleContext) -> bool:
    """Take the hotspot user off the router; False when that is not certain."""
    try:
        found = apply(context.hotspot, context.access, context.router_time(), context.user_id)
    except (RouterError, VaultError):
        return False
    tell_of_changed_users(context.router, told_of(context.access, found))
    if not found:
        tell_of_user_left(context.router, context.access)
    return True


def close_order(context: SaleContext) -> Closing:
    """Make sure that nothing more can be charged for this sale."""
    if context.order_is_closed or context.sale.cancel_reason == "declined":
        return Canceled()
    if context.sale.order_id is not None:
        return _close(context, context.sale.order_id)
    found = context.gateway.find(context.sale.id, context.sale.created_at, context.gateway_time())
    if isinstance(found, (Refused, Unknown)):
        return found
    return _close_all(context, found)


def _close_all(context: SaleContext, orders: tuple[Order, ...]) -> Closing:
    for order in orders:
        answer = _close(context, order.id)
        if not isinstance(answer, Canceled):
            return answer
    return Canceled()


def _close(context: SaleContext, order_id: str) -> Closing:
    answer = context.gateway.cancel(order_id, context.gateway_time())
    if not _had_money(answer):
        return answer
    # Only a look with the purchase in hand tells whether it is the right amount.
    verdict = context.gateway.look_up(context.purchase, order_id, context.gateway_time())
    return verdict if isinstance(verdict, (Paid, Unknown)) else Unknown("cannot be closed yet")


def _had_money(answer: Closing) -> bool:
    order = None if isinstance(answer, Refused) else answer.order
    return order is not None and order.status in HAD_MONEY


def settle_access(context: SaleContext, gone: bool) -> None:
    """Record what became of the hotspot user, and let go of the access."""
    with writing() as session:
        if gone:
            record_actual(session, context.access, "absent", due_in=None)
        else:
            record_unknown(session, context.access)


def settle_closing(context: SaleContext, closing: Closing) -> None:
    """Record what became of the order."""
    if isinstance(closing, Paid):
        record_payment(context, closing.order)
        return
    reversal = reversal_in(closing) if isinstance(closing, Unknown) else None
    if reversal:
        record_reversal(context, reversal)
        return
    with writing() as session:
        if isinstance(closing, Canceled):
            move(session, context.sale, "canceled", actor=context.actor, lease=None)
        elif isinstance(closing, Unknown) and closing.park:
            park(session, context.sale, closing.reason)
        else:
            reschedule(session, context.sale)
    if isinstance(closing, (Refused, Unknown)):
        tell_of_refused_key(context, closing)
