"""An operator gives a sale's money back: whole, and once however often it is asked for."""

from __future__ import annotations

import time
from contextlib import suppress

from portal.access.desired_state import release_access
from portal.core.database import reading, writing
from portal.core.errors import Conflict
from portal.core.leases import LostRace
from portal.hotspot.deadline import Deadline
from portal.models import Sale
from portal.models.sale_states import MONEY_IN
from portal.ports import settings
from portal.sales.claims import claim_one_sale, release_sale
from portal.sales.context import SaleContext, load_context
from portal.sales.purchase import POLL_FIRST, POLL_LONGEST
from portal.sales.recovery import holds_both, shut
from portal.sales.status import SaleStatus, status_of
from portal.sales.steps.refund import begin_refund, finish_refund
from portal.sales.unparking import unpark

BEGUN = ("refunding", "refunded")


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


def refund_sale(sale_id: str, reason: str, actor: str = "operator") -> SaleStatus:
    """Give the money back and close the access; how the sale stands afterwards.

    `refunding` then means that the gateway did not answer: the worker goes on until it has.
    Raises NotRefundable, where nothing has changed.
    """
    _check(status_of(sale_id).sale)
    deadline = Deadline(settings().sale_deadline)
    context = _hold(sale_id, actor, deadline)
    if context is not None:
        _give_back(context, reason)
    sale_status = status_of(sale_id)
    if sale_status.sale.state not in BEGUN:
        raise SaleBusy if context is None else RefundRefused
    return sale_status


def _check(sale: Sale) -> None:
    if sale.state == "charged_back":
        raise ChargedBack
    if sale.state not in MONEY_IN and sale.state != "refunded":
        raise NotRefundable
    if sale.amount_refunded and sale.state not in BEGUN:
        raise PartlyRefunded


def _hold(sale_id: str, actor: str, deadline: Deadline) -> SaleContext | None:
    """The sale under our lease; None while somebody else keeps it. The gateway's time is left."""
    patience = Deadline(deadline.remaining() - settings().gateway_timeout)
    pause = POLL_FIRST
    while (context := _try_to_hold(sale_id, actor, deadline)) is None and not patience.passed:
        time.sleep(patience.remaining(pause))
        pause = min(pause * 2, POLL_LONGEST)
    return context


def _try_to_hold(sale_id: str, actor: str, deadline: Deadline) -> SaleContext | None:
    claim = claim_one_sale(sale_id)
    if claim is None:
        return None
    with reading() as session:
        context = load_context(session, sale_id, deadline, actor)
    return context if holds_both(context, claim) else None


def _give_back(context: SaleContext, reason: str) -> None:
    try:
        _check(context.sale)
        # After a lost race somebody else carries the sale on, and its row says how it stands.
        with suppress(LostRace):
            _refund(context, reason)
    finally:
        release_access(context.access)
        release_sale(context.sale)


def _refund(context: SaleContext, reason: str) -> None:
    if context.sale.parked_reason is not None:
        with writing() as session:
            unpark(session, context.sale)
    if context.sale.state in ("paid", "delivered"):
        begin_refund(context, reason)
    if context.sale.state == "refunding":
        finish_refund(context)
    shut(context)
