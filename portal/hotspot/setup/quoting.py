"""Quote text inside a RouterOS script, where no name may become a command.

A string literal ends at a quote, and `$` in it begins a variable or an expression; the escapes
are those of RouterOS' scripting documentation.
"""

from __future__ import annotations

import re
from typing import Any

_ESCAPES = {
    '"': '\\"',
    "\\": "\\\\",
    "$": "\\$",
    "?": "\\?",
    "\n": "\\n",
    "\r": "\\r",
    "\t": "\\t",
}
_PRINTABLE = range(0x20, 0x7F)
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\\\\]+")


class Code(str):
    """Hold part of a script that is written as it is."""

    __slots__ = ()


def quote(value: Any) -> Code:
    """Give a string literal of the value, with its quotes; letters outside ASCII byte by byte."""
    return Code(f'"{"".join(_escaped(char) for char in str(value))}"')


def literal(value: Any) -> Code:
    """Give what a template's expression becomes: code as it is, anything else a string literal."""
    return value if isinstance(value, Code) else quote(value)


def comment(text: Any) -> Code:
    """Give the text on one line, fit to stand behind a `#`."""
    return Code(_CONTROL.sub(" ", str(text)))


def _escaped(char: str) -> str:
    if char in _ESCAPES:
        return _ESCAPES[char]
    if ord(char) in _PRINTABLE:
        return char
    # Bytes that the router has in another encoding are written as they stand there.
    is_byte = "\udc80" <= char <= "\udcff"
    raw = char.encode("utf-8", "surrogateescape" if is_byte else "replace")
    return "".join(f"\\{byte:02X}" for byte in raw)
