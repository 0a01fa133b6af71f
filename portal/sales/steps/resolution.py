"""Learn how an undecided sale stands, and end what nothing can come of any more."""

from __future__ import annotations

from portal.models import utc_now
from portal.payments.gateway import Opened, Order, OrderStatus, Unknown
from portal.sales import decisions
from portal.sales.context import SaleContext, limits, now
from portal.sales.decision_values import CloseOrder, Decision, Outcome
from portal.sales.decisions import Look
from portal.sales.steps.cancellation import close_order
from portal.sales.transitions import apply


def look_up(context: SaleContext) -> Look:
    """Ask how the sale's order stands at the gateway. Where no id is known, it is looked for."""
    sale, purchase = context.sale, context.purchase
    if sale.order_id is not None:
        return context.gateway.look_up(purchase, sale.order_id, context.gateway_time())
    found = context.gateway.find(sale.id, sale.created_at, context.gateway_time())
    if not isinstance(found, tuple):
        return Unknown(found.reason)
    if not found:
        return Opened(None)
    return context.gateway.look_up(purchase, _most_telling(found).id, context.gateway_time())


def _most_telling(orders: tuple[Order, ...]) -> Order:
    weight = {OrderStatus.PAID: 3, OrderStatus.PENDING: 2, OrderStatus.UNCLEAR: 1}
    return max(orders, key=lambda order: weight.get(order.status, 0))


def resolve(context: SaleContext) -> Outcome:
    """Ask the gateway how the sale stands and follow, whatever its state. Raises LostRace."""
    look = look_up(context)
    return follow(context, decisions.followed(context.facts, look, now(), limits()))


def resolve_for_customer(context: SaleContext) -> Outcome:
    """Ask the gateway, and end the sale unless it is decided. Raises LostRace."""
    return follow(context, decisions.given_up(context.facts, look_up(context), utc_now()))


def resolve_for_replacement(context: SaleContext) -> Outcome:
    """Ask the gateway, and give the sale up unless it is paid. Raises LostRace."""
    return follow(context, decisions.replaced(context.facts, look_up(context), utc_now()))


def resolve_again(context: SaleContext) -> Outcome:
    """Ask the gateway whether money came for a canceled sale after all. Raises LostRace."""
    return follow(context, decisions.late_again(context.facts, look_up(context), utc_now()))


def follow(context: SaleContext, decision: Decision | CloseOrder) -> Outcome:
    """Write what was decided, where it needs so once the order is closed at the gateway."""
    if isinstance(decision, CloseOrder):
        closing, reason = close_order(context), decision.reason
        decision = decisions.closed_undecided(context.facts, closing, reason, utc_now())
    apply(context, decision)
    return decision.outcome
