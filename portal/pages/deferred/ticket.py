"""Draw a cash reference as a picture, to keep where the page is closed: the phone's own screenshot.

It holds no more than a shop has to see.
"""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

from portal.pages.deferred.bars import bars, width_of
from portal.vouchers.printing.plain_text import plain, wrapped

if TYPE_CHECKING:
    from PIL import ImageDraw, ImageFont

    Font = ImageFont.FreeTypeFont | ImageFont.ImageFont

WIDTH, MARGIN, HEIGHT_OF_BARS = 720, 48, 150
BIG, LINE = 40, 46
# The one font that comes along and has accents is of small dots, each letter as wide as any other.
ZOOM, COLUMNS, ENCODING = 3, 34, "latin-1"
INK, PAPER = "black", "white"


def ticket(lines: list[str], reference: str, content: str) -> bytes:
    """Give a PNG: the lines, the bars of `content`, and the reference in digits below them.

    The first line is the amount; longer ones than fit go on below.
    """
    from PIL import Image, ImageDraw

    amount, *others = lines
    told = [part for line in others for part in wrapped(plain(line, ENCODING), COLUMNS) if part]
    drawn = bars(content)
    width = max(WIDTH, width_of(drawn))
    thick = max(1, (width - 2 * MARGIN) // width_of(drawn))
    top = MARGIN + BIG + LINE * len(told) + 48
    picture = Image.new("1", (width, top + HEIGHT_OF_BARS + 72 + MARGIN), PAPER)
    pen = ImageDraw.Draw(picture)
    pen.text((MARGIN, MARGIN), amount, fill=INK, font=_font(BIG))
    for number, line in enumerate(told):
        _write(pen, (MARGIN, MARGIN + BIG + 24 + LINE * number), line)
    left = (width - thick * width_of(drawn)) // 2
    for at, wide in drawn:
        start = left + thick * at
        pen.rectangle((start, top, start + thick * wide - 1, top + HEIGHT_OF_BARS), fill=INK)
    place = (width // 2, top + HEIGHT_OF_BARS + 20)
    pen.text(place, reference, fill=INK, font=_font(_size(reference)), anchor="ma")
    file = BytesIO()
    picture.save(file, "PNG", optimize=True)
    return file.getvalue()


def _write(pen: ImageDraw.ImageDraw, place: tuple[int, int], line: str) -> None:
    """Write a line in large dots."""
    from PIL import Image, ImageDraw, ImageFont

    font, text = ImageFont.load_default_imagefont(), line.encode(ENCODING)
    _, _, width, height = (int(edge) for edge in font.getbbox(text))
    small = Image.new("1", (width, height))
    ImageDraw.Draw(small).text((0, 0), text, fill=1, font=font)
    large = small.resize((width * ZOOM, height * ZOOM), Image.Resampling.NEAREST)
    pen.bitmap(place, large, fill=INK)


def _size(reference: str) -> int:
    """Give how large the reference can be written, so that all of it is within the picture."""
    return min(BIG, int((WIDTH - 2 * MARGIN) / 0.65 / len(reference)))


def _font(size: int) -> Font:
    from PIL import ImageFont

    return ImageFont.load_default(size)
