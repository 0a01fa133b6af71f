"""Tell a sale's history in sentences, for whoever runs the shop."""

from __future__ import annotations

from collections.abc import Iterator

from portal.cli.shell import shown
from portal.core.formatting import price_in_full
from portal.models import Access, Sale
from portal.models.access import AccessState
from portal.operators.transactions import Told
from portal.web.sale_history.sentences import sentence, state_name

HIDDEN = "••••"


def story(told: Told) -> Iterator[str]:
    """Tell line by line what was sold to whom, each move, and how it stands now."""
    sale, access = told.sale, told.access
    amount = price_in_full(sale.amount, sale.currency)
    yield f"Venta {sale.id}: {sale.plan_name}, {amount}, en el router {sale.router_id}."
    device = sale.mac or sale.device
    yield f"Comprador: {sale.customer_name} <{sale.customer_email}>, dispositivo {device}."
    yield f"Orden en la pasarela: {sale.order_id or 'ninguna conocida'}."
    yield credentials(access)
    for move in told.moves:
        yield f"{shown(move.at)}  {sentence(sale, move)}"
    yield from _now(sale, access)


def credentials(access: Access) -> str:
    """Name the hotspot user without what would let anybody in."""
    if access.kind == "pin":
        return f"Acceso: PIN {access.shown_name}."
    return f"Acceso: usuario {access.shown_name}, contraseña {HIDDEN}."


def _now(sale: Sale, access: Access) -> Iterator[str]:
    yield f"Ahora: {state_name(sale.state)}."
    if sale.parked_reason:
        yield f"Espera a una persona ({sale.parked_reason}): flask sales unpark {sale.id}"
    elif sale.next_attempt_at:
        yield f"El trabajador la atiende el {shown(sale.next_attempt_at)}."
    if access.wanted == AccessState.ENABLED and access.expires_at:
        yield f"El acceso termina el {shown(access.expires_at)}."
