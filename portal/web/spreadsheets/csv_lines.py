"""Write a table as CSV, as Mexican spreadsheets read it.

Told from LibreOffice 7.4.7. Set to es-MX, commas part cells, `20.00` is a number, and so becomes
any text that looks like one, whether it is quoted or not: a CLABE 6.46E+17, `12 mar` and `MAR 2026`
days, `10%`, `$99`, `(5)` and `VERDADERO` numbers; only `="012345"` stays as it is. Set to es-ES or
es-AR, `20.00` is a text that no sum counts: for those there is `workbook.py`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime

from portal.web.fields import pesos
from portal.web.spreadsheets.table import Cell, CodeCell, MoneyCell, Table

BOM = "\ufeff"
# With their forms in full width, which Excel takes for the same.
FORMULA = tuple("=+-@\t\r＝＋－＠")
MONTH = (
    "(?:ene(?:ro)?|jan(?:uary)?|feb(?:rero|ruary)?|mar(?:zo|ch)?|abr(?:il)?|apr(?:il)?|mayo?"
    "|jun(?:io|e)?|jul(?:io|y)?|ago(?:sto)?|aug(?:ust)?|sept?(?:iembre|ember)?|oct(?:ubre|ober)?"
    "|nov(?:iembre|ember)?|dic(?:iembre)?|dec(?:ember)?)"
)
# What would be read as a number, a date or a truth: 012345, +525512345678, 1-2, 1E10, $99, 12 mar.
LIKE_A_NUMBER = re.compile(
    r"[-+$€(\s]*[0-9][-+0-9.,:/E%$€)\s]*(?:[ap]\.?\s?m\.?)?"
    rf"|[0-9]+[-./\s]*{MONTH}[-./\s0-9]*|{MONTH}[-./\s]*[0-9][-./\s0-9]*"
    r"|verdadero|falso|true|false",
    re.IGNORECASE,
)
# Also what parts cells where somebody ticked it in the import's window.
PARTS_CELLS = re.compile(r'[",;\t\r\n]')


def csv_lines(table: Table) -> Iterator[str]:
    """Write a table line by line, headed by the names of its columns.

    It begins with a byte order mark, without which spreadsheets misread accents.
    """
    yield BOM + _line(table.head)
    for row in table.rows:
        yield _line(row)


def _line(cells: Sequence[Cell]) -> str:
    return ",".join(_quoted(_written(cell)) for cell in cells) + "\r\n"


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"' if PARTS_CELLS.search(text) else text


def _written(cell: Cell) -> str:
    match cell:
        case None:
            return ""
        case MoneyCell(centavos):
            return f"{'-' if centavos < 0 else ''}{pesos(abs(centavos))}"
        case CodeCell(text):
            return _code(text)
        case datetime():
            # In order also where it is taken for a text.
            return cell.strftime("%Y-%m-%d %H:%M:%S")
        case str():
            return _text(cell)
    return f"{cell:g}" if isinstance(cell, float) else str(cell)


def _text(text: str) -> str:
    """Write what people wrote so that it becomes no formula, and no number."""
    if LIKE_A_NUMBER.fullmatch(text):
        return _code(text)
    return "'" + text if text.startswith(FORMULA) else text


def _code(text: str) -> str:
    return '="' + text.replace('"', '""') + '"'
