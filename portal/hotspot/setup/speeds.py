"""Write a plan's speed, as its seller wrote it, in RouterOS' words."""

from __future__ import annotations

import re

_RATE = r"(\d{1,5}(?:[.,]\d{1,3})?)\s*([kmg]?)(bps|b/s|bit/s|bits/s)?"
_SPEED = re.compile(rf"{_RATE}(?:\s*/\s*{_RATE})?", re.ASCII | re.IGNORECASE)
_KILOBITS = {"k": 1, "m": 1_000, "g": 1_000_000}


def rate_limit(speed: str | None) -> str | None:
    """Give `rx/tx` of a text like `5 Mbps`, `10/2 Mbps` or RouterOS' own `2M/10M`; None of others.

    People write the download first and say `bps`; RouterOS writes the client's upload first.
    A number without a unit takes the other's.
    """
    match = _SPEED.fullmatch((speed or "").strip())
    if match is None:
        return None
    first, unit, said, second, other_unit, also_said = match.groups()
    unit, other_unit = (unit or other_unit or "").lower(), (other_unit or unit or "").lower()
    if not unit:
        return None
    one = _kilobits(first, unit)
    other = one if second is None else _kilobits(second, other_unit)
    if not one or not other:
        return None
    upload, download = (other, one) if said or also_said else (one, other)
    return f"{_render(upload)}/{_render(download)}"


def _render(kilobits: int) -> str:
    millions, rest = divmod(kilobits, 1_000)
    return f"{kilobits}k" if rest else f"{millions}M"


def _kilobits(number: str, unit: str) -> int:
    return round(float(number.replace(",", ".")) * _KILOBITS[unit])
