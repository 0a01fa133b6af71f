"""Money that went back without us: in the gateway's own panel, or by the buyer's bank."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import update

from portal.alerts.kinds import AlertKind
from portal.alerts.open_alerts import raise_alert
from portal.core.database import writing
from portal.models import Sale
from portal.payments.gateway import Canceled, Opened, Order, Outcome, Unknown
from portal.sales.context import SaleContext
from portal.sales.steps.payment import record_payment
from portal.sales.steps.refund import take_back
from portal.sales.transitions import move

SENTENCES = {
    "refunded": "Se devolvió el pago fuera del portal; el acceso se cerró.",
    "charged_back": "El banco revirtió el pago (contracargo); el acceso se cerró.",
}
IN_PART = "Se devolvió una parte del pago fuera del portal; decida si el acceso sigue."


@dataclass(frozen=True)
class Reversal:
    """The whole of the money went back; `state` is what the sale is then."""

    state: str
    order: Order


def reversal_in(answer: Outcome | Opened | Canceled) -> Reversal | None:
    """What an answer about a sale says of money that went back, whole."""
    if not isinstance(answer, Unknown) or answer.order is None or answer.reason not in SENTENCES:
        return None
    return Reversal(answer.reason, answer.order)


def record_reversal(context: SaleContext, reversal: Reversal) -> None:
    """Book the money as come and gone, and let the access go with it. Raises LostRace."""
    if context.sale.paid_at is None:
        record_payment(context, reversal.order)
    # Whoever began the refund took back what the money bought.
    is_taken_back = context.sale.state == "refunding"
    with writing() as session:
        move(
            session,
            context.sale,
            reversal.state,
            actor=context.actor,
            reason="outside",
            amount_refunded=reversal.order.amount_refunded,
            lease=None,
        )
        if not is_taken_back:
            take_back(session, context)


def follow_reversal(context: SaleContext, answer: Outcome | Opened | Canceled) -> None:
    """Follow what the gateway says of a sale whose money is in, and tell the operator."""
    reversal = reversal_in(answer)
    if reversal:
        _tell(context, reversal)
        record_reversal(context, reversal)
    elif isinstance(answer, Unknown) and answer.reason == "partially_refunded" and answer.order:
        _note_part(context, answer.order.amount_refunded)


def _tell(context: SaleContext, reversal: Reversal) -> None:
    """Unless it is the refund that we asked for ourselves, whose answer was lost."""
    if reversal.state == "refunded" and context.sale.state == "refunding":
        return
    with writing() as session:
        sale, sentence = context.sale, SENTENCES[reversal.state]
        raise_alert(session, sale.company_id, AlertKind(reversal.state), sale.id, sentence)


def _note_part(context: SaleContext, amount: int) -> None:
    if amount == context.sale.amount_refunded:
        return
    with writing() as session:
        session.execute(
            update(Sale).where(Sale.id == context.sale.id).values(amount_refunded=amount)
        )
        raise_alert(
            session, context.sale.company_id, AlertKind.PARTIAL_REFUND, context.sale.id, IN_PART
        )
