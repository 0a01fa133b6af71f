"""Draw sheets of codes to cut apart, 3 by 8, on A4 or on the letter paper that Mexico calls carta.

QR codes are drawn as vectors: as pictures of one dot a module printers smear them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from portal.vouchers.printing.plain_text import plain
from portal.vouchers.printing.qr import QrMatrix
from portal.vouchers.printing.ticket import Ticket

if TYPE_CHECKING:
    from fpdf import FPDF

ACROSS, DOWN = 3, 8
# Millimetres.
PAPERS = {"a4": (210.0, 297.0), "carta": (215.9, 279.4)}
MARGIN = 3.0
QR_SIDE = 21.0
FONT, ENCODING = "helvetica", "latin-1"
INK, GREY, CUT = 0, 90, 200
POINT = 25.4 / 72
LINE = 1.25
NUMBER_SIZE = 5.0


@dataclass(frozen=True)
class Box:
    """Hold a rectangle on the sheet, in millimetres from its upper left corner."""

    x: float
    y: float
    width: float
    height: float


def sheets(tickets: Iterable[Ticket], paper: str) -> bytes:
    """Draw all the tickets; `paper` is a4 or carta."""
    # 25 MiB that no process needs but those that print.
    from fpdf import FPDF

    width, height = PAPERS[paper]
    pdf = FPDF(unit="mm", format=(width, height))
    pdf.set_auto_page_break(False)
    pdf.set_margin(0)
    waiting = iter(tickets)
    while page := list(islice(waiting, ACROSS * DOWN)):
        pdf.add_page()
        _cuts(pdf, width, height)
        for place, ticket in enumerate(page):
            row, column = divmod(place, ACROSS)
            box = Box(column * width / ACROSS, row * height / DOWN, width / ACROSS, height / DOWN)
            _ticket(pdf, box, ticket)
    return bytes(pdf.output())


def _cuts(pdf: FPDF, width: float, height: float) -> None:
    pdf.set_draw_color(CUT)
    pdf.set_line_width(0.1)
    for column in range(1, ACROSS):
        pdf.line(column * width / ACROSS, 0, column * width / ACROSS, height)
    for row in range(1, DOWN):
        pdf.line(0, row * height / DOWN, width, row * height / DOWN)


def _ticket(pdf: FPDF, box: Box, ticket: Ticket) -> None:
    """Write plan and price on top, the code under them, and what it does beside its QR codes."""
    x, wide = box.x + MARGIN, box.width - 2 * MARGIN
    top = box.y + 2.2
    head = " - ".join(filter(None, (ticket.plan, ticket.price)))
    number = plain(ticket.number, ENCODING)
    pdf.set_font(FONT, size=NUMBER_SIZE)
    room = pdf.get_string_width(number) + 1
    pdf.set_text_color(GREY)
    pdf.text(x + wide - room + 1, top + NUMBER_SIZE * POINT, number)
    top = _line(pdf, Box(x, top, wide - room, 0), head, 7.5, bold=True)
    top = _code(pdf, Box(x, top + 0.4, wide, 0), ticket)
    side = min(QR_SIDE, box.y + box.height - 1.0 - top)
    _qr(pdf, Box(x - 2, top, side, side), ticket.link)
    text = Box(x - 2 + side + 0.5, top + 1, wide + 2 - side - 0.5, 0)
    if ticket.wifi is not None:
        _qr(pdf, Box(x + wide + 2 - side, top, side, side), ticket.wifi)
        text = Box(text.x, text.y, wide + 4 - 2 * side - 1, 0)
        said = (f"1. {ticket.words.join} >", f"< 2. {ticket.words.enter}")
        _notes(pdf, text, ticket, side - 1, *said)
    else:
        _notes(pdf, text, ticket, side - 1, ticket.words.enter)


def _code(pdf: FPDF, box: Box, ticket: Ticket) -> float:
    return _line(pdf, box, ticket.shown, 17, bold=True, font="courier")


def _notes(pdf: FPDF, box: Box, ticket: Ticket, room: float, *said: str) -> None:
    """Write one note under the other, and leave out those that have no room."""
    y = box.y
    less = 0.0 if ticket.wifi is None else 0.7
    notes = [*((text, 6.5 - less) for text in said), (ticket.company, 6.0 - less)]
    notes += [*((text, 6.0 - less) for text in ticket.lines), (ticket.words.mobile_data, 5.0)]
    for text, size in notes:
        lines = _broken(pdf, plain(text, ENCODING), size, box.width)
        if y + len(lines) * size * POINT * LINE > box.y + room:
            continue
        for line in lines:
            y = _line(pdf, Box(box.x, y, box.width, 0), line, size)


def _broken(pdf: FPDF, text: str, size: float, width: float) -> list[str]:
    pdf.set_font(FONT, size=size)
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and pdf.get_string_width(longer) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def _line(
    pdf: FPDF, box: Box, text: str, size: float, *, bold: bool = False, font: str = FONT
) -> float:
    """Write one line, smaller where it is too long; give where the next one begins."""
    text = plain(text, ENCODING)
    pdf.set_font(font, style="B" if bold else "", size=size)
    wide = pdf.get_string_width(text)
    if wide > box.width:
        pdf.set_font_size(size * box.width / wide)
    pdf.set_text_color(INK if bold else GREY)
    pdf.text(box.x, box.y + size * POINT, text)
    return box.y + size * POINT * LINE


def _qr(pdf: FPDF, box: Box, text: str) -> None:
    """Draw it into the box, quiet zone and all."""
    matrix = QrMatrix(text)
    module = box.width / matrix.size
    pdf.set_fill_color(INK)
    for row, start, length in matrix.runs():
        pdf.rect(box.x + start * module, box.y + row * module, length * module, module, style="F")
