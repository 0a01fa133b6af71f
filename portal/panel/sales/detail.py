"""Tell a sale's history in sentences, ours beside its gateway's, with what can be done."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Response

from portal.core import formatting
from portal.core.i18n import gettext
from portal.models.access import AccessState
from portal.models.sale_states import MONEY_STANDS, SaleState
from portal.operators import transactions
from portal.operators.sales import gateway_view
from portal.operators.sales.gateway_view import NO_ORDER, GatewayView
from portal.operators.transactions import Told
from portal.panel.audience import STAFF
from portal.panel.blueprint import blueprint
from portal.panel.rendering import page
from portal.panel.request import company_id, is_owner
from portal.panel.sales.listing import state_words
from portal.ports import settings
from portal.sales.deferred.part_payment import holds_part
from portal.sales.missing_keys import KEY_LOST
from portal.web.sale_history.sentences import (
    difference,
    method_name,
    money,
    order_name,
    parked_because,
    places_to_pay,
    sentence,
    state_name,
)

SECONDS = 2.5


@dataclass(frozen=True)
class Choices:
    """Say what can be done for a sale as it stands."""

    refund: bool
    unpark: bool
    retry: bool
    ask_gateway: bool
    deliver: bool
    receipt: bool

    @property
    def any(self) -> bool:
        """Tell whether anything can."""
        return any(vars(self).values())


@blueprint.page("/ventas/<sale_id>", STAFF)
def sale(sale_id: str) -> Response:
    """Show one sale. The gateway is asked while one waits, for a moment."""
    told = transactions.get(company_id(), sale_id)
    theirs = gateway_view.look(company_id(), sale_id, SECONDS)
    return page(
        "sales/sale",
        told=told,
        sale=told.sale,
        price=formatting.price_in_full(told.sale.amount, told.sale.currency),
        state=state_words()[told.public_state],
        moves=[(move.at, sentence(told.sale, move)) for move in told.moves],
        now=state_name(told.sale.state),
        parked=parked_because(told.sale.parked_reason) if told.sale.parked_reason else None,
        gateway=theirs.gateway,
        theirs=gateway_sentences(theirs),
        choices=choices(told),
        price_of=formatting.price_in_full,
        method=method_name(told.sale.method),
        places=places_to_pay(told.sale),
    )


def choices(told: Told) -> Choices:
    """Tell what can be done for it, by whoever asks."""
    sale, owner = told.sale, is_owner()
    is_open = sale.state == SaleState.DELIVERED and told.access.wanted == AccessState.ENABLED
    is_parked = sale.parked_reason is not None
    return Choices(
        refund=owner
        and (holds_part(sale) or (sale.state in MONEY_STANDS and not sale.amount_refunded)),
        # Carried on, too little is too little: the rest has to come, or its money to go back.
        unpark=owner and is_parked and not holds_part(sale),
        ask_gateway=holds_part(sale),
        retry=sale.next_attempt_at is not None and not is_parked,
        deliver=is_open and told.access.blocked_at is None,
        receipt=is_open and sale.erased_at is None and bool(settings().smtp_host),
    )


def gateway_sentences(view: GatewayView) -> list[str]:
    """Tell what the gateway says of it; that it could not be looked at is said too."""
    if view.reason == NO_ORDER:
        return [gettext("No se abrió ninguna orden en la pasarela, que sepamos.")]
    if view.is_open:
        return [gettext("Hay una orden abierta, sin ningún cobro.")]
    if view.order is None:
        lost = gettext("No se pudo mirar: no se puede leer la llave con la que se cobró.")
        silent = gettext("No se pudo mirar: la pasarela no respondió a tiempo.")
        return [lost if view.reason == KEY_LOST else silent]
    return [*_order(view), *_comparison(view)]


def _order(view: GatewayView) -> list[str]:
    order = view.order
    if order is None:
        return []
    said = gettext("Orden {}: {}, por {}.")
    total = money(order.amount, order.currency)
    lines = [said.format(order.id, order_name(order.status.value), total)]
    if order.amount_refunded:
        back = money(order.amount_refunded, order.currency)
        lines.append(gettext("Devuelto allá: {}.").format(back))
    if order.fee is not None:
        fee = money(order.fee, order.currency)
        lines.append(gettext("Comisión de la pasarela: {}.").format(fee))
    return lines


def _comparison(view: GatewayView) -> list[str]:
    if not view.differences:
        return [gettext("Coincide con lo nuestro.")]
    return [gettext("No coincide: {}.").format(difference(found)) for found in view.differences]
