"""Make a company's colour readable, whatever it is (WCAG 2.2's relative luminance)."""

from __future__ import annotations

import re
from dataclasses import dataclass

HEX = re.compile(r"#[0-9a-fA-F]{6}")
OURS = "#0b5cad"
# One of these two can be read on any colour.
WHITE, BLACK = "#ffffff", "#000000"
# What coloured text stands on in the dark: `--card` of `style.css`. The page itself is darker.
DARK = "#1a2025"
READABLE = 4.5
# Beyond what can be read: what stands on white stands on the page's near-white too, and thin
# coloured letters are dim on black.
ON_WHITE, ON_DARK = READABLE + 0.7, READABLE + 2.0
STEP = 0.06

Rgb = tuple[int, int, int]


@dataclass(frozen=True)
class Theme:
    """Hold `color` for areas, `on_color` for text on them, and `accent` for coloured text.

    `accent` can be read on white, `accent_in_dark` where the phone wants pages dark.
    """

    color: str
    on_color: str
    accent: str
    accent_in_dark: str


def theme_of(color: str | None) -> Theme:
    """Give the theme of a company's colour, `#rrggbb`; ours where it has none."""
    good = (color if color and HEX.fullmatch(color) else OURS).lower()
    on_color = max((WHITE, BLACK), key=lambda text: contrast(text, good))
    return Theme(good, on_color, _darkened(good), _lightened(good))


def contrast(one: str, other: str) -> float:
    """Give the contrast of two colours, from 1 to 21."""
    dark, light = sorted((_luminance(_rgb(one)), _luminance(_rgb(other))))
    return (light + 0.05) / (dark + 0.05)


def _darkened(color: str) -> str:
    """The nearest darker shade that can be read on white."""
    while contrast(color, WHITE) < ON_WHITE:
        color = _toward(BLACK, color)
    return color


def _lightened(color: str) -> str:
    """The nearest lighter shade that can be read in the dark."""
    while contrast(color, DARK) < ON_DARK:
        color = _toward(WHITE, color)
    return color


def _toward(end: str, color: str) -> str:
    parts = zip(_rgb(color), _rgb(end), strict=True)
    return "#" + "".join(f"{round(part + (last - part) * STEP):02x}" for part, last in parts)


def _rgb(color: str) -> Rgb:
    return int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16)


def _luminance(rgb: Rgb) -> float:
    red, green, blue = (_linear(part / 255) for part in rgb)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)
