"""Read query words: which rows a print shows (RouterOS documentation, API queries)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from portal.sandbox.routeros.menus import durations
from portal.sandbox.routeros.wire.framing import to_bytes

_OPERATION = re.compile(r"(\d{1,9})(\D)?|(\D)")
_SAME = {"yes": "true", "no": "false"}


class Query:
    """Query words, evaluated on a stack of truths; no words match everything."""

    def __init__(self, words: Sequence[str]) -> None:
        self._words = [word[1:] for word in words]

    def equalities(self) -> list[tuple[str, str]]:
        """Give the `name=value` words where all words must hold, so that an index may serve."""
        if any(word.startswith("#") for word in self._words):
            return []
        pairs = [
            word.removeprefix("=").partition("=") for word in self._words if _is_equality(word)
        ]
        return [(name, value) for name, _, value in pairs]

    def matches(self, values: Mapping[str, str]) -> bool:
        """Tell whether a row of these values is shown."""
        stack: list[bool] = []
        for word in self._words:
            if word.startswith("#"):
                stack = _operate(stack, word[1:])
            else:
                stack.append(_holds(word, values))
        return all(stack)


def _is_equality(word: str) -> bool:
    return word[:1] not in "-<>" and "=" in word.removeprefix("=")


def _holds(word: str, values: Mapping[str, str]) -> bool:
    if word.startswith("-"):
        return word[1:] not in values
    if word[:1] in ("<", ">"):
        name, _, wanted = word[1:].partition("=")
        order = _compare(values[name], wanted) if name in values else 0
        return order < 0 if word[0] == "<" else order > 0
    name, has_value, wanted = word.removeprefix("=").partition("=")
    if not has_value or name not in values:
        return not has_value and name in values
    # A router prints true and false; the console's spellings are taken for the same.
    return values[name] in (wanted, _SAME.get(wanted))


def _compare(left: str, right: str) -> int:
    try:
        a, b = durations.parse(left), durations.parse(right)
        return (a > b) - (a < b)
    except ValueError:
        raw_a, raw_b = to_bytes(left), to_bytes(right)
        return (raw_a > raw_b) - (raw_a < raw_b)


def _operate(stack: list[bool], operations: str) -> list[bool]:
    """Apply `!`, `&`, `|`, `.` and indexes; below its end the stack is true without limit."""
    after_index = False
    for index, follower, operator in _OPERATION.findall(operations):
        if index:
            value = _peek(stack, int(index))
            if not follower:
                return [value]
            stack.append(value)
            after_index = True
        _apply(stack, follower or operator, after_index=after_index)
        after_index = False
    return stack


def _apply(stack: list[bool], operator: str, *, after_index: bool) -> None:
    if operator == "!":
        stack.append(not _pop(stack))
    elif operator == "&":
        left, right = _pop(stack), _pop(stack)
        stack.append(left and right)
    elif operator == "|":
        left, right = _pop(stack), _pop(stack)
        stack.append(left or right)
    elif operator == "." and not after_index:
        stack.append(_peek(stack, 0))


def _peek(stack: list[bool], depth: int) -> bool:
    return stack[-1 - depth] if depth < len(stack) else True


def _pop(stack: list[bool]) -> bool:
    return stack.pop() if stack else True
