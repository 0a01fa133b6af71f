"""Write sales as a table for a spreadsheet, as Mexican ones read it.

Told from LibreOffice 7.4 set to es-MX: commas part cells, `20.00` is a number, and so becomes
any text that looks like one, whether it is quoted or not; only `="012345"` keeps its zero.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from portal.sales.status import SaleStatus
from portal.web.fields import pesos

BOM = "\ufeff"
# With their forms in full width, which Excel takes for the same.
FORMULA = tuple("=+-@\t\r＝＋－＠")
# What would be read as a number or as a date: 012345, +525512345678, 1-2, 1E10.
LIKE_A_NUMBER = re.compile(r"[+-]?[0-9][0-9.,:/ Ee+-]*")
COLUMNS = (
    *("id", "id_transaccion", "fecha", "estado_pago", "router_id", "producto", "precio"),
    *("moneda", "reembolsado", "nombre", "email", "telefono", "mac", "usuario_hotspot"),
)


def table(sales: Iterable[SaleStatus], zone: ZoneInfo) -> Iterator[str]:
    """Write the lines, headed by the names of the columns, dates in the zone given.

    They begin with a byte order mark, without which spreadsheets misread accents.
    """
    yield BOM + _line(COLUMNS)
    for sale_status in sales:
        yield _line(_cells(sale_status, zone))


def _cells(sale_status: SaleStatus, zone: ZoneInfo) -> Sequence[str]:
    sale = sale_status.sale
    ids = (_text(sale.id), _text(sale.order_id))
    paid = (_date(sale.created_at, zone), sale_status.public_state, _text(sale.router_id))
    price = (pesos(sale.amount), sale.currency, pesos(sale.amount_refunded))
    buyer = (_text(sale.customer_name), _text(sale.customer_email), _code(sale.customer_phone))
    user = (_text(sale.mac), _code(sale_status.access.shown_name))
    return (*ids, *paid, _text(sale.plan_name), *price, *buyer, *user)


def _line(cells: Sequence[Any]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer).writerow(cells)
    return buffer.getvalue()


def _date(moment: datetime, zone: ZoneInfo) -> str:
    """In order also where it is taken for a text."""
    return moment.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S")


def _text(text: str | None) -> str:
    """What a customer wrote must not become a formula, nor a number, in the spreadsheet."""
    if text is None:
        return ""
    if LIKE_A_NUMBER.fullmatch(text):
        return _code(text)
    return "'" + text if text.startswith(FORMULA) else text


def _code(text: str | None) -> str:
    """Keep a code as it is: of digits, letters and signs, without quotes that would end it."""
    return f'="{text}"' if text else ""
