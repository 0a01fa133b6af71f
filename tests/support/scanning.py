"""Read QR and bar codes as phones and tills do, off pictures of what was printed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from PIL import Image, ImageFilter

try:
    from pyzbar.pyzbar import ZBarSymbol, decode
except ImportError:  # pragma: no cover - where zbar's own library is missing
    decode = None


def scanned(picture: Image.Image, symbol: str = "QRCODE") -> list[str]:
    """What a scanner reads off the picture; `symbol` is zbar's name of the kind of code."""
    if decode is None:
        pytest.skip("zbar is not here")
    found: list[Any] = decode(picture.convert("L"), symbols=[ZBarSymbol[symbol]])
    return [one.data.decode() for one in found]


def as_photographed(picture: Image.Image) -> Image.Image:
    """The same as a phone sees it: tilted, a little out of focus, grey, on a darker table."""
    table = Image.new("L", (picture.width + 160, picture.height + 160), 150)
    table.paste(picture.convert("L").point(lambda v: 40 + v * 180 // 255), (80, 80))
    small = table.resize((table.width * 4 // 5, table.height * 4 // 5), Image.Resampling.BILINEAR)
    turned = small.rotate(7, resample=Image.Resampling.BICUBIC, fillcolor=150)
    return turned.filter(ImageFilter.GaussianBlur(1.1))


def cells(page: Image.Image, across: int = 3, down: int = 8) -> Iterator[Image.Image]:
    """The labels of a sheet, one by one, as they are cut apart."""
    for row in range(down):
        for column in range(across):
            box = (
                column * page.width // across,
                row * page.height // down,
                (column + 1) * page.width // across,
                (row + 1) * page.height // down,
            )
            yield page.crop(box)
