"""Test the picture of a cash reference: all of what it says can be read."""

from __future__ import annotations

from io import BytesIO

from PIL import Image

from portal.pages.deferred.ticket import BIG, LINE, MARGIN, ticket
from tests.support.scanning import scanned

LETTERS = "áéíóúñÑ¿"


def test_the_picture_has_accents_and_all_lines_within() -> None:
    each = {ticket(["$1", letter], "1234", "1234") for letter in LETTERS}
    assert len(each) == len(LETTERS)
    long = ticket(["$20.00", "Café de la Señora " * 6, "😀"], "12A" * 20, "12A" * 20)
    picture = Image.open(BytesIO(long)).convert("L")
    assert scanned(picture, "CODE128") == ["12A" * 20]
    short = Image.open(BytesIO(ticket(["$20.00", "Café"], "1234", "1234")))
    assert picture.height > short.height
    lines = picture.crop((picture.width - MARGIN, 0, picture.width, MARGIN + BIG + 3 * LINE))
    assert lines.getextrema() == (255, 255)
