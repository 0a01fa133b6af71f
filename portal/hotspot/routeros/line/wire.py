"""Carry bytes to and from a router: one thread reads while others write."""

from __future__ import annotations

import socket
import ssl
from contextlib import AbstractContextManager, nullcontext, suppress
from select import POLLIN, POLLOUT, poll
from threading import Lock

from portal.hotspot.deadline import Deadline

_CHUNK = 65_536
_MILLI = 1000


class Wire:
    """Carry bytes over a connected socket, without ever blocking in a system call but `poll`.

    One thread at a time may `receive`, and one may `send` meanwhile. Of one TLS connection OpenSSL
    lets no two threads read and write at once, and CPython before 3.13 does not keep them apart:
    a guard does, which is only held while nothing waits.
    """

    def __init__(self, sock: socket.socket) -> None:
        sock.setblocking(False)
        self._sock = sock
        self._secured = isinstance(sock, ssl.SSLSocket)
        self._guard: AbstractContextManager[object] = Lock() if self._secured else nullcontext()
        self._readable = poll()
        self._readable.register(sock, POLLIN)

    def receive(self, seconds: float) -> bytes | None:
        """Give what has come; empty at the connection's end, None where nothing came so far.

        Waits so many seconds at most. Raises OSError.
        """
        # TLS may hold what has come already, of which poll knows nothing.
        if self._secured or seconds <= 0:
            data = self._take()
            if data is not None or seconds <= 0:
                return data
        return self._take() if self._readable.poll(seconds * _MILLI) else None

    def send(self, data: bytes, deadline: Deadline) -> None:
        """Send all of it. Raises TimeoutError, OSError: then the last byte was not handed over."""
        left = memoryview(data)
        while len(left := left[self._put(left) :]):
            writable = poll()
            writable.register(self._sock, POLLOUT)
            writable.poll(deadline.socket_timeout() * _MILLI)

    def send_now(self, data: bytes) -> bool:
        """Send all of it at once, or nothing. Raises OSError, also where a part of it was sent."""
        sent = self._put(memoryview(data))
        # TLS keeps a record that the socket did not take, and sends it in the place of the next.
        if sent < len(data) and (sent or self._secured):
            raise ConnectionAbortedError("half a sentence was sent")
        return sent > 0

    def hang_up(self) -> None:
        """End the connection, and wake who waits for it; the socket stays open until `close`."""
        with suppress(OSError):
            # Not SSLSocket's own, which takes TLS away from under whoever reads.
            socket.socket.shutdown(self._sock, socket.SHUT_RDWR)

    def close(self) -> None:
        """Free the socket, once nobody reads or writes any more."""
        self._sock.close()

    def _take(self) -> bytes | None:
        with self._guard:
            try:
                return self._sock.recv(_CHUNK)
            except (BlockingIOError, ssl.SSLWantReadError):
                return None

    def _put(self, data: memoryview) -> int:
        with self._guard:
            try:
                return self._sock.send(data)
            except (BlockingIOError, ssl.SSLWantWriteError):
                return 0
