"""Fill hotspot pages: `$(name)`, `$(name-esc)`, `$(if …)`, and the headers they set.

Source: RouterOS documentation, hotspot customisation. Nothing is HTML-escaped, as on a router.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from urllib.parse import quote_plus

_TOKEN = re.compile(r"\$\(([^()]*)\)")
_CONDITION = re.compile(r"\s*([\w-]+)\s*(?:(==|!=)\s*(.*?)\s*)?", re.DOTALL)
_END_OF_LINE = re.compile(r"[\r\n].*", re.DOTALL)
_STATUS, _HEADER = "http-status", "http-header"

Lookup = Callable[[str], str]
"""A variable's value; empty where it has none."""


@dataclass
class Page:
    """Hold what a page says: the status, the headers it set, and its text."""

    text: str = ""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class _Block:
    """An `if` under way. `shown`: this branch is; `decided`: some branch was."""

    shown: bool
    decided: bool
    name: str = ""
    value: str = ""
    begin: int = 0


def render(source: str, lookup: Lookup) -> Page:
    """Fill a page in. Blocks left open end with the page."""
    return _Rendering(lookup).render(source)


class _Rendering:
    def __init__(self, lookup: Lookup) -> None:
        self._lookup = lookup
        self._blocks: list[_Block] = []
        self._out: list[str] = []
        self._page = Page()

    def render(self, source: str) -> Page:
        for text, code in _pieces(source):
            self._write(text)
            if code is not None:
                self._run(code)
        while self._blocks:
            self._end()
        self._page.text = "".join(self._out)
        return self._page

    def _run(self, code: str) -> None:
        word, _, rest = code.strip().partition(" ")
        if word == "if":
            self._blocks.append(self._begin(rest))
        elif word == "elif" and self._blocks:
            block = self._blocks[-1]
            block.shown = not block.decided and self._holds(rest)
            block.decided = block.decided or block.shown
        elif word == "else" and self._blocks:
            self._blocks[-1].shown = not self._blocks[-1].decided
        elif word == "endif" and self._blocks:
            self._end()
        else:
            self._write(self._value(code.strip()))

    def _begin(self, condition: str) -> _Block:
        match = _CONDITION.fullmatch(condition)
        name = match[1] if match else ""
        if name in (_STATUS, _HEADER):
            # It looks like a question, but sets what it names to the text up to its end.
            value = _unquoted(match[3] or "") if match else ""
            return _Block(True, True, name, value, len(self._out))
        holds = self._holds(condition)
        return _Block(holds, holds)

    def _holds(self, condition: str) -> bool:
        match = _CONDITION.fullmatch(condition)
        if match is None:
            return False
        name, operator, wanted = match.groups()
        if operator is None:
            return self._value(name) != ""
        return (self._value(name) == _unquoted(wanted)) is (operator == "==")

    def _end(self) -> None:
        block = self._blocks.pop()
        if not block.name:
            return
        text = _END_OF_LINE.sub("", "".join(self._out[block.begin :]))
        del self._out[block.begin :]
        if not self._is_shown():
            return
        if block.name == _HEADER:
            self._page.headers[block.value] = text
        elif block.value.isascii() and block.value.isdigit():
            self._page.status = int(block.value)

    def _write(self, text: str) -> None:
        if self._is_shown():
            self._out.append(text)

    def _is_shown(self) -> bool:
        return all(block.shown for block in self._blocks)

    def _value(self, name: str) -> str:
        if name.endswith("-esc"):
            return quote_plus(self._lookup(name.removesuffix("-esc")))
        return self._lookup(name)


def _pieces(source: str) -> Iterator[tuple[str, str | None]]:
    """Text, and the code that stands behind it."""
    at = 0
    for match in _TOKEN.finditer(source):
        yield source[at : match.start()], match[1]
        at = match.end()
    yield source[at:], None


def _unquoted(value: str) -> str:
    quoted = len(value) > 1 and value[0] in "\"'" and value[-1] == value[0]
    return value[1:-1] if quoted else value
