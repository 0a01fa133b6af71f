"""Trace what a block of code walks through: the files of `portal`, and the functions in them."""

from __future__ import annotations

import sys
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

from tests.support.processes.commands import CHECKOUT

HOUSE = str(CHECKOUT / "portal")
SANDBOX = str(CHECKOUT / "portal" / "sandbox")


class CallTrace:
    """Counts the calls into each function of ours, in the threads begun meanwhile as well."""

    def __init__(self) -> None:
        self.calls: Counter[tuple[str, str]] = Counter()
        self._lock = threading.Lock()

    @property
    def files(self) -> list[str]:
        """The files walked through, as paths below the checkout."""
        return sorted({str(Path(file).relative_to(CHECKOUT)) for file, _ in self.calls})

    def __str__(self) -> str:
        return f"{len(self.files)} files, {len(self.calls)} functions, {self.calls.total()} calls"

    def note(self, frame: FrameType, event: str, _argument: Any) -> None:
        """Note a call, as `sys.setprofile` tells it."""
        code = frame.f_code
        file = code.co_filename
        if event == "call" and file.startswith(HOUSE) and not file.startswith(SANDBOX):
            with self._lock:
                self.calls[file, code.co_qualname] += 1


@contextmanager
def traced() -> Iterator[CallTrace]:
    """Trace the calls of the block."""
    trace = CallTrace()
    threading.setprofile(trace.note)
    sys.setprofile(trace.note)
    try:
        yield trace
    finally:
        sys.setprofile(None)
        threading.setprofile(None)  # type: ignore[arg-type]
