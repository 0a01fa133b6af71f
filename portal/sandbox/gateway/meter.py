"""Count what came over the lines: calls by kind, connections, bytes."""

from __future__ import annotations

import threading
from collections import Counter, defaultdict


class Meter:
    """Count; written by the server's thread, read and awaited from any."""

    def __init__(self) -> None:
        self.connections = 0
        self.bytes_in = 0
        self.bytes_out = 0
        self._calls: Counter[str] = Counter()
        self._keys: dict[str, set[str]] = defaultdict(set)
        self._changed = threading.Condition()

    def count(self, kind: str, key: str | None = None) -> None:
        """Count a call of this kind, by its key, as it arrives; nothing of it is executed yet."""
        with self._changed:
            self._calls[kind] += 1
            if key is not None:
                self._keys[kind].add(key)
            self._changed.notify_all()

    def calls(self) -> Counter[str]:
        """Count the calls by kind so far."""
        with self._changed:
            return self._calls.copy()

    def keys(self, kind: str) -> int:
        """Count the keys that calls of this kind came by: what the same one asks again is one."""
        with self._changed:
            return len(self._keys[kind])

    def wait_for(self, kind: str, count: int, timeout: float) -> bool:
        """Wait up to `timeout` seconds until `count` calls of this kind have arrived."""
        with self._changed:
            return self._changed.wait_for(lambda: self._calls[kind] >= count, timeout)

    def reset(self) -> None:
        """Start again from zero."""
        with self._changed:
            self._calls.clear()
            self._keys.clear()
            self.connections = self.bytes_in = self.bytes_out = 0

    def figures(self) -> dict[str, object]:
        """Give everything as JSON."""
        return {
            "calls": dict(self.calls()),
            "connections": self.connections,
            "bytes_in": self.bytes_in,
            "bytes_out": self.bytes_out,
        }
