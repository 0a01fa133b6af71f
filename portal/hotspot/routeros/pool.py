"""Keep connections to routers between calls: those of one router, and the routers of a process."""

from __future__ import annotations

import os
from collections.abc import Callable
from threading import Condition, Event, Lock, Thread
from time import monotonic
from typing import Any, Generic, Protocol, TypeVar
from weakref import WeakSet

from portal.hotspot.router import RouterAddress
from portal.hotspot.routeros.connection import Connection
from portal.hotspot.routeros.settings import RouterSettings
from portal.hotspot.routeros.values import ItemId


class Pool:
    """Keep connections for `idle_seconds` after their last use. Safe for any thread."""

    def __init__(self, idle_seconds: float) -> None:
        self._idle_seconds = idle_seconds
        self._idle: list[Connection] = []
        self._open = True
        self._changed = Condition()

    def take(self, item: ItemId | None = None) -> Connection | None:
        """Give a connection that seems alive, or None.

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
        """Wait until a connection is given back, or the time is over."""
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


class Pooled(Protocol):
    """Describe a router whose connections are kept."""

    pool: Pool
    is_idle: Callable[[], bool]


R = TypeVar("R", bound=Pooled)

_all: WeakSet[Registry[Any]] = WeakSet()


class Registry(Generic[R]):
    """Keep one object an address for all threads of a process: they share its connections.

    Nothing is opened and no thread started before the first router is asked for, and a process
    that is forked off begins with nothing.
    """

    def __init__(self, settings: RouterSettings, connect: Callable[[RouterAddress], R]) -> None:
        self._settings = settings
        self._connect = connect
        self._lock = Lock()
        self._closed = Event()
        self._routers: dict[RouterAddress, R] = {}
        self._used: dict[RouterAddress, float] = {}
        self._reaper: Thread | None = None
        _all.add(self)

    def at(self, address: RouterAddress) -> R:
        """Give the router at this address."""
        with self._lock:
            router = self._routers.get(address)
            if router is None:
                router = self._connect(address)
                self._routers[address] = router
            self._used[address] = monotonic()
            self._start_reaper()
            return router

    @property
    def size(self) -> int:
        """Count the routers that are known at the moment."""
        return len(self._routers)

    def close(self) -> None:
        """Close all connections, those in use as soon as they come back."""
        with self._lock:
            self._closed.set()
            routers, reaper = self._forget()
        for router in routers:
            router.pool.close()
        if reaper is not None:
            reaper.join()

    def forget_parent(self) -> None:
        """Leave the parent its connections, locks and thread, in a process just forked off."""
        self._lock = Lock()
        routers, _ = self._forget()
        for router in routers:
            router.pool.abandon()

    def _forget(self) -> tuple[list[R], Thread | None]:
        routers, reaper = list(self._routers.values()), self._reaper
        self._routers, self._used, self._reaper = {}, {}, None
        self._closed = Event()
        return routers, reaper

    def _start_reaper(self) -> None:
        if self._reaper is None:
            self._reaper = Thread(
                target=self._reap, args=(self._closed,), name="router-reaper", daemon=True
            )
            self._reaper.start()

    def _reap(self, closed: Event) -> None:
        """Close what has been idle for too long, as long as this is not closed itself."""
        pause = self._settings.idle_seconds
        while not closed.wait(pause):
            pause = self._settings.idle_seconds
            for router in self._known():
                next_due = router.pool.close_idle()
                pause = pause if next_due is None else min(pause, next_due)

    def _known(self) -> list[R]:
        """Give the routers still of use; what nobody asked for in a long time is dropped."""
        forgotten_before = monotonic() - self._settings.forget_seconds
        with self._lock:
            for address, used in list(self._used.items()):
                if used < forgotten_before and self._routers[address].is_idle():
                    del self._used[address]
                    self._routers.pop(address).pool.close()
            return list(self._routers.values())


def _after_fork() -> None:
    for routers in list(_all):
        routers.forget_parent()


os.register_at_fork(after_in_child=_after_fork)
