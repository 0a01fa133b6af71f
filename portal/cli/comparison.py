"""Write our sales beside the gateway's orders, a line each."""

from __future__ import annotations

from portal.cli.shell import shown
from portal.cli.story import STATES
from portal.core.formatting import price_in_full
from portal.models import Sale
from portal.payments.gateway import Order
from portal.sales.gateway_comparison import Compared, Unread
from portal.sales.gateway_differences import Difference
from portal.sales.missing_keys import KEY_LOST

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
EQUAL, DIFFERENT, UNDER_WAY = "=", "≠", "…"


def line(compared: Compared) -> str:
    """Write `≠ 2026-01-31 18:30:05 sal_… ord_… $20 MXN devuelta | …`, then what differs."""
    mark = DIFFERENT if compared.differences else UNDER_WAY if compared.under_way else EQUAL
    when = (
        compared.sale.created_at if compared.sale else compared.order and compared.order.created_at
    )
    parts = [mark, shown(when) if when else "sin fecha", _ours(compared.sale), "|"]
    parts.append(_theirs(compared.order))
    if compared.differences:
        parts.append("→ " + "; ".join(map(_difference, compared.differences)))
    return " ".join(parts)


def unread(account: Unread) -> str:
    """Say what could not be compared, and why."""
    version = account.account.version
    if account.reason == KEY_LOST:
        return (
            f"? Ninguna clave de ENCRYPTION_KEYS abre la llave versión {version}: "
            "sus ventas quedan sin comparar."
        )
    return (
        f"? La pasarela no entregó todas las órdenes de la llave versión {version} "
        f"({account.reason}): sus ventas quedan sin comparar."
    )


def _ours(sale: Sale | None) -> str:
    if sale is None:
        return "sin venta"
    return f"{sale.id} {price_in_full(sale.amount, sale.currency)} {STATES[sale.state]}"


def _theirs(order: Order | None) -> str:
    if order is None:
        return "sin orden"
    return f"{order.id} {_money(order.amount, order.currency)} {ORDERS[order.status.value]}"


def _difference(found: Difference) -> str:
    match found.what:
        case "missing_here":
            return "no hay venta para esta orden"
        case "missing_there":
            return "la pasarela no tiene la orden de esta venta"
        case "another_order":
            return f"otra orden con la referencia de esta venta, cuya orden es {found.ours}"
        case "state":
            ours, theirs = STATES[str(found.ours)], ORDERS[str(found.theirs)]
            return f"estado: aquí {ours}, en la pasarela {theirs}"
        case "mode":
            return f"modo: aquí {MODES[str(found.ours)]}, en la pasarela {MODES[str(found.theirs)]}"
        case "amount" | "refunded" as what:
            name = "importe" if what == "amount" else "devuelto"
            return f"{name}: aquí {_pesos(found.ours)}, en la pasarela {_pesos(found.theirs)}"
    return f"moneda: aquí {found.ours}, en la pasarela {found.theirs}"


def _pesos(centavos: str | int | None) -> str:
    return f"{int(centavos or 0) / 100:,.2f}"


def _money(centavos: int, currency: str) -> str:
    return f"{_pesos(centavos)} {currency}"
