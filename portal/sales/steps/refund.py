"""Give the money back: whole, once, and the access closed."""

from __future__ import annotations

from portal.models import utc_now
from portal.sales import decisions
from portal.sales.context import SaleContext
from portal.sales.transitions import apply


def finish_refund(context: SaleContext) -> None:
    """Give the money back at the gateway, and record it. May be repeated."""
    sale = context.sale
    if sale.order_id is None:
        raise ValueError("a paid sale knows its order")
    answer = context.gateway.refund(sale.order_id, sale.amount, context.gateway_time())
    apply(context, decisions.refunded(context.facts, answer, utc_now()))
