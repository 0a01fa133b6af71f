"""Write tables as plain text or as Markdown, and say which value a share of all is below."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil


def table(head: Sequence[str], rows: Sequence[Sequence[str]], *, markdown: bool) -> str:
    """Columns as wide as they need; all but the first to the right."""
    widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
    lines = [_line(head, widths, markdown), _rule(widths, markdown)]
    return "\n".join([*lines, *(_line(row, widths, markdown) for row in rows)])


def share(values: Sequence[float], part: float) -> float:
    """The least of these sorted values that so large a part of them does not exceed."""
    return values[max(0, ceil(part * len(values)) - 1)]


def _line(cells: Sequence[str], widths: Sequence[int], markdown: bool) -> str:
    padded = [
        cell.rjust(width) if number else cell.ljust(width)
        for number, (cell, width) in enumerate(zip(cells, widths, strict=True))
    ]
    return f"| {' | '.join(padded)} |" if markdown else "  ".join(padded)


def _rule(widths: Sequence[int], markdown: bool) -> str:
    if not markdown:
        return "  ".join("-" * width for width in widths)
    marks = ["-" * width + (":" if number else "-") for number, width in enumerate(widths)]
    return f"| {' |'.join(marks[:1])} |{'|'.join(f' {mark}' for mark in marks[1:])}|"
