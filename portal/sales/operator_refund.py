"""Give a sale's money back: whole, and once however often it is asked for."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from sqlalchemy.orm import Session

from portal.core.database import writing
from portal.core.errors import Conflict
from portal.core.leases import LostRace
from portal.hotspot.deadline import Deadline, pauses
from portal.models import Sale
from portal.models.sale_states import SaleActor, SaleState
from portal.ports import settings
from portal.sales import decisions
from portal.sales.context import SaleContext, facts_of, held
from portal.sales.decision_values import Decision, RefundObjection, SaleFacts
from portal.sales.purchase import POLL_FIRST, POLL_LONGEST, SaleStatus, status_of
from portal.sales.recovery import shut
from portal.sales.steps.refund import finish_refund
from portal.sales.transitions import Along, apply, unpark

# Writes to the transaction at hand, of the state that a sale leaves and the one that it comes to.
Note = Callable[[Session, str, str], object]
BEGUN = (SaleState.REFUNDING, SaleState.REFUNDED)


class NotRefundable(Conflict):
    detail = "Esta venta no tiene un pago confirmado que devolver."


class ChargedBack(NotRefundable):
    detail = "El banco ya devolvió este pago al cliente (contracargo)."


class PartlyRefunded(NotRefundable):
    detail = (
        "Ya se devolvió una parte de este pago en la pasarela; devuelva el resto desde su panel."
    )


class RefundRefused(NotRefundable):
    detail = (
        "La pasarela no aceptó la devolución: devuelva el dinero por otro medio. El acceso sigue."
    )


class SaleBusy(NotRefundable):
    detail = "Otra operación trabaja con esta venta. Intente de nuevo en unos segundos."


class ReturnedByHand(NotRefundable):
    detail = (
        "La pasarela no devuelve lo que se pagó por SPEI o en efectivo: devuelva el dinero por su "
        "cuenta y después regístrelo aquí como devuelto a mano. El acceso sigue hasta entonces."
    )


OBJECTIONS: dict[RefundObjection, type[NotRefundable]] = {
    RefundObjection.CHARGED_BACK: ChargedBack,
    RefundObjection.NOT_PAID: NotRefundable,
    RefundObjection.PARTLY_REFUNDED: PartlyRefunded,
    RefundObjection.BY_HAND: ReturnedByHand,
}


def refund_sale(
    sale_id: str,
    reason: str,
    actor: SaleActor = SaleActor.OPERATOR,
    note: Note | None = None,
) -> SaleStatus:
    """Give the money back and close the access; give how the sale stands afterwards.

    `refunding` then means that the gateway did not answer: the worker goes on until it has.
    `note` is written where it is begun. Raises NotRefundable, where nothing has changed but what
    the bank did meanwhile.
    """
    _check(facts_of(status_of(sale_id).sale))
    deadline = Deadline(settings().sale_deadline)
    was_asked = False
    with held_patiently(sale_id, actor, deadline) as context:
        if context is not None:
            _check(context.facts)
            # After a lost race somebody else carries the sale on, and its row says how it stands.
            with suppress(LostRace):
                _begin(context, reason, note)
                was_asked = True
                _finish(context)
    return _told(status_of(sale_id), was_asked)


def _told(sale_status: SaleStatus, was_asked: bool) -> SaleStatus:
    """Give it where the money goes back, or has. Raises NotRefundable."""
    sale = sale_status.sale
    if sale.state == SaleState.CHARGED_BACK:
        raise ChargedBack
    if sale.state in BEGUN:
        return sale_status
    if not was_asked:
        raise SaleBusy
    raise PartlyRefunded if sale.amount_refunded else RefundRefused


def _check(sale: SaleFacts) -> None:
    objection = decisions.refund_objection(sale)
    if objection is not None:
        raise OBJECTIONS[objection]


@contextmanager
def held_patiently(
    sale_id: str, actor: SaleActor, deadline: Deadline
) -> Iterator[SaleContext | None]:
    """Hold the sale; give None while somebody else keeps it. The gateway's time is left."""
    patience = Deadline(deadline.remaining() - settings().gateway_timeout)
    for pause in pauses(POLL_FIRST, POLL_LONGEST):
        with held(sale_id, actor, deadline=deadline) as context:
            if context is not None or patience.passed:
                yield context
                return
        time.sleep(patience.remaining(pause))


def noted(sale: Sale, decision: Decision, note: Note | None) -> Along | None:
    """Have `note` written in the transaction that writes the decision, so with it or not at all."""
    if note is None:
        return None
    before = sale.state
    after = decision.states[-1] if decision.states else before
    return lambda batch: batch.also(lambda session: note(session, before, after))


def _begin(context: SaleContext, reason: str, note: Note | None) -> None:
    if context.sale.parked_reason is not None:
        with writing() as session:
            unpark(session, context.sale)
    decision = decisions.refund_asked(context.facts, reason)
    apply(context, decision, noted(context.sale, decision, note))


def _finish(context: SaleContext) -> None:
    if context.sale.state == SaleState.REFUNDING:
        finish_refund(context)
    shut(context)
