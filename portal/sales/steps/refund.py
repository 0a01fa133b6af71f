"""The way back of the money: whole, once, and the access closed."""

from __future__ import annotations

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from portal.access.desired_state import set_desired
from portal.access.provisioning import expiry
from portal.access.top_up import put_back, shorten
from portal.alerts.kinds import AlertKind
from portal.alerts.open_alerts import raise_alert, resolve_alerts
from portal.core.database import writing
from portal.models import Access, Sale, utc_now
from portal.models.sale_states import MONEY_STANDS
from portal.payments.gateway import Refunded, Refused, Unknown
from portal.ports import settings
from portal.sales.context import SaleContext
from portal.sales.gateway_refusals import tell_of_refused_key
from portal.sales.transitions import move, reschedule


def begin_refund(context: SaleContext, reason: str) -> None:
    """Decide to give the money back: `paid` or `delivered` → `refunding`. Raises LostRace."""
    with writing() as session:
        lease = settings().sale_lease
        move(session, context.sale, "refunding", actor=context.actor, reason=reason, due_in=lease)
        take_back(session, context)


def take_back(session: Session, context: SaleContext) -> None:
    """What the money bought goes with the money; the access stays for who else has paid for it."""
    shorten(session, context.sale, context.access)
    wanted = context.access.wanted if _is_shared(session, context.sale) else "absent"
    set_desired(session, context.access, wanted, 0)


def _is_shared(session: Session, sale: Sale) -> bool:
    """Whether another purchase, whose money stays, holds the access open as well."""
    others = select(Sale.id).where(
        Sale.access_id == sale.access_id, Sale.id != sale.id, Sale.state.in_(MONEY_STANDS)
    )
    return session.scalar(others.limit(1)) is not None


def finish_refund(context: SaleContext) -> None:
    """Give the money back at the gateway, and record it. May be repeated."""
    sale = context.sale
    if sale.order_id is None:
        raise ValueError("a paid sale knows its order")
    answer = context.gateway.refund(sale.order_id, sale.amount, context.gateway_time())
    if isinstance(answer, Refunded):
        _record_refund(context, answer)
    elif isinstance(answer, Refused):
        _keep_sold(context, answer)
    else:
        _ask_again(context, answer)


def _record_refund(context: SaleContext, answer: Refunded) -> None:
    sale = context.sale
    with writing() as session:
        move(
            session,
            sale,
            "refunded",
            actor=context.actor,
            amount_refunded=answer.amount,
            lease=None,
        )
        resolve_alerts(session, sale.company_id, AlertKind.REFUND_REFUSED, sale.id)


def _keep_sold(context: SaleContext, refusal: Refused) -> None:
    """Refused for good: the customer keeps what was bought, and the operator is told."""
    sale = context.sale
    message = f"{context.gateway_label} no acepta la devolución: devuelva el dinero por otro medio."
    with writing() as session:
        raise_alert(session, sale.company_id, AlertKind.REFUND_REFUSED, sale.id, message)
        move(
            session,
            sale,
            "delivered",
            actor=context.actor,
            reason=f"refund refused: {refusal.reason}",
            delivered_at=sale.delivered_at or utc_now(),
            lease=None,
        )
        put_back(session, context.sale, context.access)
        _start(session, context.access)
        set_desired(session, context.access, "enabled", 0)


def _start(session: Session, access: Access) -> None:
    """Let the time run of an access that was never delivered, or it would never end."""
    now = utc_now()
    if access.started_at is None and (ends := expiry(access, now)) is not None:
        session.execute(
            update(Access).where(Access.id == access.id).values(started_at=now, expires_at=ends),
            execution_options={"synchronize_session": False},
        )


def _ask_again(context: SaleContext, unknown: Unknown) -> None:
    with writing() as session:
        reschedule(session, context.sale)
    tell_of_refused_key(context, unknown)
