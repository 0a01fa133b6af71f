"""The way back of the money: whole, once, and the access closed."""

from __future__ import annotations

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from portal.access.desired_state import want
from portal.access.provisioning import expiry
from portal.access.top_up import put_back, shorten
from portal.alerts.open_alerts import raise_alert, resolve_alerts
from portal.core.database import writing
from portal.models import Access, Sale, utc_now
from portal.models.sale_states import MONEY_STANDS
from portal.payments.gateway import Refunded, Refused, Unknown
from portal.ports import settings
from portal.sales.context import Work
from portal.sales.gateway_refusals import tell_of_refused_key
from portal.sales.transitions import move, reschedule

REFUND_REFUSED = "refund_refused"


def begin_refund(work: Work, reason: str) -> None:
    """Decide to give the money back: `paid` or `delivered` → `refunding`. Raises LostRace."""
    with writing() as session:
        lease = settings().sale_lease
        move(session, work.sale, "refunding", actor=work.actor, reason=reason, due_in=lease)
        take_back(session, work)


def take_back(session: Session, work: Work) -> None:
    """What the money bought goes with the money; the access stays for who else has paid for it."""
    shorten(session, work)
    wanted = work.access.wanted if _is_shared(session, work.sale) else "absent"
    want(session, work.access, wanted, 0)


def _is_shared(session: Session, sale: Sale) -> bool:
    """Whether another purchase, whose money stays, holds the access open as well."""
    others = select(Sale.id).where(
        Sale.access_id == sale.access_id, Sale.id != sale.id, Sale.state.in_(MONEY_STANDS)
    )
    return session.scalar(others.limit(1)) is not None


def finish_refund(work: Work) -> None:
    """Give the money back at the gateway, and record it. May be repeated."""
    sale = work.sale
    if sale.order_id is None:
        raise ValueError("a paid sale knows its order")
    answer = work.gateway.refund(sale.order_id, sale.amount, work.gateway_time())
    if isinstance(answer, Refunded):
        _record_refund(work, answer)
    elif isinstance(answer, Refused):
        _keep_sold(work, answer)
    else:
        _ask_again(work, answer)


def _record_refund(work: Work, answer: Refunded) -> None:
    sale = work.sale
    with writing() as session:
        move(
            session,
            sale,
            "refunded",
            actor=work.actor,
            amount_refunded=answer.amount,
            lease=None,
        )
        resolve_alerts(session, sale.company_id, REFUND_REFUSED, sale.id)


def _keep_sold(work: Work, refusal: Refused) -> None:
    """Refused for good: the customer keeps what was bought, and the operator is told."""
    sale = work.sale
    message = "Conekta no acepta la devolución: devuelva el dinero por otro medio."
    with writing() as session:
        raise_alert(session, sale.company_id, REFUND_REFUSED, sale.id, message)
        move(
            session,
            sale,
            "delivered",
            actor=work.actor,
            reason=f"refund refused: {refusal.reason}",
            delivered_at=sale.delivered_at or utc_now(),
            lease=None,
        )
        put_back(session, work)
        _start(session, work.access)
        want(session, work.access, "enabled", 0)


def _start(session: Session, access: Access) -> None:
    """Let the time run of an access that was never delivered, or it would never end."""
    now = utc_now()
    if access.started_at is None and (ends := expiry(access, now)) is not None:
        session.execute(
            update(Access).where(Access.id == access.id).values(started_at=now, expires_at=ends),
            execution_options={"synchronize_session": False},
        )


def _ask_again(work: Work, unknown: Unknown) -> None:
    with writing() as session:
        reschedule(session, work.sale)
    tell_of_refused_key(work, unknown)
