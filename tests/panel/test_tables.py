"""Test that each table is given in both files, with the same columns and lines."""

from __future__ import annotations

import csv
import io

import pytest

from tests.panel.addresses import ADDRESSES, OWNER, XLSX, SoldTenant, path_of
from tests.panel.client import PanelClient
from tests.web.spreadsheets.read import only_sheet

TABLES = [rule for (_, rule), known in ADDRESSES.items() if known.values == XLSX]
OWN = [rule for rule in TABLES if OWNER in ADDRESSES["GET", rule].audience]


@pytest.mark.parametrize("rule", OWN)
def test_both_files_say_the_same(panel: PanelClient, tenant: SoldTenant, rule: str) -> None:
    path = path_of(rule, tenant, XLSX).removesuffix(".xlsx")
    lines = panel.get(f"{path}.csv").data.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(lines, newline="")))
    answer = panel.get(f"{path}.xlsx")
    assert answer.mimetype == "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    assert answer.headers["Content-Disposition"].endswith('.xlsx"')
    head, found = only_sheet(answer.data)
    assert (head, len(found)) == (rows[0], len(rows) - 1)
    for cells, row in zip(found, rows[1:], strict=True):
        for cell, text in zip(cells.values(), row, strict=True):
            said = cell.moment.isoformat(" ") if "hh" in cell.shown else cell.value
            bare = text.removeprefix('="').removesuffix('"').removeprefix("'")
            assert said.removesuffix(".0") == bare
