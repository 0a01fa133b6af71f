"""Write tickets for thermal printers: the bytes that a café's printer app sends on as they are.

The QR code is drawn as a picture: the printers' own command is sent to many that do not know it.
Text is wrapped here, since `text()` does not. Of the code pages 437 and 850 only those letters
are used that stand at the same place in both: a cheap printer may not change from the first.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from portal.vouchers.printing.plain_text import plain, wrapped
from portal.vouchers.printing.qr import QrMatrix
from portal.vouchers.printing.ticket import Ticket

CODE_PAGE = "cp850"
# In 850 alone.
CAPITALS = str.maketrans("ÁÍÓÚÀÈÌÒÙ", "AIOUAEIOU")
# At four dots a module a QR code is read off a worn roll, at three sometimes, at two seldom.
LEAST_DOTS, MOST_DOTS = 4, 8
BIG = 2


@dataclass(frozen=True)
class Roll:
    """Describe paper: columns of text, dots across, and a printer of that kind whose code pages
    and commands are those of most; `cuts` where it has a knife.
    """

    profile: str
    columns: int
    dots: int
    cuts: bool


ROLLS = {
    "58": Roll("POS-5890", 32, 384, cuts=False),
    "80": Roll("TM-T20II", 48, 576, cuts=True),
}


def thermal(tickets: Iterable[Ticket], paper: str) -> Iterator[bytes]:
    """Yield the bytes of one ticket after the other; `paper` is 58 or 80 millimetres wide."""
    for ticket in tickets:
        yield _ticket(ticket, ROLLS[paper])


def _ticket(ticket: Ticket, roll: Roll) -> bytes:
    # At its import python-escpos 3.1 gives the root logger a handler where there is none, which
    # writes what libraries say as it is, secrets too: ours must be there before.
    from escpos.printer import Dummy

    printer: Any = Dummy(profile=roll.profile)
    printer.hw("INIT")
    printer.charcode(CODE_PAGE.upper())
    printer.set(align="center")
    _say(printer, roll, ticket.company, bold=True)
    _say(printer, roll, " - ".join(filter(None, (ticket.plan, ticket.price))))
    if ticket.wifi is not None:
        _say(printer, roll, f"1. {ticket.words.join}: {ticket.ssid}")
        _draw(printer, roll, ticket.wifi)
    _say(printer, roll, f"2. {ticket.words.enter}" if ticket.wifi else ticket.words.enter)
    _draw(printer, roll, ticket.link)
    _code(printer, roll, ticket)
    for line in (*ticket.lines, ticket.words.mobile_data, ticket.number):
        _say(printer, roll, line)
    printer.text("-" * roll.columns + "\n\n\n")
    if roll.cuts:
        printer.cut(mode="PART")
    written: bytes = printer.output
    return written


def _code(printer: Any, roll: Roll, ticket: Ticket) -> None:
    """Write the code large: it is typed where a phone cannot scan."""
    if ticket.is_pin:
        _say(printer, roll, ticket.shown, bold=True, size=BIG)
        return
    _say(printer, roll, f"{ticket.words.user}:")
    _say(printer, roll, ticket.name, bold=True, size=BIG)
    _say(printer, roll, f"{ticket.words.phrase}:")
    _say(printer, roll, ticket.password, bold=True, size=BIG)


def _say(printer: Any, roll: Roll, text: str, *, bold: bool = False, size: int = 1) -> None:
    written = plain(text, CODE_PAGE).translate(CAPITALS)
    if not written:
        return
    printer.set(align="center", bold=bold, custom_size=True, width=size, height=size)
    for line in wrapped(written, roll.columns // size):
        printer.text(line + "\n")


def _draw(printer: Any, roll: Roll, text: str) -> None:
    matrix = QrMatrix(text)
    scale = max(LEAST_DOTS, min(MOST_DOTS, roll.dots * 2 // 3 // matrix.size))
    printer.image(matrix.picture(scale), center=False)
