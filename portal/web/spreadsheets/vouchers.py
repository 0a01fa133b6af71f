"""Write codes as a table for a spreadsheet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from portal.operators.vouchers.codes import ToldCode
from portal.web.fields import pesos
from portal.web.spreadsheets.cells import code_cell, date_cell, lines_of, text_cell
from portal.web.words import VOUCHER_STATE_WORDS

COLUMNS = (
    *("numero", "codigo", "estado", "producto", "precio", "moneda", "vendedor", "router"),
    *("creada", "usar_antes", "vendida", "usada", "anulada", "motivo"),
)


def voucher_table(codes: Iterable[ToldCode], zone: ZoneInfo) -> Iterator[str]:
    """Write the lines of a batch; a code that is over is not told any more than operators see."""
    return lines_of(COLUMNS, (_cells(code, zone) for code in codes))


def _cells(code: ToldCode, zone: ZoneInfo) -> tuple[str, ...]:
    voucher = code.voucher

    def day(moment: datetime | None) -> str:
        return "" if moment is None else date_cell(moment, zone)

    return (
        str(voucher.number or ""),
        code_cell(code.shown_code),
        VOUCHER_STATE_WORDS[voucher.state],
        text_cell(voucher.plan_name),
        pesos(voucher.amount),
        voucher.currency,
        text_cell(code.seller.name),
        text_cell(code.router.name),
        day(voucher.created_at),
        day(voucher.use_before),
        day(voucher.sold_at),
        day(voucher.used_at),
        day(voucher.voided_at),
        text_cell(voucher.void_reason),
    )
