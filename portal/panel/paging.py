"""Turn the pages of a list."""

from __future__ import annotations

import re
from dataclasses import dataclass

from flask import request

MOST = 10_000_000


@dataclass(frozen=True)
class Paging:
    """Say which part of a list is shown; `before` and `after` are offsets, None at the ends."""

    first: int
    last: int
    total: int
    before: int | None
    after: int | None


def offset_asked() -> int:
    """Read how many rows the request wants skipped."""
    asked = request.args.get("desde_fila", "")
    return min(int(asked), MOST) if re.fullmatch(r"[0-9]{1,8}", asked) else 0


def paging(total: int, size: int) -> Paging:
    """Say where in a list of this length the request is."""
    offset = offset_asked()
    return Paging(
        first=min(offset + 1, total),
        last=min(offset + size, total),
        total=total,
        before=max(0, offset - size) if offset else None,
        after=offset + size if offset + size < total else None,
    )
