"""Spell a length of time as RouterOS does, to and from whole seconds."""

from __future__ import annotations

import re

_UNITS = {"w": 604_800, "d": 86_400, "h": 3_600, "m": 60, "s": 1}
_WITH_UNITS = re.compile(r"(?:(\d+)w)?(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?(?:\d+ms)?", re.A)
_WITH_CLOCK = re.compile(r"(?:(\d+)w)?(?:(\d+)d)?(\d+):(\d\d)(?::(\d\d))?(?:\.\d+)?", re.A)


def parse(text: str) -> int:
    """Give seconds of `1h2m3s`, `1w2d`, `1w2d03:04:05`, `01:22:53`, `01:22` (hours), `90`.

    Fractions of a second are dropped. Raises ValueError for anything else.
    """
    if text.isascii() and text.isdigit():
        return int(text)
    match = _WITH_UNITS.fullmatch(text) or _WITH_CLOCK.fullmatch(text)
    if not text or match is None:
        raise ValueError("not a length of time")
    return sum(int(n or 0) * unit for n, unit in zip(match.groups(), _UNITS.values(), strict=True))


def render(seconds: float) -> str:
    """Give seconds as the router prints them: `1w2d3h4m5s`, without zero parts; `0s` for none."""
    rest = max(0, int(seconds))
    out = ""
    for letter, unit in _UNITS.items():
        count, rest = divmod(rest, unit)
        if count:
            out += f"{count}{letter}"
    return out or "0s"
