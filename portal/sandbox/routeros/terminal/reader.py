"""Read RouterOS scripts, as far as the kit writes them, into trees.

Anything that it does not know is an error: above all a `$` in a string that is not escaped, by
which a name could become a command.
"""

from __future__ import annotations

import re
from typing import Any

from portal.sandbox.routeros.terminal.nodes import Binary, Block, Call, Command, Not, Variable

_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\", "$": "$", "?": "?", "_": " "}
_HEX = re.compile(r"[0-9A-F]{2}")
_NAME = re.compile(r"[A-Za-z0-9]+")
_KEY = re.compile(r"[a-z][a-z0-9-]*(?==)")
_BARE = re.compile(r"[^\s;\[\](){}\"$=]+")
_BARE_VALUE = re.compile(r"[^\s;\[\](){}\"$]+")
_BLANKS = re.compile(r"[ \t]*")
_OPERATORS = (("||",), ("&&",), (">=", "!=", "=", ">", "~"), (".", "+", "*"))
VERBS = (
    *("add", "set", "find", "get", "remove", "move", "sign", "reset-html", "edit", "install"),
    *("enable", "disable", "fetch", "ping"),
)


class Unreadable(Exception):
    """Not a script that the kit may write."""


def read(text: str) -> Block:
    """Give the whole script."""
    reader = _Reader(text)
    block = Block(reader.statements(""))
    if reader.at < len(text):
        raise Unreadable(f"left over: {text[reader.at : reader.at + 40]!r}")
    return block


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    def statements(self, end: str) -> list[Any]:
        found: list[Any] = []
        while True:
            self._between()
            if self.at >= len(self.text) or (end and self.text.startswith(end, self.at)):
                return found
            found.append(self._statement())

    def _between(self) -> None:
        while True:
            self._blanks()
            if self._take("\n") or self._take(";"):
                continue
            if self.text.startswith("#", self.at):
                if self.at and self.text[self.at - 1] != "\n":
                    raise Unreadable("a comment must begin its line")
                newline = self.text.find("\n", self.at)
                self.at = len(self.text) if newline < 0 else newline
                continue
            return

    def _statement(self) -> Any:
        if self._take("{"):
            return self._block()
        if self._take("["):
            return self._bracket()
        if self.text.startswith("$", self.at):
            return Call(self._variable(), self._arguments(Command("", "call")).named)
        return self._command()

    def _block(self) -> Block:
        statements = self.statements("}")
        self._must("}")
        return Block(statements)

    def _bracket(self) -> Any:
        self._blanks()
        is_call = self.text.startswith("$", self.at)
        inner = self._statement() if is_call else self._command()
        self._blanks()
        self._must("]")
        return inner

    def _command(self) -> Command:
        if self._take(":"):
            return self._arguments(Command("", self._word()))
        menu: list[str] | None = [] if self._take("/") else None
        while True:
            word = self._word()
            # Elsewhere it is a menu.
            updates = word == "update" and (menu or [])[-1:] == ["device-mode"]
            if word in VERBS or updates:
                break
            if menu is None:
                raise Unreadable(f"no command: {word!r}")
            menu.append(word)
            self._blanks()
        return self._arguments(Command(None if menu is None else "/" + "/".join(menu), word))

    def _arguments(self, command: Command) -> Command:
        while True:
            self._blanks()
            if self.at >= len(self.text) or self.text[self.at] in "\n;]}":
                return command
            if self.text.startswith("where ", self.at):
                self.at += len("where ")
                command.where = self._expression(0, named=True)
            elif key := _KEY.match(self.text, self.at):
                self.at = key.end() + 1
                if key[0] in command.named:
                    raise Unreadable(f"{key[0]} is given twice")
                command.named[key[0]] = self._value()
            else:
                command.positional.append(self._value())

    def _expression(self, level: int, *, named: bool = False) -> Any:
        """`named`: bare words on the left of a comparison are properties."""
        if level == len(_OPERATORS):
            return self._operand()
        left = self._expression(level + 1, named=named)
        while True:
            self._blanks()
            found = next((o for o in _OPERATORS[level] if self.text.startswith(o, self.at)), None)
            if found is None:
                return left
            self.at += len(found)
            left = Binary(found, left, self._expression(level + 1, named=named))

    def _operand(self) -> Any:
        self._blanks()
        return Not(self._operand()) if self._take("!") else self._value(_BARE)

    def _value(self, bare: re.Pattern[str] = _BARE_VALUE) -> Any:
        is_string = self.text.startswith('"', self.at)
        value = self._single(bare)
        follower = self.text[self.at : self.at + 1]
        if follower == '"' or (is_string and follower not in " \n;])}"):
            raise Unreadable(f"glued: {self.text[self.at : self.at + 40]!r}")
        return value

    def _single(self, bare: re.Pattern[str]) -> Any:
        if self._take('"'):
            return self._string()
        if self.text.startswith("$", self.at):
            return self._variable()
        if self._take("["):
            return self._bracket()
        if self._take("("):
            inner = self._expression(0)
            self._blanks()
            self._must(")")
            return inner
        if self._take("{"):
            return self._block()
        match = bare.match(self.text, self.at)
        if match is None:
            raise Unreadable(f"no value: {self.text[self.at : self.at + 40]!r}")
        self.at = match.end()
        return match[0]

    def _string(self) -> str:
        out = bytearray()
        while True:
            char = self.text[self.at]
            self.at += 1
            if char == '"':
                return out.decode("utf-8", "surrogateescape")
            if char == "$":
                raise Unreadable("a variable in a string")
            if char < " ":
                raise Unreadable("a control character in a string")
            out += self._escape() if char == "\\" else char.encode()

    def _escape(self) -> bytes:
        code = _HEX.match(self.text, self.at)
        if code is not None:
            self.at = code.end()
            return bytes.fromhex(code[0])
        char = self.text[self.at]
        self.at += 1
        return _ESCAPES[char].encode()

    def _variable(self) -> Variable:
        self._must("$")
        match = _NAME.match(self.text, self.at)
        if match is None:
            raise Unreadable("no variable")
        self.at = match.end()
        return Variable(match[0])

    def _word(self) -> str:
        match = _BARE.match(self.text, self.at)
        if match is None:
            raise Unreadable(f"no word: {self.text[self.at : self.at + 40]!r}")
        self.at = match.end()
        return match[0]

    def _blanks(self) -> None:
        match = _BLANKS.match(self.text, self.at)
        assert match is not None
        self.at = match.end()

    def _take(self, token: str) -> bool:
        if not self.text.startswith(token, self.at):
            return False
        self.at += len(token)
        return True

    def _must(self, token: str) -> None:
        if not self._take(token):
            raise Unreadable(f"{token} expected: {self.text[self.at : self.at + 40]!r}")
