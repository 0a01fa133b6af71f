"""Write sales as a table for a spreadsheet, as Mexican ones read it (`web.spreadsheet`)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from zoneinfo import ZoneInfo

from portal.sales.status import SaleStatus
from portal.web.fields import pesos
from portal.web.spreadsheet import BOM, code_cell, date_cell, line, text_cell

COLUMNS = (
    *("id", "id_transaccion", "fecha", "estado_pago", "router_id", "producto", "precio"),
    *("moneda", "reembolsado", "nombre", "email", "telefono", "mac", "usuario_hotspot"),
)


def table(sales: Iterable[SaleStatus], zone: ZoneInfo) -> Iterator[str]:
    """Write the lines, headed by the names of the columns, dates in the zone given.

    They begin with a byte order mark, without which spreadsheets misread accents.
    """
    yield BOM + line(COLUMNS)
    for sale_status in sales:
        yield line(_cells(sale_status, zone))


def _cells(sale_status: SaleStatus, zone: ZoneInfo) -> Sequence[str]:
    sale = sale_status.sale
    ids = (text_cell(sale.id), text_cell(sale.order_id))
    paid = (date_cell(sale.created_at, zone), sale_status.public_state, text_cell(sale.router_id))
    price = (pesos(sale.amount), sale.currency, pesos(sale.amount_refunded))
    buyer = (
        text_cell(sale.customer_name),
        text_cell(sale.customer_email),
        code_cell(sale.customer_phone),
    )
    user = (text_cell(sale.mac), code_cell(sale_status.access.shown_name))
    return (*ids, *paid, text_cell(sale.plan_name), *price, *buyer, *user)
