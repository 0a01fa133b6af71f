"""Move the clock of a process and of the SQLite within it, by libfaketime (Debian: `faketime`)."""

from __future__ import annotations

import os
import time
from datetime import datetime
from pathlib import Path

# The library reads it at each look at the clock: how far ahead of the machine's it is.
AHEAD = "FAKETIME"
PLACES = "*/faketime/libfaketimeMT.so.1"


def library() -> Path | None:
    """Where libfaketime is, the one for threads; None where it is not installed."""
    return next(iter(sorted(Path("/usr/lib").glob(PLACES))), None)


def environment(preloaded: Path) -> dict[str, str]:
    """What a process needs so that its clock can be moved; the steady clock stays as it is."""
    return os.environ | {
        "LD_PRELOAD": str(preloaded),
        AHEAD: "+0",
        "FAKETIME_NO_CACHE": "1",
        "NO_FAKE_STAT": "1",
        "DONT_FAKE_MONOTONIC": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    }


class WallClock:
    """This process' clock, where it was started in such an environment."""

    def __init__(self) -> None:
        self._ahead = 0.0

    def go_to(self, moment: datetime) -> None:
        """Let it be that moment, unless it is later already."""
        self._ahead += max(0.0, moment.timestamp() - time.time())
        os.environ[AHEAD] = f"+{self._ahead:.3f}"
