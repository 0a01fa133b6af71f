"""Draw a cash reference as a picture, to keep where the page is closed: the phone's own screenshot.

It holds no more than a shop has to see.
"""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from typing import TYPE_CHECKING

from portal.pages.paying_later.bars import bars, width_of

if TYPE_CHECKING:
    from PIL import ImageFont

WIDTH, MARGIN, HEIGHT_OF_BARS = 720, 48, 150
BIG, SMALL = 40, 26
INK, PAPER = "black", "white"


def ticket(lines: list[str], reference: str, content: str) -> bytes:
    """Give a PNG: the lines, the bars of `content`, and the reference in digits below them."""
    from PIL import Image, ImageDraw

    drawn = bars(content)
    thick = max(1, (WIDTH - 2 * MARGIN) // width_of(drawn))
    height = 2 * MARGIN + 52 * len(lines) + HEIGHT_OF_BARS + 120
    picture = Image.new("1", (WIDTH, height), PAPER)
    pen = ImageDraw.Draw(picture)
    top = MARGIN
    for size, line in _sized(lines):
        pen.text((MARGIN, top), line, fill=INK, font=_font(size))
        top += 52
    top += 24
    left = (WIDTH - thick * width_of(drawn)) // 2
    for at, width in drawn:
        start = left + thick * at
        pen.rectangle((start, top, start + thick * width - 1, top + HEIGHT_OF_BARS), fill=INK)
    place = (WIDTH // 2, top + HEIGHT_OF_BARS + 20)
    pen.text(place, reference, fill=INK, font=_font(BIG), anchor="ma")
    file = BytesIO()
    picture.save(file, "PNG", optimize=True)
    return file.getvalue()


def _sized(lines: list[str]) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(lines):
        yield (BIG if number == 0 else SMALL), line


def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    from PIL import ImageFont

    return ImageFont.load_default(size)
