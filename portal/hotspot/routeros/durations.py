"""RouterOS' way to write a length of time."""

from __future__ import annotations

import re

_WEEK, _DAY, _HOUR, _MINUTE = 604_800, 86_400, 3_600, 60

_DURATION = re.compile(
    r"(?:(\d+)w)?(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?(?:\d+ms)?"
    r"(?:(\d+):(\d\d):(\d\d)(?:\.\d+)?)?",
    re.ASCII,
)
_SECONDS = (_WEEK, _DAY, _HOUR, _MINUTE, 1, _HOUR, _MINUTE, 1)


def parse_duration(text: str) -> int:
    """Whole seconds of `5m`, `1h2m3s`, `1w2d03:04:05`, `01:22:53` and their like.

    All of them occur in RouterOS' documentation. Fractions are dropped, a bare number is
    seconds, nothing at all is zero. Raises ValueError for anything else.
    """
    if text.isascii() and text.isdigit():
        return int(text)
    match = _DURATION.fullmatch(text)
    if match is None:
        raise ValueError("not a RouterOS duration")
    return sum(
        int(count) * unit
        for count, unit in zip(match.groups(), _SECONDS, strict=True)
        if count is not None
    )


def format_duration(seconds: int) -> str:
    """Seconds as RouterOS reads them in any version, `90` as `90s`."""
    return f"{seconds}s"
