"""Turn a router's name into addresses without ever waiting longer than the call may."""

from __future__ import annotations

import socket
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from threading import BoundedSemaphore, Event, Lock, Thread
from typing import Any

from portal.hotspot.deadline import Deadline

Endpoint = tuple[socket.AddressFamily, Any]
"""An address family and what `socket.connect` takes for it."""

# Requests of a process that may wait for the name service of a host that an operator has named:
# it may hang at his will, and must not hold the requests of everybody else.
_waiting_aside = BoundedSemaphore(4)


class _Lookup:
    """One question to the name service, which knows no deadline; hence a thread of its own."""

    def __init__(self, look_up: Callable[[], list[Endpoint]]) -> None:
        self._look_up = look_up
        self._endpoints: list[Endpoint] = []
        self._error: Exception | None = None
        self.answered = Event()
        Thread(target=self._ask, name="router-name", daemon=True).start()

    def _ask(self) -> None:
        try:
            self._endpoints = self._look_up()
        except (OSError, ValueError) as error:
            self._error = error
        self.answered.set()

    def result(self, deadline: Deadline) -> list[Endpoint]:
        if not self.answered.wait(deadline.socket_timeout()):
            raise TimeoutError
        if self._error is not None:
            raise self._error
        return self._endpoints


class Resolver:
    """Find the addresses of one host. A question under way is shared, so that a name service that
    hangs costs one thread a router. `look_up` asks that service."""

    def __init__(
        self, host: str, port: int, look_up: Callable[[], list[Endpoint]] | None = None
    ) -> None:
        self._host, self._port = host, port
        self._look_up = look_up or partial(_endpoints, host, port)
        self._lookup: _Lookup | None = None
        self._lock = Lock()

    def endpoints(self, deadline: Deadline) -> list[Endpoint]:
        """Find the way. Raises TimeoutError, OSError (unknown name), ValueError (no name)."""
        try:
            return _endpoints(self._host, self._port, socket.AI_NUMERICHOST)
        except socket.gaierror:
            return self._under_way().result(deadline)

    def _under_way(self) -> _Lookup:
        with self._lock:
            if self._lookup is None or self._lookup.answered.is_set():
                self._lookup = _Lookup(self._look_up)
            return self._lookup


def look_up_aside(host: str, port: int, seconds: float) -> list[Endpoint]:
    """Find where a host leads, for a check that is made again before it is connected to.

    Nowhere, where that is not known within so many seconds, or too many wait for theirs.
    """
    with suppress(OSError, ValueError):
        return _endpoints(host, port, socket.AI_NUMERICHOST)
    if not _waiting_aside.acquire(blocking=False):
        return []
    try:
        return Resolver(host, port).endpoints(Deadline(seconds))
    except (OSError, ValueError):
        return []
    finally:
        _waiting_aside.release()


def _endpoints(host: str, port: int, flags: int = 0) -> list[Endpoint]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=flags)
    return [(family, address) for family, _, _, _, address in found]
