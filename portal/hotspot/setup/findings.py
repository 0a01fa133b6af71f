"""Hold what a check of a router found."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class State(Enum):
    """Say how a point stands: `ADVICE` works, but could be better; `UNKNOWN` could not be read."""

    OK = "ok"
    MISSING = "missing"
    UNKNOWN = "unknown"
    ADVICE = "advice"


@dataclass(frozen=True)
class Finding:
    """Describe a point of the set-up. `mend` is a line for the router's terminal, if one helps."""

    name: str
    state: State
    found: str
    mend: str = ""
