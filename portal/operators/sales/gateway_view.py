"""Look at a sale from its gateway's side, now, and change nothing."""

from __future__ import annotations

from dataclasses import dataclass

from portal.core.database import reading
from portal.core.errors import Unavailable
from portal.core.vault import VaultError
from portal.hotspot.deadline import Deadline
from portal.models import Sale
from portal.models.sale_states import SaleActor
from portal.operators.lookup import owned_in
from portal.payments.gateway import Opened, Order, Refused
from portal.sales.context import SaleContext, load_context
from portal.sales.gateway_differences import Difference, differences
from portal.sales.missing_keys import KEY_LOST

SECONDS = 3.0
NO_ORDER, UNREAD = "no_order", "unread"


@dataclass(frozen=True)
class GatewayView:
    """Hold the order as the gateway tells it, and in what it differs from our sale.

    Without `order` it could not be looked at, for this `reason`: `no_order` where none was opened
    as far as we know, `key_lost`, else the gateway's silence or refusal. `is_open`: an order stands
    there on which nothing was ever charged.
    """

    gateway: str
    order: Order | None = None
    is_open: bool = False
    reason: str | None = None
    differences: tuple[Difference, ...] = ()


def look(company_id: str, sale_id: str, seconds: float = SECONDS) -> GatewayView:
    """Ask the gateway, for so many seconds at most; no connection is held meanwhile.

    Raises NotFound.
    """
    with reading() as session:
        owned_in(session, Sale, sale_id, company_id)
        context = load_context(session, sale_id, Deadline(seconds), SaleActor.OPERATOR)
    try:
        label = context.gateway_label
    except Unavailable:
        return GatewayView(context.account.provider, reason=UNREAD)
    if context.sale.order_id is None:
        return GatewayView(label, reason=NO_ORDER)
    try:
        return _asked(context, context.sale.order_id, label)
    except VaultError:
        return GatewayView(label, reason=KEY_LOST)


def _asked(context: SaleContext, order_id: str, label: str) -> GatewayView:
    answer = context.gateway.look_up(context.purchase, order_id, context.gateway_time())
    if isinstance(answer, Opened):
        return GatewayView(label, is_open=True)
    order = None if isinstance(answer, Refused) else answer.order
    if order is None:
        return GatewayView(label, reason=getattr(answer, "reason", UNREAD))
    found = differences(context.sale, context.account.mode == "live", order)
    return GatewayView(label, order, differences=tuple(found))
