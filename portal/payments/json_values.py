"""Values out of JSON that may hold anything: each is what it should be, or None."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from urllib.parse import urlsplit

MAX_CENTAVOS = 2**53 - 1
MAX_SENTENCE = 500


def mapping(value: object) -> Mapping[str, object]:
    """A JSON object; empty where it is none."""
    return value if isinstance(value, dict) else {}


def items(value: object) -> list[object]:
    """A JSON array; empty where it is none."""
    return value if isinstance(value, list) else []


def centavos(value: object) -> int | None:
    """A whole number of centavos that a database can hold; true, 1.5 and "5" are none."""
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MAX_CENTAVOS:
        return value
    return None


def word(value: object, pattern: str) -> str | None:
    """A string that is the pattern from end to end."""
    return value if isinstance(value, str) and re.fullmatch(pattern, value, re.ASCII) else None


def sentence(value: object) -> str | None:
    """A text for people: printable, on one line, at most 500 characters."""
    if not isinstance(value, str):
        return None
    readable = "".join(c if c.isprintable() else " " for c in value)
    return " ".join(readable.split())[:MAX_SENTENCE] or None


def scalar(value: object) -> str | None:
    """A metadata value as text. Some gateways keep numbers as numbers, so 16150 is "16150"."""
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) <= MAX_CENTAVOS:
        return str(value)
    return sentence(value)


def web_address(value: object) -> str | None:
    """An http or https address, safe to send a browser to."""
    address = word(value, r"https?://[!-~]{1,2000}")
    try:
        return address if address and urlsplit(address).hostname else None
    except ValueError:
        return None


def moment(value: object) -> datetime | None:
    """Unix seconds as an aware time in UTC."""
    seconds = centavos(value)
    try:
        return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, OSError, ValueError):
        return None
