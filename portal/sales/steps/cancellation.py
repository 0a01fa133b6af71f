"""Cancel without money: the order closed at the gateway, the hotspot user gone."""

from __future__ import annotations

from portal.access.desired_state import record_actual, record_unknown
from portal.access.provisioning import apply as provision
from portal.access.provisioning import told_of
from portal.alerts.router_alerts import tell_of_changed_users, tell_of_user_left
from portal.core.concurrency import run_concurrently
from portal.core.database import writing
from portal.core.vault import VaultError
from portal.hotspot.errors import RouterError
from portal.models import Sale, utc_now
from portal.models.access import AccessState
from portal.models.sale_states import CancelReason
from portal.payments.gateway import Canceled, Order
from portal.payments.methods import Method
from portal.sales import decisions
from portal.sales.context import SaleContext
from portal.sales.decisions import Closing
from portal.sales.transitions import apply


def finish_canceling(
    context: SaleContext, *, user_gone: bool = False, try_router: bool = True
) -> None:
    """Close the order and remove the user, side by side. Money that came is honoured.

    `user_gone`: it is known already. What does not answer is left to the worker. The router is not
    asked where an access stood before, nor where none was made, since its payment was deferred.
    """
    if context.sale.extends or context.sale.method != Method.CARD:
        _settle_closing(context, close_order(context))
        return
    gone, closing = run_concurrently(
        lambda: user_gone or (try_router and remove_user(context)),
        lambda: close_order(context),
    )
    settle_access(context, gone)
    _settle_closing(context, closing)


def remove_user(context: SaleContext) -> bool:
    """Take the hotspot user off the router; give False when that is not certain."""
    try:
        found = provision(
            context.provisioner, context.access, context.router_time(), context.user_id
        )
    except (RouterError, VaultError):
        return False
    if (told := told_of(context.access, found)) is not None:
        tell_of_changed_users(context.router, told)
    if not found:
        tell_of_user_left(context.router, context.access)
    return True


def close_order(context: SaleContext) -> Closing:
    """Make sure that nothing more can be charged for this sale."""
    if context.order_is_closed or _was_declined_for_good(context.sale):
        return Canceled()
    if context.sale.order_id is not None:
        return _close(context, context.sale.order_id)
    found = context.gateway.find(context.sale.id, context.sale.created_at, context.gateway_time())
    return _close_all(context, found) if isinstance(found, tuple) else found


def _was_declined_for_good(sale: Sale) -> bool:
    """Tell whether nobody can charge it any more; the gateway's own frame takes another card."""
    return sale.cancel_reason == CancelReason.DECLINED and sale.checkout_id is None


def _close_all(context: SaleContext, orders: tuple[Order, ...]) -> Closing:
    for order in orders:
        answer = _close(context, order.id)
        if not decisions.is_closed(answer):
            return answer
    return Canceled()


def _close(context: SaleContext, order_id: str) -> Closing:
    answer = context.gateway.cancel(order_id, context.gateway_time())
    if not decisions.needs_look(answer):
        return answer
    look = context.gateway.look_up(context.purchase, order_id, context.gateway_time())
    return decisions.closing_of(look)


def settle_access(context: SaleContext, gone: bool) -> None:
    """Record what became of the hotspot user, and let go of the access."""
    with writing() as session:
        if gone:
            record_actual(session, context.access, AccessState.ABSENT, due_in=None)
        else:
            record_unknown(session, context.access)


def _settle_closing(context: SaleContext, closing: Closing) -> None:
    apply(context, decisions.closed(context.facts, closing, utc_now()))
