"""The way back of the money: whole, once, and the access closed."""

from __future__ import annotations

from sqlalchemy.orm import Session

from portal.database import writing
from portal.models import utc_now
from portal.payments.gateway import Refunded, Refused
from portal.ports import settings
from portal.sales.access_ledger import want
from portal.sales.alerts import raise_alert
from portal.sales.extending import lengthen, shorten
from portal.sales.ledger import move, reschedule
from portal.sales.work import Work


def begin_refund(work: Work, reason: str) -> None:
    """Decide to give the money back: `paid` or `delivered` → `refunding`. Raises LostRace."""
    with writing() as session:
        lease = settings().sale_lease
        move(session, work.sale, "refunding", actor=work.actor, reason=reason, due_in=lease)
        take_back(session, work)


def take_back(session: Session, work: Work) -> None:
    """What the money bought goes with the money."""
    if work.sale.extends:
        shorten(session, work)
        want(session, work.access, work.access.wanted, 0)
    else:
        want(session, work.access, "absent", 0)


def finish_refund(work: Work) -> None:
    """Give the money back at the gateway, and record it. May be repeated."""
    sale = work.sale
    if sale.order_id is None:
        raise ValueError("a paid sale knows its order")
    answer = work.gateway.refund(sale.order_id, sale.amount, work.gateway_time())
    with writing() as session:
        if isinstance(answer, Refunded):
            move(
                session,
                sale,
                "refunded",
                actor=work.actor,
                amount_refunded=answer.amount,
                lease=None,
            )
        elif isinstance(answer, Refused):
            # Refused for good: the customer keeps what was bought, and the operator is told.
            message = "Conekta no acepta la devolución: devuelva el dinero por otro medio."
            raise_alert(session, sale.company_id, "refund_refused", sale.id, message)
            move(
                session,
                sale,
                "delivered",
                actor=work.actor,
                reason=f"refund refused: {answer.reason}",
                delivered_at=sale.delivered_at or utc_now(),
                lease=None,
            )
            if sale.extends:
                lengthen(session, work)
            want(session, work.access, "enabled", 0)
        else:
            reschedule(session, sale)
