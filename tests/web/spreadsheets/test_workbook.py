"""Test that a workbook says of each cell what it is, so that it is the same anywhere."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from datetime import datetime

import pytest

from portal.web.spreadsheets.table import Cell, CodeCell, MoneyCell, Table
from portal.web.spreadsheets.workbook import LONGEST, workbook
from tests.web.spreadsheets.read import ReadCell, sheets

TEXT, MONEY, PLAIN = "49", "4", "0"
MOMENT = "yyyy\\-mm\\-dd\\ hh:mm:ss"


def written(cell: Cell) -> ReadCell:
    """How a cell is read again."""
    [[_head, [found]]] = sheets(b"".join(workbook(Table(["a"], [[cell]])))).values()
    return found


# LibreOffice 7.4 set to es-MX, es-ES, es-AR and en-US shows each of these alike, in its own signs.
@pytest.mark.parametrize(
    ("cell", "kind", "value", "shown"),
    [
        (MoneyCell(9900), "number", "99.00", MONEY),
        (MoneyCell(-623), "number", "-6.23", MONEY),
        (MoneyCell(-5), "number", "-0.05", MONEY),
        (MoneyCell(123456789), "number", "1234567.89", MONEY),
        (16.0, "number", "16.0", PLAIN),
        (12, "number", "12", PLAIN),
        (None, "empty", "", PLAIN),
        ("", "empty", "", PLAIN),
        (CodeCell("012345"), "text", "012345", TEXT),
        (CodeCell("646180110400000007"), "text", "646180110400000007", TEXT),
        (CodeCell("482E1307"), "text", "482E1307", TEXT),
        ("MAR12", "text", "MAR12", TEXT),
        ("=HYPERLINK(1)", "text", "=HYPERLINK(1)", TEXT),
        ("+1+A1", "text", "+1+A1", TEXT),
        ("@SUM(A1)", "text", "@SUM(A1)", TEXT),
        ("10%", "text", "10%", TEXT),
        ("1-2", "text", "1-2", TEXT),
        (" José <Ñúñez> & hija ", "text", " José <Ñúñez> & hija ", TEXT),
        ("una\r\ndos\ntres", "text", "una\ndos\ntres", TEXT),
        ("sin\x0bsigno\x00 raro\ud800", "text", "sinsigno raro", TEXT),
        ("🙂", "text", "🙂", TEXT),
        # What programs read as a sign by its number.
        ("_x003D_1 _x41_", "text", "_x005F_x003D_1 _x41_", TEXT),
    ],
)
def test_a_cell_is_what_it_is(cell: Cell, kind: str, value: str, shown: str) -> None:
    assert written(cell) == ReadCell(kind, value, shown)


@pytest.mark.parametrize(
    "moment",
    [
        datetime(2025, 4, 10),
        datetime(2025, 3, 10, 0, 30, 1),
        datetime(2026, 12, 31, 23, 59, 59),
        datetime(2028, 2, 29, 12),
    ],
)
def test_a_moment_is_a_date_to_the_second(moment: datetime) -> None:
    found = written(moment)
    assert (found.kind, found.shown, found.moment) == ("number", MOMENT, moment)


def test_no_text_is_longer_than_programs_take() -> None:
    assert written("ñ" * (LONGEST + 1)).value == "ñ" * (LONGEST - 1) + "…"
    assert written("ñ" * LONGEST).value == "ñ" * LONGEST
    # Each of these is two signs to a spreadsheet.
    assert written("🙂" * LONGEST).value == "🙂" * ((LONGEST - 1) // 2) + "…"


@pytest.mark.parametrize(("rows", "lengths"), [(0, [1]), (2, [3]), (3, [3, 2]), (4, [3, 3])])
def test_after_a_full_sheet_comes_another(rows: int, lengths: list[int]) -> None:
    table = Table(["número"], [[n] for n in range(rows)])
    found = sheets(b"".join(workbook(table, sheet_rows=3)))
    assert [len(each) for each in found.values()] == lengths
    assert list(found) == [f"Hoja {n}" for n in range(1, len(lengths) + 1)]
    assert {each[0][0].value for each in found.values()} == {"número"}
    told = [row[0].value for each in found.values() for row in each[1:]]
    assert told == [str(n) for n in range(rows)]


def test_no_sheet_is_larger_than_can_be_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two GiB end a sheet that is sent while it is written; here far fewer do."""
    monkeypatch.setattr(zipfile, "ZIP64_LIMIT", 60_000)
    count = 4000
    table = Table(["número"], ([n] for n in range(count)))
    found = sheets(b"".join(workbook(table, sheet_bytes=20_000)))
    assert len(found) > 1
    told = [row[0].value for each in found.values() for row in each[1:]]
    assert told == [str(n) for n in range(count)]


def test_it_is_sent_while_it_is_read() -> None:
    count, read = 5000, 0

    def rows() -> Iterator[list[Cell]]:
        nonlocal read
        for read in range(1, count + 1):
            yield [f"fila {read} {read * 7919 % 10007}"]

    sizes = [(read, len(part)) for part in workbook(Table(["a"], rows()))]
    early = sum(size for read_before, size in sizes if read_before < count)
    assert early > sum(size for _, size in sizes) / 2
    assert max(size for _, size in sizes) < 64 * 1024
