"""Read an XLSX file cell by cell, by what ECMA-376 says of its parts and by nothing of ours."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from xml.etree import ElementTree
from zipfile import ZipFile

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
DAY_ZERO = datetime(1899, 12, 30)


@dataclass(frozen=True)
class ReadCell:
    """What a spreadsheet knows of a cell: its kind, its value, the form it is shown in."""

    kind: str
    value: str
    shown: str

    @property
    def moment(self) -> datetime:
        """The moment that its number stands for."""
        return DAY_ZERO + timedelta(seconds=round(float(self.value) * 86400))


Rows = list[list[ReadCell]]


def sheets(content: bytes) -> dict[str, Rows]:
    """Each sheet's rows, by its name."""
    with ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        forms = _forms(ElementTree.fromstring(archive.read("xl/styles.xml")))
        targets = {
            relation.attrib["Id"]: f"xl/{relation.attrib['Target']}"
            for relation in ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
        }
        book = ElementTree.fromstring(archive.read("xl/workbook.xml"))
        return {
            named.attrib["name"]: list(
                _rows(ElementTree.fromstring(archive.read(targets[named.attrib[RELATION]])), forms)
            )
            for named in book.iter(f"{MAIN}sheet")
        }


def only_sheet(content: bytes) -> tuple[list[str], list[dict[str, ReadCell]]]:
    """The names of the columns, and each row by them."""
    [rows] = sheets(content).values()
    head = [cell.value for cell in rows[0]]
    return head, [dict(zip(head, row, strict=True)) for row in rows[1:]]


def _rows(sheet: ElementTree.Element, forms: list[str]) -> Iterator[list[ReadCell]]:
    for row in sheet.iter(f"{MAIN}row"):
        yield [_cell(cell, forms) for cell in row]


def _cell(cell: ElementTree.Element, forms: list[str]) -> ReadCell:
    assert cell.find(f"{MAIN}f") is None, "a formula"
    kind = {"inlineStr": "text", "n": "number"}[cell.attrib.get("t", "n")]
    value = "".join(cell.itertext())
    return ReadCell(kind if len(cell) else "empty", value, forms[int(cell.attrib.get("s", 0))])


def _forms(styles: ElementTree.Element) -> list[str]:
    """The number format of each style: its own code, or the number of a common one."""
    own = {
        each.attrib["numFmtId"]: each.attrib["formatCode"] for each in styles.iter(f"{MAIN}numFmt")
    }
    [used] = styles.findall(f"{MAIN}cellXfs")
    return [own.get(each.attrib["numFmtId"], each.attrib["numFmtId"]) for each in used]
