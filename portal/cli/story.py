"""A sale's history as sentences for whoever runs the shop."""

from __future__ import annotations

from collections.abc import Iterator

from portal.cli.shell import shown
from portal.core.formatting import price_in_full
from portal.models import Access, Sale, SaleMove
from portal.operators.transactions import Told

STATES = {
    "opened": "abierta",
    "prepared": "preparada",
    "charging": "cobrándose",
    "pending": "esperando al comprador",
    "paid": "pagada, sin entregar",
    "delivered": "entregada",
    "canceling": "cancelándose",
    "canceled": "cancelada",
    "refunding": "en devolución",
    "refunded": "devuelta",
    "charged_back": "con contracargo",
}
DEEDS = {
    "opened": "Se abrió la venta",
    "prepared": "El acceso y la orden quedaron listos, sin cobro",
    "charging": "Se pidió el cobro de {amount}",
    "pending": "Conekta espera al comprador (3D Secure, efectivo o transferencia)",
    "paid": "Entraron {amount}{card}",
    "delivered": "Se entregó el acceso",
    "canceling": "Se decidió cancelar",
    "canceled": "Quedó cancelada: la orden no se puede cobrar y el acceso se quita",
    "refunding": "Se decidió devolver {amount} y cerrar el acceso",
    "refunded": "Se devolvieron {refunded}",
    "charged_back": "El banco revirtió el pago (contracargo) y el acceso se cierra",
}
# Moves that mean something else than their end alone.
TURNS = {
    ("canceled", "paid"): "Llegó dinero después de cancelar: entraron {amount}{card}",
    ("canceling", "paid"): "Llegó dinero mientras se cancelaba: entraron {amount}{card}",
    ("refunding", "delivered"): "Conekta no aceptó la devolución: el acceso sigue",
}
ACTORS = {
    "request": "la compra",
    "worker": "el trabajador",
    "webhook": "un aviso de Conekta",
    "operator": "un operador",
    "customer": "el cliente",
}
REASONS = {
    "declined": "la tarjeta fue declinada",
    "request died": "la compra se interrumpió",
    "undecided for too long": "pasó demasiado tiempo sin decidirse",
    "canceled at the gateway": "Conekta la canceló",
    "given up by the customer": "el cliente desistió",
    "router away": "el router no respondió a tiempo",
    "outside": "se hizo fuera del portal",
}
PREFIXES = {
    "gateway: ": "respuesta de Conekta: ",
    "router: ": "respuesta del router: ",
    "refund refused: ": "respuesta de Conekta: ",
}
HIDDEN = "••••"


def story(told: Told) -> Iterator[str]:
    """Line by line: what was sold to whom, each move, and how it stands now."""
    sale, access = told.sale, told.access
    amount = price_in_full(sale.amount, sale.currency)
    yield f"Venta {sale.id}: {sale.plan_name}, {amount}, en el router {sale.router_id}."
    device = sale.mac or sale.device
    yield f"Comprador: {sale.customer_name} <{sale.customer_email}>, dispositivo {device}."
    yield f"Orden en Conekta: {sale.order_id or 'ninguna conocida'}."
    yield credentials(access)
    for move in told.moves:
        yield f"{shown(move.at)}  {sentence(sale, move)}"
    yield from _now(sale, access)


def credentials(access: Access) -> str:
    """The hotspot user without what would let anybody in."""
    if access.kind == "pin":
        return f"Acceso: PIN {access.shown_name}."
    return f"Acceso: usuario {access.shown_name}, contraseña {HIDDEN}."


def sentence(sale: Sale, move: SaleMove) -> str:
    """One move, who made it and why."""
    told = TURNS.get((move.from_state or "", move.to_state)) or DEEDS[move.to_state]
    deed = told.format(
        amount=price_in_full(sale.amount, sale.currency),
        refunded=price_in_full(sale.amount_refunded, sale.currency),
        card=f" de la tarjeta terminada en {sale.card_last4}" if sale.card_last4 else "",
    )
    why = f": {_reason(move.reason)}" if move.reason else ""
    return f"{deed}, por {ACTORS.get(move.actor, move.actor)}{why}."


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
        yield f"El trabajador la atiende a las {shown(sale.next_attempt_at)}."
    if access.wanted == "enabled" and access.expires_at:
        yield f"El acceso termina a las {shown(access.expires_at)}."
