"""Do for a sale what its page offers."""

from __future__ import annotations

from flask import Response
from werkzeug.wrappers import Response as BaseResponse

from portal.core import formatting
from portal.core.errors import Conflict
from portal.core.i18n import gettext
from portal.models.sale_states import SaleState
from portal.operators import refunds, transactions
from portal.operators.sales import actions
from portal.panel.audience import OWNERS, STAFF
from portal.panel.blueprint import blueprint
from portal.panel.forms import PostedForm, read_form
from portal.panel.rendering import page, see_other
from portal.panel.request import actor, company_id
from portal.sales.deferred.part_payment import amount_to_return, holds_part
from portal.web.fields import pesos
from portal.web.operator_schemas.sale_schemas import RefundRequest


@blueprint.page("/ventas/<sale_id>/reembolso", OWNERS, fresh=True)
def refund_form(sale_id: str) -> Response:
    """Say what giving the money back does, before it is done."""
    return _refund_page(sale_id, PostedForm())


@blueprint.action("/ventas/<sale_id>/reembolso", OWNERS, fresh=True)
def refund(sale_id: str) -> BaseResponse:
    """Give the money back, whole."""
    form = read_form(RefundRequest())
    if not form.is_good:
        return _refund_page(sale_id, form, 422)
    if form.values["a_mano"]:
        by_hand = form.values["motivo"], form.values.get("importe")
        told = refunds.book_return(actor(), company_id(), sale_id, *by_hand)
        booked = gettext("Listo: quedó registrado que devolvió el dinero, y el acceso se cerró.")
        part_booked = gettext("Listo: quedó registrado que devolvió lo que había llegado.")
        is_whole = told.sale.state == SaleState.REFUNDED
        return see_other("panel.sale", booked if is_whole else part_booked, sale_id=sale_id)
    told = refunds.refund(actor(), company_id(), sale_id, form.values["motivo"])
    done = gettext("Listo: se devolvió el dinero y se cerró el acceso.")
    under_way = gettext("La pasarela aún no confirma la devolución: el sistema la termina.")
    is_done = told.sale.state == SaleState.REFUNDED
    return see_other("panel.sale", done if is_done else under_way, sale_id=sale_id)


@blueprint.action("/ventas/<sale_id>/seguir", OWNERS)
def unpark(sale_id: str) -> BaseResponse:
    """Let the worker go on with a sale that waited for a person."""
    refunds.unpark(actor(), company_id(), sale_id)
    said = gettext("Listo: el sistema sigue con esta venta.")
    return see_other("panel.sale", said, sale_id=sale_id)


@blueprint.action("/ventas/<sale_id>/reintentar", STAFF)
def retry(sale_id: str) -> BaseResponse:
    """Let the worker take it up at once."""
    actions.retry(actor(), company_id(), sale_id)
    said = gettext("Listo: el sistema la atiende ahora. Cargue la página en unos segundos.")
    return see_other("panel.sale", said, sale_id=sale_id)


@blueprint.action("/ventas/<sale_id>/preguntar", STAFF)
def ask_gateway(sale_id: str) -> BaseResponse:
    """Ask the gateway whether what was missing has come."""
    actions.ask_gateway(actor(), company_id(), sale_id)
    said = gettext("Listo: se preguntó a la pasarela, y la venta está como dice abajo.")
    return see_other("panel.sale", said, sale_id=sale_id)


@blueprint.action("/ventas/<sale_id>/entregar", STAFF)
def deliver_again(sale_id: str) -> BaseResponse:
    """Make the access on its router again."""
    is_there = actions.deliver_again(actor(), company_id(), sale_id)
    done = gettext("Listo: el router tiene el acceso.")
    later = gettext("El router no lo confirmó: el acceso se entrega en cuanto responda.")
    return see_other("panel.sale", done if is_there else later, sale_id=sale_id)


@blueprint.action("/ventas/<sale_id>/recibo", STAFF)
def send_receipt(sale_id: str) -> BaseResponse:
    """Send the buyer the receipt once more."""
    address = actions.send_receipt(actor(), company_id(), sale_id)
    said = gettext("Listo: el recibo salió a %(address)s.") % {"address": address}
    return see_other("panel.sale", said, sale_id=sale_id)


def _refund_page(sale_id: str, form: PostedForm, status: int = 200) -> Response:
    sale = transactions.get(company_id(), sale_id).sale
    ways = refunds.ways_back(sale)
    if not (ways.at_gateway or ways.by_hand):
        raise Conflict(gettext("Esta venta no tiene un pago confirmado que devolver."))
    is_part = holds_part(sale)
    amount = amount_to_return(sale)
    price = formatting.price_in_full(amount, sale.currency)
    told = {"sale": sale, "price": price, "form": form, "ways": ways, "is_part": is_part}
    return page("sales/refund", status, amount=pesos(amount), **told)
