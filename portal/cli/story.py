"""Tell a sale's history in sentences, for whoever runs the shop."""

from __future__ import annotations

from collections.abc import Iterator

from portal.cli.shell import shown
from portal.core.formatting import price_in_full
from portal.models import Access, Sale, SaleMove
from portal.models.access import AccessState
from portal.models.sale_states import SaleActor, SaleState
from portal.operators.transactions import Told

STATES: dict[str, str] = {
    SaleState.OPENED: "abierta",
    SaleState.PREPARED: "preparada",
    SaleState.CHARGING: "cobrándose",
    SaleState.PENDING: "esperando al comprador",
    SaleState.PAID: "pagada, sin entregar",
    SaleState.DELIVERED: "entregada",
    SaleState.CANCELING: "cancelándose",
    SaleState.CANCELED: "cancelada",
    SaleState.REFUNDING: "en devolución",
    SaleState.REFUNDED: "devuelta",
    SaleState.CHARGED_BACK: "con contracargo",
}
ACTIONS: dict[str, str] = {
    SaleState.OPENED: "Se abrió la venta",
    SaleState.PREPARED: "El acceso y la orden quedaron listos, sin cobro",
    SaleState.CHARGING: "Se pidió el cobro de {amount}",
    SaleState.PENDING: "La pasarela espera al comprador (3D Secure, efectivo o transferencia)",
    SaleState.PAID: "Entraron {amount}{card}",
    SaleState.DELIVERED: "Se entregó el acceso",
    SaleState.CANCELING: "Se decidió cancelar",
    SaleState.CANCELED: "Quedó cancelada: la orden no se puede cobrar y el acceso se quita",
    SaleState.REFUNDING: "Se decidió devolver {amount} y cerrar el acceso",
    SaleState.REFUNDED: "Se devolvieron {refunded}",
    SaleState.CHARGED_BACK: "El banco revirtió el pago (contracargo) y el acceso se cierra",
}
# Moves that mean something else than their end alone.
TURNS: dict[tuple[str, str], str] = {
    (
        SaleState.CANCELED,
        SaleState.PAID,
    ): "Llegó dinero después de cancelar: entraron {amount}{card}",
    (
        SaleState.CANCELING,
        SaleState.PAID,
    ): "Llegó dinero mientras se cancelaba: entraron {amount}{card}",
    (
        SaleState.REFUNDING,
        SaleState.DELIVERED,
    ): "La pasarela no aceptó la devolución: el acceso sigue",
}
ACTORS: dict[str, str] = {
    SaleActor.REQUEST: "la compra",
    SaleActor.WORKER: "el trabajador",
    SaleActor.WEBHOOK: "un aviso de la pasarela",
    SaleActor.OPERATOR: "un operador",
    SaleActor.CUSTOMER: "el cliente",
}
REASONS = {
    "declined": "la tarjeta fue declinada",
    "request died": "la compra se interrumpió",
    "undecided for too long": "pasó demasiado tiempo sin decidirse",
    "canceled at the gateway": "la pasarela la canceló",
    "given up by the customer": "el cliente desistió",
    "router away": "el router no respondió a tiempo",
    "outside": "se hizo fuera del portal",
}
PREFIXES = {
    "gateway: ": "respuesta de la pasarela: ",
    "router: ": "respuesta del router: ",
    "refund refused: ": "respuesta de la pasarela: ",
}
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


def sentence(sale: Sale, move: SaleMove) -> str:
    """Tell one move, who made it and why."""
    told = TURNS.get((move.from_state or "", move.to_state)) or ACTIONS[move.to_state]
    action = told.format(
        amount=price_in_full(sale.amount, sale.currency),
        refunded=price_in_full(sale.amount_refunded, sale.currency),
        card=f" de la tarjeta terminada en {sale.card_last4}" if sale.card_last4 else "",
    )
    why = f": {_reason(move.reason)}" if move.reason else ""
    return f"{action}, por {ACTORS.get(move.actor, move.actor)}{why}."


def _reason(reason: str) -> str:
    for prefix, words in PREFIXES.items():
        if reason.startswith(prefix):
            return words + reason.removeprefix(prefix)
    return REASONS.get(reason, f"«{reason}»")


def _now(sale: Sale, access: Access) -> Iterator[str]:
    yield f"Ahora: {STATES[sale.state]}."
    if sale.parked_reason:
        yield f"Espera a una persona ({sale.parked_reason}): flask sales unpark {sale.id}"
    elif sale.next_attempt_at:
        yield f"El trabajador la atiende el {shown(sale.next_attempt_at)}."
    if access.wanted == AccessState.ENABLED and access.expires_at:
        yield f"El acceso termina el {shown(access.expires_at)}."
