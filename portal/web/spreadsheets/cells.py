"""Write cells as Mexican spreadsheets read them.

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

from flask import Response, stream_with_context

BOM = "\ufeff"
# With their forms in full width, which Excel takes for the same.
FORMULA = tuple("=+-@\t\r＝＋－＠")
# What would be read as a number or as a date: 012345, +525512345678, 1-2, 1E10.
LIKE_A_NUMBER = re.compile(r"[+-]?[0-9][0-9.,:/ Ee+-]*")


def lines_of(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    """Write a table line by line, headed by the names of its columns.

    It begins with a byte order mark, without which spreadsheets misread accents.
    """
    yield BOM + _line(head)
    for row in rows:
        yield _line(row)


def attached(lines: Iterator[str], name: str) -> Response:
    """Answer with a table under this name, sent as it is written."""
    response = Response(stream_with_context(lines), mimetype="text/csv")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def date_cell(moment: datetime, zone: ZoneInfo) -> str:
    """Write a moment as clocks there show it, in order also where it is taken for a text."""
    return moment.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S")


def text_cell(text: str | None) -> str:
    """Write what a customer wrote so that it becomes no formula, and no number."""
    if text is None:
        return ""
    if LIKE_A_NUMBER.fullmatch(text):
        return code_cell(text)
    return "'" + text if text.startswith(FORMULA) else text


def code_cell(text: str | None) -> str:
    """Keep a code as it is: of digits, letters and signs, without quotes that would end it."""
    return f'="{text}"' if text else ""


def _line(cells: Sequence[Any]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer).writerow(cells)
    return buffer.getvalue()
