"""Make QR codes that phones read off paper, off thermal rolls and off screens."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

import segno

if TYPE_CHECKING:
    from PIL import Image

# Never Micro QR, which phones do not read: `segno.make` would take it for short codes. A mask
# that is fixed saves four fifths of the time, and is read just as well.
LEVEL, MASK = "m", 2
# A code that does not say which letters it has is guessed at: of Latin-1, which segno 1.6.6 writes
# where it can, zbar 0.23.92 makes "Hotel Se隳rial", and of UTF-8 other signs.
LETTERS = "utf-8"
# White modules around it, without which no phone finds it.
QUIET = 4


class Run(NamedTuple):
    """Hold dark modules that stand side by side in a row."""

    row: int
    start: int
    length: int


class QrMatrix:
    """Hold the modules of a code; `size` is how many stand in a row, the quiet zone included."""

    def __init__(self, text: str) -> None:
        said = not text.isascii()
        made = segno.make_qr(
            text,
            error=LEVEL,
            mask=MASK,
            boost_error=False,
            encoding=LETTERS if said else None,
            eci=said,
        )
        self._rows = [bytes(row) for row in made.matrix]
        self.size = len(self._rows) + 2 * QUIET

    def runs(self) -> Iterator[Run]:
        """Yield all dark modules, those of a row that touch as one; the quiet zone counts."""
        for row, modules in enumerate(self._rows):
            start = modules.find(1)
            while start >= 0:
                end = modules.find(0, start)
                end = len(modules) if end < 0 else end
                yield Run(row + QUIET, start + QUIET, end - start)
                start = modules.find(1, end)

    def picture(self, scale: int) -> Image.Image:
        """Draw it in black and white, `scale` dots a module."""
        # Only here: hardly any web process ever prints.
        from PIL import Image

        small = Image.new("1", (self.size, self.size), 1)
        for row, start, length in self.runs():
            small.paste(0, (start, row, start + length, row + 1))
        side = self.size * scale
        return small.resize((side, side), Image.Resampling.NEAREST)

    def svg_path(self) -> str:
        """Draw it as the path of an SVG whose unit is a module."""
        return "".join(
            f"M{start} {row}h{length}v1h-{length}z" for row, start, length in self.runs()
        )
