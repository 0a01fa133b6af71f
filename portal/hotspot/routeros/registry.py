"""The routers that a process talks to."""

from __future__ import annotations

import os
from threading import Event, Lock, Thread
from time import monotonic
from weakref import WeakSet

from portal.hotspot.router import HotspotRouter, RouterAddress
from portal.hotspot.routeros.adapter import RouterOS
from portal.hotspot.routeros.channel import Observe
from portal.hotspot.routeros.settings import RouterSettings

_all: WeakSet[Routers] = WeakSet()


class Routers:
    """One object an address for all threads of a process, so that they share its connections.

    Nothing is opened and no thread started before the first router is asked for, and a process
    that is forked off begins with nothing.
    """

    def __init__(self, settings: RouterSettings, observe: Observe | None = None) -> None:
        self._settings = settings
        self._observe = observe
        self._lock = Lock()
        self._closed = Event()
        self._routers: dict[RouterAddress, RouterOS] = {}
        self._used: dict[RouterAddress, float] = {}
        self._reaper: Thread | None = None
        _all.add(self)

    def at(self, address: RouterAddress) -> HotspotRouter:
        """The router at this address."""
        with self._lock:
            router = self._routers.get(address)
            if router is None:
                router = RouterOS(address, self._settings, self._observe)
                self._routers[address] = router
            self._used[address] = monotonic()
            self._start_reaper()
            return router

    @property
    def size(self) -> int:
        """How many routers are known at the moment."""
        return len(self._routers)

    def close(self) -> None:
        """Close all connections, those in use as soon as they come back."""
        with self._lock:
            self._closed.set()
            routers, reaper = self._forget()
        for router in routers:
            router.channel.pool.close()
        if reaper is not None:
            reaper.join()

    def forget_parent(self) -> None:
        """In a process just forked off: leave the parent its connections, locks and thread."""
        self._lock = Lock()
        routers, _ = self._forget()
        for router in routers:
            router.channel.pool.abandon()

    def _forget(self) -> tuple[list[RouterOS], Thread | None]:
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
                next_due = router.channel.pool.close_idle()
                pause = pause if next_due is None else min(pause, next_due)

    def _known(self) -> list[RouterOS]:
        """The routers still of use; what nobody asked for in a long time is dropped."""
        forgotten_before = monotonic() - self._settings.forget_seconds
        with self._lock:
            for address, used in list(self._used.items()):
                if used < forgotten_before and self._routers[address].channel.is_idle():
                    del self._used[address]
                    self._routers.pop(address).channel.pool.close()
            return list(self._routers.values())


def _after_fork() -> None:
    for routers in list(_all):
        routers.forget_parent()


os.register_at_fork(after_in_child=_after_fork)
