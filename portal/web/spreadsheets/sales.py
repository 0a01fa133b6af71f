"""Give sales as a table, one line each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from zoneinfo import ZoneInfo

from portal.sales.purchase import SaleStatus
from portal.web.spreadsheets.table import Cell, MoneyCell, Table, clock, code

COLUMNS = (
    *("id", "id_transaccion", "fecha", "estado_pago", "router_id", "producto", "precio"),
    *("moneda", "reembolsado", "nombre", "email", "telefono", "mac", "usuario_hotspot"),
)
NO_WORDS: Mapping[str, str] = MappingProxyType({})


def sales_table(
    sales: Iterable[SaleStatus], zone: ZoneInfo, words: Mapping[str, str] = NO_WORDS
) -> Table:
    """Give the lines, dates in the zone given; `words` name states, which else are the JSON's."""
    return Table(COLUMNS, (_cells(sale_status, zone, words) for sale_status in sales))


def _cells(sale_status: SaleStatus, zone: ZoneInfo, words: Mapping[str, str]) -> Sequence[Cell]:
    sale, word = sale_status.sale, sale_status.public_state
    state = (clock(sale.created_at, zone), words.get(word, word), sale.router_id)
    price = (MoneyCell(sale.amount), sale.currency, MoneyCell(sale.amount_refunded))
    buyer = (sale.customer_name, sale.customer_email, code(sale.customer_phone))
    user = (sale.mac, code(sale_status.access.shown_name))
    return (sale.id, sale.order_id, *state, sale.plan_name, *price, *buyer, *user)
