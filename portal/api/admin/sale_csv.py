"""Write sales as a table for a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from portal.sales.status import SaleStatus
from portal.web.fields import pesos

BOM = "\ufeff"
FORMULA = ("=", "+", "-", "@", "\t", "\r")
COLUMNS = (
    *("id", "id_transaccion", "fecha", "estado_pago", "router_id", "producto", "precio"),
    *("moneda", "reembolsado", "nombre", "email", "telefono", "mac", "usuario_hotspot"),
)


def table(sales: Iterable[SaleStatus]) -> Iterator[str]:
    """Write the lines, headed by the names of the columns.

    They begin with a byte order mark, without which spreadsheets misread accents.
    """
    yield BOM + _line(COLUMNS)
    for sale_status in sales:
        yield _line(_cells(sale_status))


def _cells(sale_status: SaleStatus) -> Sequence[Any]:
    sale = sale_status.sale
    bought = (sale.plan_name, pesos(sale.amount), sale.currency, pesos(sale.amount_refunded))
    buyer = (sale.customer_name, sale.customer_email, sale.customer_phone, sale.mac)
    paid = (sale.created_at.isoformat(), sale_status.public_state, sale.router_id)
    return (sale.id, sale.order_id, *paid, *bought, *buyer, sale_status.access.shown_name)


def _line(cells: Sequence[Any]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer).writerow([_harmless(cell) for cell in cells])
    return buffer.getvalue()


def _harmless(cell: Any) -> str:
    """What a customer wrote must not become a formula in the operator's spreadsheet."""
    text = "" if cell is None else str(cell)
    return "'" + text if text.startswith(FORMULA) else text
