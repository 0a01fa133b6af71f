"""Write a table as an XLSX file, a part at a time, so that it never stands whole in memory.

A workbook says of each cell what it is, so it is the same wherever it is opened: in CSV an amount
is a number only where numbers have a decimal point, and a code only where nobody reads it as one.
The form is ECMA-376's SpreadsheetML, of which these are the fewest parts that make a workbook.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import chain, islice
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile

from portal.web.spreadsheets import workbook_parts as parts
from portal.web.spreadsheets.table import Cell, CodeCell, MoneyCell, Table

# Excel's limits: rows of a sheet, the head among them; a cell's units of UTF-16.
SHEET_ROWS, LONGEST = 1_048_576, 32_767
AT_ONCE = 500
# A sheet of 2 GiB is one that an archive which is sent while it is written cannot end. The rows
# that are written at once, each of the longest cells, still come to less.
SHEET_BYTES = 2**30
DAY_ZERO = datetime(1899, 12, 30)
# What is read as the sign of that number: its first stroke is told by its own.
ESCAPE = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
# Signs that XML 1.0 has no way to write.
UNWRITABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class _Outgoing(io.RawIOBase):
    """Keep what was written until it is taken."""

    def __init__(self) -> None:
        self._written = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, part: bytes) -> int:  # type: ignore[override]
        self._written += part
        return len(part)

    def taken(self) -> bytes:
        taken = bytes(self._written)
        self._written.clear()
        return taken


def workbook(
    table: Table, sheet_rows: int = SHEET_ROWS, sheet_bytes: int = SHEET_BYTES
) -> Iterator[bytes]:
    """Write a table, headed by the names of its columns; after a full sheet comes another."""
    out, sheets = _Outgoing(), 0
    rows: Iterator[Sequence[Cell]] = iter(table.rows)
    first = list(islice(rows, 1))
    with ZipFile(out, "w", ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", parts.CONTENT_TYPES)
        archive.writestr("_rels/.rels", parts.RELATIONS)
        archive.writestr("xl/styles.xml", parts.STYLES)
        while first or not sheets:
            sheets += 1
            with archive.open(parts.sheet_name(sheets), "w") as sheet:
                rows = chain(first, rows)
                for piece in _sheet(table.head, rows, sheet_rows, sheet_bytes):
                    sheet.write(piece)
                    yield out.taken()
            first = list(islice(rows, 1))
        archive.writestr("xl/_rels/workbook.xml.rels", parts.relations_of(sheets))
        archive.writestr("xl/workbook.xml", parts.workbook_of(sheets))
    yield out.taken()


def _sheet(
    head: Sequence[str], rows: Iterator[Sequence[Cell]], most_rows: int, most_bytes: int
) -> Iterator[bytes]:
    """Take as many rows as a sheet holds, the head among them."""
    yield (parts.SHEET_BEGIN + _row([_text(name, parts.HEAD) for name in head])).encode()
    left, size = most_rows - 1, 0
    while size < most_bytes and (batch := list(islice(rows, min(AT_ONCE, left)))):
        piece = "".join(_row([_cell(cell) for cell in row]) for row in batch).encode()
        left, size = left - len(batch), size + len(piece)
        yield piece
    yield parts.SHEET_END.encode()


def _row(cells: Iterable[str]) -> str:
    return f"<row>{''.join(cells)}</row>"


def _cell(cell: Cell) -> str:
    match cell:
        case None | "":
            return "<c/>"
        case MoneyCell(centavos):
            sign = "-" if centavos < 0 else ""
            whole, part = divmod(abs(centavos), 100)
            return f'<c s="{parts.MONEY}"><v>{sign}{whole}.{part:02d}</v></c>'
        case datetime():
            since = cell - DAY_ZERO
            return f'<c s="{parts.MOMENT}"><v>{since.days + since.seconds / 86400!r}</v></c>'
        case CodeCell(text) | str(text):
            return _text(text)
    return f"<c><v>{cell}</v></c>"


def _text(text: str, style: int = parts.TEXT) -> str:
    """Write a text in place, whatever it looks like."""
    plain = _no_longer(UNWRITABLE.sub("", text.replace("\r\n", "\n")))
    told = escape(ESCAPE.sub("_x005F_", plain))
    return f'<c s="{style}" t="inlineStr"><is><t xml:space="preserve">{told}</t></is></c>'


def _no_longer(text: str) -> str:
    """Cut what is longer than a cell, where some signs count for two."""
    told = text.encode("utf-16-le")
    if len(told) <= 2 * LONGEST:
        return text
    return told[: 2 * (LONGEST - 1)].decode("utf-16-le", "ignore") + "…"
