"""Make a company's colour readable, whatever it is (WCAG 2.2's relative luminance)."""

from __future__ import annotations

import re
from dataclasses import dataclass

HEX = re.compile(r"#[0-9a-fA-F]{6}")
OURS = "#0b5cad"
# One of these two can be read on any colour.
WHITE, BLACK = "#ffffff", "#000000"
READABLE = 4.5

Rgb = tuple[int, int, int]


@dataclass(frozen=True)
class Theme:
    """Hold `color` for areas, `on_color` for text on them, `accent` for coloured text on white."""

    color: str
    on_color: str
    accent: str


def theme_of(color: str | None) -> Theme:
    """Give the theme of a company's colour, `#rrggbb`; ours where it has none."""
    good = color if color and HEX.fullmatch(color) else OURS
    on_color = max((WHITE, BLACK), key=lambda text: contrast(text, good))
    return Theme(good.lower(), on_color, _darkened(good.lower()))


def contrast(one: str, other: str) -> float:
    """Give the contrast of two colours, from 1 to 21."""
    dark, light = sorted((_luminance(_rgb(one)), _luminance(_rgb(other))))
    return (light + 0.05) / (dark + 0.05)


def _darkened(color: str) -> str:
    """The nearest darker shade that can be read on white, and on the page's near-white."""
    red, green, blue = _rgb(color)
    while contrast(color, WHITE) < READABLE + 0.7:
        red, green, blue = (int(part * 0.94) for part in (red, green, blue))
        color = f"#{red:02x}{green:02x}{blue:02x}"
    return color


def _rgb(color: str) -> Rgb:
    return int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16)


def _luminance(rgb: Rgb) -> float:
    red, green, blue = (_linear(part / 255) for part in rgb)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)
