"""Draw a reference as bars that a shop's scanner reads, within the page: nothing is loaded for it.

Code 128, as gateways print them. Shops type the digits where a scanner does not take the bars.
"""

from __future__ import annotations

from itertools import groupby

# The blank that a scanner needs at either side, in widths of the thinnest bar.
QUIET = 10


def bars(text: str) -> list[tuple[int, int]]:
    """Give where each bar begins and how wide it is, in widths of the thinnest."""
    # Only here: hardly anybody pays in cash.
    from barcode import get_barcode_class

    (modules,) = get_barcode_class("code128")(text).build()
    found, at = [], QUIET
    for module, run in groupby(modules):
        width = len(list(run))
        if module == "1":
            found.append((at, width))
        at += width
    return found


def width_of(drawn: list[tuple[int, int]]) -> int:
    """Give how wide the whole is, with the blanks at its sides."""
    last, width = drawn[-1]
    return last + width + QUIET


def path_of(drawn: list[tuple[int, int]], height: int) -> str:
    """Give the bars as the path of an SVG."""
    return "".join(f"M{at} 0h{width}v{height}h-{width}z" for at, width in drawn)
