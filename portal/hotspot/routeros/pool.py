"""The idle connections to one router."""

from __future__ import annotations

from collections.abc import Callable
from threading import Condition
from time import monotonic

from portal.hotspot.routeros.connection import Connection
from portal.hotspot.routeros.item import ItemId


class Pool:
    """Keeps connections for `idle_seconds` after their last use. Safe for any thread."""

    def __init__(self, idle_seconds: float) -> None:
        self._idle_seconds = idle_seconds
        self._idle: list[Connection] = []
        self._open = True
        self._changed = Condition()

    def take(self, item: ItemId | None = None) -> Connection | None:
        """A connection that seems alive, or None.

        One on which `item` holds is preferred, then the one used last.
        """
        while (connection := self._pick(item)) is not None:
            if self._is_fresh(connection) and connection.is_quiet():
                return connection
            connection.close()
        return None

    def give_back(self, connection: Connection) -> None:
        """Keep a connection whose last reply was read to its end."""
        connection.idle_since = monotonic()
        with self._changed:
            if self._open:
                self._idle.append(connection)
                self._changed.notify()
                return
        connection.close()

    def wait(self, seconds: float) -> None:
        """Until a connection is given back, or the time is over."""
        with self._changed:
            if not self._idle:
                self._changed.wait(seconds)

    def close_idle(self) -> float | None:
        """Close what has been idle for too long; seconds until the next will have been."""
        self._drop(lambda connection: not self._is_fresh(connection))
        with self._changed:
            oldest = min((c.idle_since for c in self._idle), default=None)
        return None if oldest is None else oldest + self._idle_seconds - monotonic()

    def clear(self) -> None:
        """Close every idle connection."""
        self._drop(lambda connection: True)

    def close(self) -> None:
        """Keep nothing any more; connections in use are closed when they come back."""
        with self._changed:
            self._open = False
        self.clear()

    def abandon(self) -> None:
        """Let go of connections that belong to the process this one was forked from."""
        self._open = False
        for connection in self._idle:
            connection.close()

    def _pick(self, item: ItemId | None) -> Connection | None:
        with self._changed:
            if not self._idle:
                return None
            for index in range(len(self._idle) - 1, -1, -1):
                if item is None or item.holds_on(self._idle[index].birth):
                    return self._idle.pop(index)
            return self._idle.pop()

    def _is_fresh(self, connection: Connection) -> bool:
        return monotonic() - connection.idle_since < self._idle_seconds

    def _drop(self, unwanted: Callable[[Connection], bool]) -> None:
        with self._changed:
            dropped = [c for c in self._idle if unwanted(c)]
            self._idle = [c for c in self._idle if c not in dropped]
        for connection in dropped:
            connection.close()
