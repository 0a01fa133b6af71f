"""Join stretches of time, cut them out of one another, let time run only between them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple


class Span(NamedTuple):
    """Hold the time from `start` until `end`, the end not included."""

    start: datetime
    end: datetime


def joined(spans: Iterable[Span]) -> list[Span]:
    """Give the same moments in order, as stretches that neither overlap nor touch."""
    found: list[Span] = []
    for span in sorted(spans):
        if found and span.start <= found[-1].end:
            found[-1] = Span(found[-1].start, max(found[-1].end, span.end))
        else:
            found.append(span)
    return found


def running(start: datetime, end: datetime, pauses: Sequence[Span]) -> timedelta:
    """Give how long a clock ran from `start` to `end` that stood still in the joined `pauses`."""
    stood = (min(end, pause.end) - max(start, pause.start) for pause in pauses)
    return (end - start) - sum((rest for rest in stood if rest > timedelta()), timedelta())


def runs_out(start: datetime, length: timedelta, pauses: Sequence[Span]) -> datetime:
    """Tell when a clock has run for `length` that begins at `start` and rests in `pauses`."""
    now = start
    for pause in pauses:
        if now + length <= pause.start:
            break
        if pause.end > now:
            length -= max(pause.start - now, timedelta())
            now = pause.end
    return now + length
