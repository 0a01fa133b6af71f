"""Read arguments by their kinds, and give them back as the router prints them.

A kind raises Mismatch with the router's own sentence, where `{}` stands for the argument.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable

from portal.sandbox.routeros.menus import durations

Kind = Callable[[str], str]

_MAC = re.compile(r"([0-9A-Fa-f]{2})[:.-]?" * 5 + r"([0-9A-Fa-f]{2})")
# No number of the router is wider than 63 bits, no time longer than 32 bits of seconds.
_LARGEST = 2**63 - 1
_LONGEST = 2**32 - 1
_SIZE = re.compile(r"([0-9]{1,19})([kKMG]?)")
_WITH_MILLISECONDS = re.compile(r"((?:\d{1,3}m)?(?:\d{1,5}s)?|\d{1,5})(?:(\d{1,5})ms)?", re.A)
_FACTORS = {"": 1, "k": 1 << 10, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30}


class Mismatch(ValueError):
    """Say that the value is not of this kind."""


def text(value: str) -> str:
    """Any bytes."""
    return value


def boolean(value: str) -> str:
    """Read `yes` or `no`; printed in the API as `true` or `false`."""
    known = {"yes": "true", "true": "true", "no": "false", "false": "false"}
    if value not in known:
        raise Mismatch("input does not match any value of {}")
    return known[value]


def duration(value: str) -> str:
    """Give a length of time."""
    try:
        seconds = durations.parse(value)
    except ValueError:
        seconds = _LONGEST + 1
    if seconds > _LONGEST:
        raise Mismatch("invalid time value for argument {}")
    return durations.render(seconds)


def duration_or(word: str) -> Kind:
    """Give a length of time, or this word."""
    return lambda value: value if value == word else duration(value)


def waiting(value: str) -> str:
    """Give a length of time between 10 ms and a minute, which may end in milliseconds."""
    match = _WITH_MILLISECONDS.fullmatch(value)
    thousandths = 0 if match is None else milliseconds(value)
    if not 10 <= thousandths <= 60_000:
        raise Mismatch("invalid time value for argument {}")
    seconds, rest = divmod(thousandths, 1000)
    return (durations.render(seconds) if seconds else "") + (f"{rest}ms" if rest else "")


def milliseconds(value: str) -> int:
    """Tell how long `1s500ms`, `300ms`, `3s` or `3` are."""
    match = _WITH_MILLISECONDS.fullmatch(value)
    assert match is not None
    return durations.parse(match[1] or "0") * 1000 + int(match[2] or 0)


def number(value: str) -> str:
    """Give a whole number from zero up."""
    if not (value.isascii() and value.isdigit()):
        raise Mismatch("invalid value for argument {}")
    return size(value)


def number_or(word: str) -> Kind:
    """Give a whole number, or this word."""
    return lambda value: value if value == word else number(value)


def size(value: str) -> str:
    """Give bytes, with `k`, `M` or `G` after it where wanted."""
    match = _SIZE.fullmatch(value)
    count = int(match[1]) * _FACTORS[match[2]] if match else _LARGEST + 1
    if count > _LARGEST:
        raise Mismatch("invalid value for argument {}")
    return str(count)


def mac(value: str) -> str:
    """Give a MAC address, printed as `AA:BB:CC:DD:EE:FF`."""
    match = _MAC.fullmatch(value)
    if match is None:
        raise Mismatch("invalid value for argument {}")
    return ":".join(match.groups()).upper()


def address(value: str) -> str:
    """Give one IPv4 address."""
    try:
        return str(ipaddress.IPv4Address(value))
    except ValueError:
        raise Mismatch("invalid value for argument {}") from None


def one_of(*known: str) -> Kind:
    """Give one of the given words."""

    def read(value: str) -> str:
        if value not in known:
            raise Mismatch("input does not match any value of {}")
        return value

    return read


def some_of(*known: str) -> Kind:
    """Give a comma-separated list of the given words."""

    def read(value: str) -> str:
        if not set(value.split(",")) <= {*known, ""}:
            raise Mismatch("input does not match any value of {}")
        return value

    return read
