"""Money that is in is honoured: the access wanted open, whatever was decided before."""

from __future__ import annotations

from sqlalchemy.exc import IntegrityError

from portal.access.credentials import NAME_DRAWS, draw_credentials
from portal.access.desired_state import want
from portal.access.top_up import lengthen
from portal.core.database import writing
from portal.models import Access, utc_now
from portal.payments.gateway import Order
from portal.ports import settings
from portal.sales.context import Work
from portal.sales.transitions import move


def honour(work: Work, order: Order) -> None:
    """Record that the money is in, and want the access enabled. Raises LostRace.

    A canceled sale has given its hotspot name back; where somebody has it by now, the late
    money gets another one.
    """
    for _ in range(NAME_DRAWS):
        try:
            _record(work, order)
        except IntegrityError:
            work.access.name, password = draw_credentials(work.access.kind, work.access.pin_digits)
            work.access.password = password
            work.access_was_renamed = True
        else:
            return
    raise RuntimeError("no free hotspot name could be drawn")


def _record(work: Work, order: Order) -> None:
    lease = settings().sale_lease
    with writing() as session:
        if work.access_was_renamed:
            stored = session.get_one(Access, work.access.id)
            stored.name, stored.password = work.access.name, work.access.password
            session.flush()
        want(session, work.access, "enabled", lease)
        if work.sale.extends:
            lengthen(session, work)
        move(
            session,
            work.sale,
            "paid",
            actor=work.actor,
            due_in=lease,
            order_id=order.id,
            paid_at=work.sale.paid_at or utc_now(),
            card_last4=order.card_last4,
            action_url=None,
            cancel_reason=None,
        )
