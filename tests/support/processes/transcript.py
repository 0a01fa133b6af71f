"""Keep what a child process says, line by line, as it says it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from typing import IO, TypeVar

Found = TypeVar("Found")


class Transcript:
    """Reads each stream in a thread of its own until it ends, and closes it."""

    def __init__(self, streams: Mapping[str, IO[str]]) -> None:
        self._lines: list[tuple[str, str]] = []
        self._open = set(streams)
        self._news = threading.Condition()
        self._readers = [
            threading.Thread(target=self._read, args=item, daemon=True) for item in streams.items()
        ]
        for reader in self._readers:
            reader.start()

    def text(self, *names: str) -> str:
        """What these streams said, in the order in which it arrived."""
        with self._news:
            return "".join(line for name, line in self._lines if name in names)

    def find(
        self, name: str, search: Callable[[str], Found | None], seconds: float
    ) -> Found | None:
        """What `search` makes of the first line of the stream of which it makes anything.

        None when the stream has ended, or the time has passed, without such a line.
        """
        position = 0
        deadline = time.monotonic() + seconds
        with self._news:
            while True:
                for source, line in self._lines[position:]:
                    if source == name and (found := search(line)) is not None:
                        return found
                position = len(self._lines)
                if name not in self._open:
                    return None
                if not self._news.wait(deadline - time.monotonic()):
                    return None

    def finish(self, seconds: float) -> None:
        """Wait for the ends of all streams."""
        for reader in self._readers:
            reader.join(seconds)

    def _read(self, name: str, stream: IO[str]) -> None:
        with stream:
            for line in stream:
                with self._news:
                    self._lines.append((name, line))
                    self._news.notify_all()
        with self._news:
            self._open.discard(name)
            self._news.notify_all()
