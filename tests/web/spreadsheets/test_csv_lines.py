"""Test that no cell of a CSV file is read as anything but what it is."""

from __future__ import annotations

import csv
import io

import pytest

from portal.web.spreadsheets.csv_lines import BOM, csv_lines
from portal.web.spreadsheets.table import Cell, CodeCell, Table


def written(cell: Cell) -> str:
    """How a program reads a cell."""
    lines = "".join(csv_lines(Table(["a"], [[cell]]))).removeprefix(BOM)
    [_head, [found]] = csv.reader(io.StringIO(lines, newline=""))
    return found


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (CodeCell("012345"), '="012345"'),
        # A code that another tool left on a router may have any sign.
        (
            CodeCell('x"&HYPERLINK("http://a.example")&"'),
            '="x""&HYPERLINK(""http://a.example"")&"""',
        ),
        ("10%", '="10%"'),
        ("=1+1", "'=1+1"),
        ('Ana "la Güera"', 'Ana "la Güera"'),
    ],
)
def test_a_cell_is_no_formula_but_its_own(cell: Cell, text: str) -> None:
    assert written(cell) == text
