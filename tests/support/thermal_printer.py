"""Print ESC/POS bytes as a cheap thermal printer does, on a picture.

It knows what such a printer knows: text of code page 437 or 850, sizes, and raster pictures. Any
other command is an error, since a printer would put it on the paper as rubbish.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from PIL import Image

ESC, GS, FEED = 0x1B, 0x1D, 0x0A
PAGES = {0: "cp437", 2: "cp850"}
# How many bytes follow a command's two.
SKIPPED = {
    b"\x1b@": 0,
    b"\x1b!": 1,
    b"\x1bE": 1,
    b"\x1b-": 1,
    b"\x1bM": 1,
    b"\x1ba": 1,
    b"\x1b{": 1,
}


@dataclass
class Printed:
    """What came out: lines of text, each with its size, and pictures."""

    lines: list[tuple[str, int]] = field(default_factory=list)
    pictures: list[Image.Image] = field(default_factory=list)
    cuts: int = 0

    @property
    def text(self) -> str:
        return "\n".join(line for line, _ in self.lines)


def printed(data: bytes, *, changes_page: bool = True) -> Printed:
    """Print it; a printer that does not `changes_page` stays at 437, its first."""
    out, page, size, line, at = Printed(), "cp437", 1, b"", 0
    while at < len(data):
        command = data[at : at + 2]
        if data[at] == FEED:
            out.lines.append((line.decode(page), size))
            line, at = b"", at + 1
        elif command == b"\x1bt":
            page = PAGES[data[at + 2]] if changes_page else page
            at += 3
        elif command == b"\x1dv":
            picture, at = _picture(data, at)
            out.pictures.append(picture)
        elif command == b"\x1d!":
            size, at = (data[at + 2] & 0x0F) + 1, at + 3
        elif command == b"\x1dV":
            out.cuts += 1
            at += 4 if data[at + 2] in (65, 66) else 3
        elif command == b"\x1bd":
            at += 3
        elif command in SKIPPED:
            at += 2 + SKIPPED[command]
        else:
            assert data[at] >= 0x20, f"unknown command {command!r} at {at}"
            line, at = line + data[at : at + 1], at + 1
    return out


def _picture(data: bytes, at: int) -> tuple[Image.Image, int]:
    assert data[at : at + 4] == b"\x1dv0\x00"
    width = int.from_bytes(data[at + 4 : at + 6], "little")
    height = int.from_bytes(data[at + 6 : at + 8], "little")
    begin, end = at + 8, at + 8 + width * height
    raster = bytes(byte ^ 0xFF for byte in data[begin:end])
    return Image.frombytes("1", (width * 8, height), raster), end
