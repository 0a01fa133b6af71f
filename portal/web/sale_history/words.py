"""Hold the words for a sale's states and moves, and for an order's at its gateway."""

from __future__ import annotations

from portal.models.sale_states import ParkReason, SaleActor, SaleState

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
# The same of deferred payments.
DEFERRED: dict[str, str] = {
    SaleState.PREPARED: "La orden quedó lista, sin nada que pagar todavía",
    SaleState.CHARGING: "Se pidió a la pasarela cómo pagar {amount}",
    SaleState.PENDING: "Se dijo al cliente cómo pagar {amount} ({method})",
    SaleState.PAID: "Llegaron {amount} ({method})",
    SaleState.CANCELED: "Quedó cancelada: ya no se puede pagar",
}
METHODS = {"card": "tarjeta", "spei": "SPEI", "cash": "efectivo"}
PLACES = {"spei": "CLABE de {}", "cash": "Referencia en {}"}
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
    "another way to pay": "el cliente eligió otra forma de pago",
    "not paid in time": "no se pagó a tiempo",
}
PREFIXES = {
    "gateway: ": "respuesta de la pasarela: ",
    "router: ": "respuesta del router: ",
    "refund refused: ": "respuesta de la pasarela: ",
    "by hand: ": "devuelto a mano, ",
}
ORDERS = {
    "open": "abierta",
    "pending": "pendiente",
    "paid": "pagada",
    "declined": "declinada",
    "canceled": "cancelada",
    "partially_refunded": "devuelta en parte",
    "refunded": "devuelta",
    "charged_back": "con contracargo",
    "unclear": "ilegible",
}
MODES = {"test": "prueba", "live": "real"}
PARKED: dict[str, str] = {
    ParkReason.AMOUNT_MISMATCH: "el importe que se pagó no es el de la venta",
    ParkReason.CURRENCY_MISMATCH: "la moneda en que se pagó no es la de la venta",
    ParkReason.MODE_MISMATCH: "se pagó en otro modo (prueba o real) que el de su cuenta",
    ParkReason.OTHER_PURCHASE: "la orden de la pasarela es de otra compra",
    ParkReason.STUCK: "lleva demasiado tiempo sin resolverse",
    ParkReason.KEY_LOST: "no se puede leer un secreto que hace falta para seguir",
}
DIFFERENCES = {
    "missing_here": "no hay venta para esta orden",
    "missing_there": "la pasarela no tiene la orden de esta venta",
    "another_order": "otra orden con la referencia de esta venta, cuya orden es {ours}",
    "state": "estado: aquí {ours}, en la pasarela {theirs}",
    "mode": "modo: aquí {ours}, en la pasarela {theirs}",
    "amount": "importe: aquí {ours}, en la pasarela {theirs}",
    "refunded": "devuelto: aquí {ours}, en la pasarela {theirs}",
    "received": "recibido: aquí {ours}, en la pasarela {theirs}",
    "currency": "moneda: aquí {ours}, en la pasarela {theirs}",
}
