"""The way out without money: the order closed at the gateway, the hotspot user gone."""

from __future__ import annotations

from typing import Any

from portal.access.desired_state import record_actual, record_unknown, want
from portal.access.provisioning import bring, told_of
from portal.alerts.router_alerts import tell_of_changed_users, tell_of_user_left
from portal.core.concurrency import side_by_side
from portal.core.database import writing
from portal.core.vault import VaultError
from portal.hotspot.router import RouterError
from portal.payments.gateway import Canceled, Order, OrderStatus, Paid, Refused, Unknown
from portal.ports import settings
from portal.sales.context import Work
from portal.sales.gateway_refusals import tell_of_refused_key
from portal.sales.steps.payment import honour
from portal.sales.steps.reversal import reversal_in, reverse
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
    work: Work, cancel_reason: str, reason: str, *, release_key: bool = False, **columns: Any
) -> None:
    """Decide against the sale, and want its access gone. Raises LostRace.

    `release_key`: nothing was charged, for certain and not by the buyer's doing, so the same
    purchase may be tried again.
    """
    if release_key:
        columns["idempotency_key"] = work.sale.id
    with writing() as session:
        move(
            session,
            work.sale,
            "cancelling",
            actor=work.actor,
            reason=reason,
            due_in=settings().sale_lease,
            cancel_reason=cancel_reason,
            **columns,
        )
        if not work.sale.extends:
            want(session, work.access, "absent", settings().sale_lease)


def finish_canceling(work: Work, *, user_gone: bool = False, try_router: bool = True) -> None:
    """Close the order and remove the user, side by side. Money that came is honoured.

    `user_gone`: it is known already. What does not answer is left to the worker.
    """
    if work.sale.extends:
        settle_closing(work, close_order(work))
        return
    gone, closing = side_by_side(
        lambda: user_gone or (try_router and remove_user(work)),
        lambda: close_order(work),
    )
    settle_access(work, gone)
    settle_closing(work, closing)


def remove_user(work: Work) -> bool:
    """Take the hotspot user off the router; False when that is not certain."""
    try:
        found = bring(work.hotspot, work.access, work.router_time(), work.user_id)
    except (RouterError, VaultError):
        return False
    tell_of_changed_users(work.router, told_of(work.access, found))
    if not found:
        tell_of_user_left(work.router, work.access)
    return True


def close_order(work: Work) -> Closing:
    """Make sure that nothing more can be charged for this sale."""
    if work.order_is_closed or work.sale.cancel_reason == "declined":
        return Canceled()
    if work.sale.order_id is not None:
        return _close(work, work.sale.order_id)
    found = work.gateway.find(work.sale.id, work.sale.created_at, work.gateway_time())
    if isinstance(found, (Refused, Unknown)):
        return found
    return _close_all(work, found)


def _close_all(work: Work, orders: tuple[Order, ...]) -> Closing:
    for order in orders:
        answer = _close(work, order.id)
        if not isinstance(answer, Canceled):
            return answer
    return Canceled()


def _close(work: Work, order_id: str) -> Closing:
    answer = work.gateway.cancel(order_id, work.gateway_time())
    if not _had_money(answer):
        return answer
    # Only a look with the purchase in hand tells whether it is the right amount.
    verdict = work.gateway.look_up(work.purchase, order_id, work.gateway_time())
    return verdict if isinstance(verdict, (Paid, Unknown)) else Unknown("cannot be closed yet")


def _had_money(answer: Closing) -> bool:
    order = None if isinstance(answer, Refused) else answer.order
    return order is not None and order.status in HAD_MONEY


def settle_access(work: Work, gone: bool) -> None:
    """Record what became of the hotspot user, and let go of the access."""
    with writing() as session:
        if gone:
            record_actual(session, work.access, "absent", due_in=None)
        else:
            record_unknown(session, work.access)


def settle_closing(work: Work, closing: Closing) -> None:
    """Record what became of the order."""
    if isinstance(closing, Paid):
        honour(work, closing.order)
        return
    reversal = reversal_in(closing) if isinstance(closing, Unknown) else None
    if reversal:
        reverse(work, reversal)
        return
    with writing() as session:
        if isinstance(closing, Canceled):
            move(session, work.sale, "canceled", actor=work.actor, lease=None)
        elif isinstance(closing, Unknown) and closing.park:
            park(session, work.sale, closing.reason)
        else:
            reschedule(session, work.sale)
    if isinstance(closing, (Refused, Unknown)):
        tell_of_refused_key(work, closing)
