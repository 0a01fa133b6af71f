"""Money that is in is honoured: the access wanted open, whatever was decided before."""

from __future__ import annotations

from sqlalchemy.exc import IntegrityError

from portal.access.credentials import NAME_DRAWS, draw_credentials
from portal.access.desired_state import set_desired
from portal.access.top_up import lengthen
from portal.core.database import writing
from portal.models import Access, utc_now
from portal.payments.gateway import Order
from portal.ports import settings
from portal.sales.context import SaleContext
from portal.sales.transitions import move


def record_payment(context: SaleContext, order: Order) -> None:
    """Record that the money is in, and want the access enabled. Raises LostRace.

    A canceled sale has given its hotspot name back; where somebody has it by now, the late
    money gets another one.
    """
    for _ in range(NAME_DRAWS):
        try:
            _record(context, order)
        except IntegrityError:
            context.access.name, password = draw_credentials(
                context.access.kind, context.access.pin_digits
            )
            context.access.password = password
            context.access_was_renamed = True
        else:
            return
    raise RuntimeError("no free hotspot name could be drawn")


def _record(context: SaleContext, order: Order) -> None:
    lease = settings().sale_lease
    with writing() as session:
        if context.access_was_renamed:
            stored = session.get_one(Access, context.access.id)
            stored.name, stored.password = context.access.name, context.access.password
            session.flush()
        set_desired(session, context.access, "enabled", lease)
        if context.sale.extends:
            lengthen(session, context.sale, context.access)
        move(
            session,
            context.sale,
            "paid",
            actor=context.actor,
            due_in=lease,
            order_id=order.id,
            paid_at=context.sale.paid_at or utc_now(),
            card_last4=order.card_last4,
            action_url=None,
            cancel_reason=None,
        )
