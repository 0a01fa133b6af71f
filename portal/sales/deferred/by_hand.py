"""Book money that an operator has given back past the gateway."""

from __future__ import annotations

from contextlib import suppress

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.core.database import reading
from portal.core.leases import LostRace
from portal.hotspot.deadline import Deadline
from portal.models import SaleMove
from portal.models.sale_states import (
    MONEY_STANDS,
    SaleActor,
    SaleState,
)
from portal.ports import settings
from portal.sales import decisions
from portal.sales.context import SaleContext
from portal.sales.decision_values import Decision
from portal.sales.deferred.part_payment import amount_to_return, holds_part
from portal.sales.operator_refund import (
    Note,
    NotRefundable,
    PartlyRefunded,
    SaleBusy,
    held_patiently,
    noted,
)
from portal.sales.purchase import SaleStatus, status_of
from portal.sales.recovery import shut
from portal.sales.transitions import apply

REFUSED = "refund refused:%"


class RefundAtGateway(NotRefundable):
    detail = "Este pago se devuelve por la pasarela: pídala ahí, y el dinero vuelve a la tarjeta."


class OtherAmount(NotRefundable):
    detail = "Lo que hay que devolver es otro importe, quizá desde hace poco: vea la venta."


def book_return(
    sale_id: str, reason: str, note: Note | None = None, amount: int | None = None
) -> SaleStatus:
    """Book that the money went back, and close the access; give how the sale stands afterwards.

    `note` is written with it. `amount` is the centavos that went back, where that is known: all
    that was to. Raises NotRefundable where nothing was booked: there is none that goes back by
    hand, it is another amount by now, or somebody else works on the sale.
    """
    deadline = Deadline(settings().sale_deadline)
    with held_patiently(sale_id, SaleActor.OPERATOR, deadline) as context:
        if context is None:
            raise SaleBusy
        _check(context)
        if amount not in (None, amount_to_return(context.sale)):
            raise OtherAmount
        _book(context, decisions.returned_by_hand(context.facts, reason), note)
        # After a lost race somebody else carries the sale on, and its row says how it stands.
        with suppress(LostRace):
            if context.sale.state == SaleState.REFUNDED:
                shut(context)
    return status_of(sale_id)


def _book(context: SaleContext, decision: Decision, note: Note | None) -> None:
    try:
        apply(context, decision, noted(context.sale, decision, note))
    except LostRace:
        raise SaleBusy from None


def _check(context: SaleContext) -> None:
    sale = context.sale
    if holds_part(sale):
        return
    if sale.state not in MONEY_STANDS:
        raise NotRefundable
    if sale.amount_refunded:
        raise PartlyRefunded
    with reading() as session:
        if not (context.is_returned_by_hand or was_refused(session, sale.id)):
            raise RefundAtGateway


def was_refused(session: Session, sale_id: str) -> bool:
    """Tell whether the gateway has refused to give the sale's money back."""
    refused = SaleMove.reason.like(REFUSED)
    query = select(SaleMove.id).where(SaleMove.sale_id == sale_id, refused).limit(1)
    return session.scalar(query) is not None
