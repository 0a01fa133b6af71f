"""Hold the parts of an XLSX file that say how its sheets are read and shown."""

from __future__ import annotations

_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_SPREADSHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"
MIMETYPE = f"{_KIND}.sheet"

# A part that no line names is a sheet, of which nobody knows the number yet.
CONTENT_TYPES = f"""{_XML}<Types xmlns="{_PACKAGE}/content-types">\
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>\
<Default Extension="xml" ContentType="{_KIND}.worksheet+xml"/>\
<Override PartName="/xl/workbook.xml" ContentType="{_KIND}.sheet.main+xml"/>\
<Override PartName="/xl/styles.xml" ContentType="{_KIND}.styles+xml"/>\
</Types>"""
RELATIONS = f"""{_XML}<Relationships xmlns="{_PACKAGE}/relationships">\
<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/>\
</Relationships>"""

# The places of these in the list of styles. 4 is "#,##0.00" in the reader's own signs, 49 text.
TEXT, MONEY, MOMENT, HEAD = 1, 2, 3, 4
STYLES = f"""{_XML}<styleSheet xmlns="{_SPREADSHEET}">\
<numFmts count="1"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd\\ hh:mm:ss"/></numFmts>\
<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>\
<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>\
<fills count="2"><fill><patternFill patternType="none"/></fill>\
<fill><patternFill patternType="gray125"/></fill></fills>\
<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>\
<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>\
<cellXfs count="5"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>\
<xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>\
<xf numFmtId="4" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>\
<xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>\
<xf numFmtId="49" fontId="1" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" applyFont="1"/>\
</cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>\
</styleSheet>"""

# The head stays in sight, and columns are wide enough for a moment.
SHEET_BEGIN = f"""{_XML}<worksheet xmlns="{_SPREADSHEET}">\
<sheetViews><sheetView workbookViewId="0">\
<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>\
<cols><col min="1" max="14" width="20" customWidth="1"/></cols><sheetData>"""
SHEET_END = "</sheetData></worksheet>"


def sheet_name(number: int) -> str:
    """Name the part that holds a sheet, counted from 1."""
    return f"xl/worksheets/sheet{number}.xml"


def relations_of(sheets: int) -> str:
    """Say where the workbook's sheets and styles are."""
    targets = [("worksheet", f"worksheets/sheet{n}.xml") for n in range(1, sheets + 1)]
    told = "".join(
        f'<Relationship Id="rId{n}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
        for n, (kind, target) in enumerate([*targets, ("styles", "styles.xml")], 1)
    )
    return f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships">{told}</Relationships>'


def workbook_of(sheets: int) -> str:
    """Name the sheets, in their order."""
    named = "".join(
        f'<sheet name="Hoja {n}" sheetId="{n}" r:id="rId{n}"/>' for n in range(1, sheets + 1)
    )
    head = f'<workbook xmlns="{_SPREADSHEET}" xmlns:r="{_OFFICE}">'
    return f"{_XML}{head}<sheets>{named}</sheets></workbook>"
