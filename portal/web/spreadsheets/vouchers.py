"""Give codes as a table for a spreadsheet."""

from __future__ import annotations

from collections.abc import Iterable
from zoneinfo import ZoneInfo

from portal.operators.vouchers.codes import ToldCode
from portal.web.spreadsheets.table import Cell, MoneyCell, Table, clock, code
from portal.web.words import VOUCHER_STATE_WORDS

COLUMNS = (
    *("numero", "codigo", "estado", "producto", "precio", "moneda", "vendedor", "router"),
    *("creada", "usar_antes", "vendida", "usada", "anulada", "motivo"),
)


def voucher_table(codes: Iterable[ToldCode], zone: ZoneInfo) -> Table:
    """Give the lines of a batch; a code that is over is not told any more than operators see."""
    return Table(COLUMNS, (_cells(told, zone) for told in codes))


def _cells(told: ToldCode, zone: ZoneInfo) -> tuple[Cell, ...]:
    voucher = told.voucher
    ends = (voucher.sold_at, voucher.used_at, voucher.voided_at)
    moments = (clock(at, zone) for at in (voucher.created_at, voucher.use_before, *ends))
    return (
        voucher.number or None,
        code(told.shown_code),
        VOUCHER_STATE_WORDS[voucher.state],
        voucher.plan_name,
        MoneyCell(voucher.amount),
        voucher.currency,
        told.seller.name,
        told.router.name,
        *moments,
        voucher.void_reason,
    )
