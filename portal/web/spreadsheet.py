"""Write cells as Mexican spreadsheets read them, and nothing that one of them would run.

Told from LibreOffice 7.4 set to es-MX: commas part cells, `20.00` is a number, and so becomes
any text that looks like one, whether it is quoted or not; only `="012345"` keeps its zero.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

# Without it spreadsheets misread accents.
BOM = "\ufeff"
# With their forms in full width, which Excel takes for the same.
FORMULA = tuple("=+-@\t\r＝＋－＠")
# What would be read as a number or as a date: 012345, +525512345678, 1-2, 1E10.
LIKE_A_NUMBER = re.compile(r"[+-]?[0-9][0-9.,:/ Ee+-]*")


def line(cells: Sequence[Any]) -> str:
    """Write one line of a table."""
    buffer = io.StringIO()
    csv.writer(buffer).writerow(cells)
    return buffer.getvalue()


def date_cell(moment: datetime, zone: ZoneInfo) -> str:
    """Write a moment so that it is in order also where it is taken for a text."""
    return moment.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S")


def text_cell(text: str | None) -> str:
    """Write what somebody wrote: it must not become a formula, nor a number."""
    if text is None:
        return ""
    if LIKE_A_NUMBER.fullmatch(text):
        return code_cell(text)
    return "'" + text if text.startswith(FORMULA) else text


def code_cell(text: str | None) -> str:
    """Keep a code as it is: of digits, letters and signs, without quotes that would end it."""
    return f'="{text}"' if text else ""
