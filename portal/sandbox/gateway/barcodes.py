"""Draw bar codes, as PNG under `/barcodes/`: Code 128 of the digits in the address.

Written by hand so that the sandbox needs no library of pictures. The pattern's widths are those of
ISO/IEC 15417.
"""

from __future__ import annotations

import asyncio
import re
import struct
import zlib
from collections.abc import Iterator

from portal.sandbox.gateway.http import Request, Response

PREFIX = "/barcodes/"
_ADDRESS = re.compile(PREFIX + r"((?:\d\d){2,20})\.png")
_WIDTHS = (
    "212222222122222221121223121322131222122213122312132212221213221312231212112232122132"
    "122231113222123122123221223211221132221231213212223112312131311222321122321221312212"
    "322112322211212123212321232121111323131123131321112313132113132311211313231113231311"
    "112133112331132131113123113321133121313121211331231131213113213311213131311123311321"
    "331121312113312311332111314111221411431111111224111422121124121421141122141221112214"
    "112412122114122411142112142211241211221114413111241112134111111242121142121241114212"
    "124112124211411212421112421211212141214121412121111143111341131141114113114311411113"
    "411311113141114131311141411131211412211214211232"
)
_PATTERNS = [_WIDTHS[at : at + 6] for at in range(0, len(_WIDTHS), 6)]
_START_C, _STOP = 105, "2331112"
_QUIET, _SCALE, _HEIGHT = 10, 2, 80


async def answer(request: Request, gone: asyncio.Event) -> Response:
    """Give the picture that the address names; its digits come in pairs."""
    found = _ADDRESS.fullmatch(request.path)
    if found is None:
        return Response(404, b"no such bar code", "text/plain")
    return Response(200, picture(found[1]), "image/png")


def picture(digits: str) -> bytes:
    """Give a bar code of an even number of digits, as a PNG of one bit a pixel."""
    row = [pixel for pixel in modules(digits) for _ in range(_SCALE)]
    line = b"\x00" + _packed(row)
    header = struct.pack(">IIBBBBB", len(row), _HEIGHT, 1, 0, 0, 0, 0)
    data = zlib.compress(line * _HEIGHT, 9)
    chunks = (_chunk(b"IHDR", header), _chunk(b"IDAT", data), _chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def modules(digits: str) -> list[bool]:
    """Give the bar code from left to right, with its quiet zones: True is white."""
    pairs = [int(digits[at : at + 2]) for at in range(0, len(digits), 2)]
    check = (_START_C + sum(place * pair for place, pair in enumerate(pairs, 1))) % 103
    widths = "".join(_PATTERNS[each] for each in (_START_C, *pairs, check)) + _STOP
    quiet = [True] * _QUIET
    return [*quiet, *_bars(widths), *quiet]


def _bars(widths: str) -> Iterator[bool]:
    for place, width in enumerate(widths):
        yield from [place % 2 == 1] * int(width)


def _packed(row: list[bool]) -> bytes:
    row = row + [True] * (-len(row) % 8)
    bits = "".join("01"[white] for white in row)
    return int(bits, 2).to_bytes(len(row) // 8, "big")


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
