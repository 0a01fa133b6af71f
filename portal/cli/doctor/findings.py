"""Hold what the doctor found, and run its looks beside each other, none for longer than it may."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from time import monotonic

from flask import Flask

OK, BAD, ADVICE, UNKNOWN = "✓", "✗", "·", "?"
PATIENCE_SECONDS = 15.0
LATE = "no se supo a tiempo"


@dataclass(frozen=True)
class Diagnosis:
    """Say how something stands, and what to do where it is not well."""

    sign: str
    said: str
    advice: str = ""


Look = Callable[[], Iterable[Diagnosis]]


def look_at(app: Flask, looks: Sequence[tuple[str, Look]]) -> Iterator[Diagnosis]:
    """Run all looks at once, and yield what they found in their order.

    One that does not end in time is said so, and left to itself: threads of a daemon end with us.
    """
    found: dict[str, list[Diagnosis]] = {}

    def run(name: str, look: Look) -> None:
        with app.app_context():
            try:
                found[name] = list(look())
            except Exception as error:  # noqa: BLE001 - what a look cannot tell, it says
                found[name] = [Diagnosis(UNKNOWN, f"{name}: {type(error).__name__}")]

    threads = [threading.Thread(target=run, args=look, daemon=True) for look in looks]
    until = monotonic() + PATIENCE_SECONDS
    for thread in threads:
        thread.start()
    for thread, (name, _) in zip(threads, looks, strict=True):
        thread.join(max(until - monotonic(), 0))
        yield from found.get(
            name, [Diagnosis(BAD, f"{name}: {LATE}.", "Mire por qué no responde.")]
        )
