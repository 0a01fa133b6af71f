"""Write sales as a table, one line each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from zoneinfo import ZoneInfo

from portal.sales.purchase import SaleStatus
from portal.web.fields import pesos
from portal.web.spreadsheets.cells import code_cell, date_cell, lines_of, text_cell

COLUMNS = (
    *("id", "id_transaccion", "fecha", "estado_pago", "router_id", "producto", "precio"),
    *("moneda", "reembolsado", "nombre", "email", "telefono", "mac", "usuario_hotspot"),
)
NO_WORDS: Mapping[str, str] = MappingProxyType({})


def sales_table(
    sales: Iterable[SaleStatus], zone: ZoneInfo, words: Mapping[str, str] = NO_WORDS
) -> Iterator[str]:
    """Write the lines, dates in the zone given; `words` name states, which else are the JSON's."""
    return lines_of(COLUMNS, (_cells(sale_status, zone, words) for sale_status in sales))


def _cells(sale_status: SaleStatus, zone: ZoneInfo, words: Mapping[str, str]) -> Sequence[str]:
    sale, word = sale_status.sale, sale_status.public_state
    ids = (text_cell(sale.id), text_cell(sale.order_id))
    state = (date_cell(sale.created_at, zone), words.get(word, word), text_cell(sale.router_id))
    price = (pesos(sale.amount), sale.currency, pesos(sale.amount_refunded))
    name, email = text_cell(sale.customer_name), text_cell(sale.customer_email)
    buyer = (name, email, code_cell(sale.customer_phone))
    user = (text_cell(sale.mac), code_cell(sale_status.access.shown_name))
    return (*ids, *state, text_cell(sale.plan_name), *price, *buyer, *user)
