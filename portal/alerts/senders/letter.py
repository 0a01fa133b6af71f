"""Name what senders are given, and how they say that it did not arrive."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from portal.models import AlertChannel, AlertMessage, Company

LONGEST_PATIENCE = 3600.0


@dataclass(frozen=True)
class Letter:
    """Hold a message made of one thing or of many, and where it goes.

    `word` is its event as the JSON names it; `items` are what it was made of.
    """

    company: Company
    channel: AlertChannel
    word: str
    title: str
    text: str
    items: Sequence[AlertMessage] = ()


class NotDelivered(Exception):
    """Say why it did not arrive, in a sentence that shows no secret.

    `theirs`: the other end answered that it will not take it, which only the operator can mend.
    `retry_after`: seconds that it asks us to wait.
    """

    def __init__(
        self, sentence: str, *, theirs: bool = False, retry_after: float | None = None
    ) -> None:
        super().__init__(sentence)
        self.sentence, self.theirs = sentence, theirs
        self.retry_after = retry_after


def patience(said: object) -> float | None:
    """Read for how many seconds the other end wants to be left alone; an hour at most."""
    try:
        seconds = float(str(said))
    except ValueError:
        return None
    return min(seconds, LONGEST_PATIENCE) if seconds > 0 else None
