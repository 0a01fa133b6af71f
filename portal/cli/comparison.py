"""Write our sales beside the gateway's orders, a line each."""

from __future__ import annotations

from portal.cli.shell import shown
from portal.core.formatting import price_in_full
from portal.models import Sale
from portal.payments.gateway import Order
from portal.sales.gateway_comparison import Compared, Unread
from portal.sales.missing_keys import KEY_LOST
from portal.web.sale_history.sentences import difference, money, order_name, state_name

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
        parts.append("→ " + "; ".join(map(difference, compared.differences)))
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
    return f"{sale.id} {price_in_full(sale.amount, sale.currency)} {state_name(sale.state)}"


def _theirs(order: Order | None) -> str:
    if order is None:
        return "sin orden"
    return f"{order.id} {money(order.amount, order.currency)} {order_name(order.status.value)}"
