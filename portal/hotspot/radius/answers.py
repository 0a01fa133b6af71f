"""Hold what a router says to a Disconnect or a CoA."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class AnswerKind(StrEnum):
    """Name what came back: yes, no, or nothing."""

    ACK = "ack"
    NAK = "nak"
    SILENT = "silent"


@dataclass(frozen=True)
class Answer:
    """Hold a router's answer; `error_cause` as RFC 5176 numbers it, where it says why not."""

    kind: AnswerKind
    error_cause: int | None = None
