"""Write the movements of a month as a table, one line each, as an accountant's program reads it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from zoneinfo import ZoneInfo

from portal.operators.accounting.movements import Movement, MovementKind
from portal.web.fields import pesos
from portal.web.spreadsheets.cells import date_cell, lines_of, text_cell

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


def movements_table(movements: Iterable[Movement], zone: ZoneInfo) -> Iterator[str]:
    """Write the lines, dates in the zone given; what went out is less than zero."""
    return lines_of(COLUMNS, (_cells(movement, zone) for movement in movements))


def _cells(movement: Movement, zone: ZoneInfo) -> Sequence[str]:
    money = (WORDS[movement.kind], _signed(movement.amount), movement.currency)
    place = (text_cell(movement.router), text_cell(movement.plan))
    ids = (text_cell(movement.reference), text_cell(movement.order_id))
    when, seller = date_cell(movement.at, zone), text_cell(movement.seller)
    return (when, *money, *_tax(movement), *place, *ids, seller)


def _tax(movement: Movement) -> Sequence[str]:
    """Write price without tax, tax and rate; nothing where nothing is known of it."""
    if movement.vat is None or movement.vat_rate is None:
        return ("", "", "")
    without = _signed(movement.amount - movement.vat)
    return (without, _signed(movement.vat), f"{movement.vat_rate / 100:g}")


def _signed(centavos: int) -> str:
    return f"{'-' if centavos < 0 else ''}{pesos(abs(centavos))}"
