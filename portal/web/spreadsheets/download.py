"""Answer with a table as a file, sent as it is written."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum

from flask import Response, stream_with_context

from portal.web.spreadsheets.csv_lines import csv_lines
from portal.web.spreadsheets.table import Table
from portal.web.spreadsheets.workbook import workbook
from portal.web.spreadsheets.workbook_parts import MIMETYPE


class FileKind(StrEnum):
    """Name the files that a table is written to: for programs, and for spreadsheets anywhere."""

    CSV = "csv"
    XLSX = "xlsx"


# How an address ends that gives a table in either.
EITHER = f"<any({', '.join(FileKind)}):kind>"


def attached(table: Table, name: str, kind: str) -> Response:
    """Answer with a table under this name, which is given the ending of its kind."""
    lines: Iterator[str] | Iterator[bytes]
    lines, mimetype = csv_lines(table), "text/csv"
    if kind == FileKind.XLSX:
        lines, mimetype = workbook(table), MIMETYPE
    response = Response(stream_with_context(lines), mimetype=mimetype)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.{kind}"'
    return response
