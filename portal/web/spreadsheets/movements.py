"""Give the movements of a month as a table, one line each, as an accountant's program reads it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from zoneinfo import ZoneInfo

from portal.operators.accounting.movements import Movement, MovementKind
from portal.web.spreadsheets.table import Cell, MoneyCell, Table, clock

COLUMNS = (
    *("fecha", "movimiento", "importe", "moneda", "sin_iva", "iva", "tasa_iva", "router"),
    *("concepto", "referencia", "id_transaccion", "vendedor"),
)
WORDS = {
    MovementKind.CHARGE: "cobro",
    MovementKind.FEE: "comision",
    MovementKind.REFUND: "reembolso",
    MovementKind.OUTSIDE: "reembolso_externo",
    MovementKind.CHARGEBACK: "contracargo",
    MovementKind.BY_HAND: "reembolso_a_mano",
    MovementKind.CASH: "efectivo",
    MovementKind.CASH_RETURNED: "efectivo_devuelto",
}


def movements_table(movements: Iterable[Movement], zone: ZoneInfo) -> Table:
    """Give the lines, dates in the zone given; what went out is less than zero."""
    return Table(COLUMNS, (_cells(movement, zone) for movement in movements))


def _cells(movement: Movement, zone: ZoneInfo) -> Sequence[Cell]:
    money = (WORDS[movement.kind], MoneyCell(movement.amount), movement.currency)
    place, ids = (movement.router, movement.plan), (movement.reference, movement.order_id)
    when = clock(movement.at, zone)
    return (when, *money, *_tax(movement), *place, *ids, movement.seller)


def _tax(movement: Movement) -> Sequence[Cell]:
    """Give price without tax, tax and rate; nothing where nothing is known of it."""
    if movement.vat is None or movement.vat_rate is None:
        return (None, None, None)
    without = MoneyCell(movement.amount - movement.vat)
    return (without, MoneyCell(movement.vat), movement.vat_rate / 100)
