"""Keep the routers of a process between calls."""

from __future__ import annotations

import os
from collections.abc import Callable
from threading import Event, Lock, Thread
from time import monotonic
from typing import Any, Generic, Protocol, TypeVar
from weakref import WeakSet

from portal.hotspot.router import RouterAddress
from portal.hotspot.routeros.line.pool import LinePool
from portal.hotspot.routeros.settings import RouterSettings


class Pooled(Protocol):
    """Describe a router whose connections are kept."""

    pool: LinePool
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
