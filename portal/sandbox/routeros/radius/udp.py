"""Open a UDP socket in the router's event loop."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Callable

Address = tuple[str, int]
_LARGEST = 65_535
# What comes in one turn of the loop, so that a flood does not keep the rest waiting.
_AT_ONCE = 64


class Udp:
    """Call `receive` with each datagram until it is closed. Port 0 takes a free one."""

    def __init__(self, host: str, port: int, receive: Callable[[bytes, Address], None]) -> None:
        self._receive = receive
        self._loop = asyncio.get_running_loop()
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.setblocking(False)
        try:
            self._socket.bind((host, port))
        except OSError:
            self._socket.close()
            raise
        self.port: int = self._socket.getsockname()[1]
        self._loop.add_reader(self._socket, self._readable)

    def send(self, datagram: bytes, address: Address) -> None:
        """Send it; what cannot be sent is lost, as on any network."""
        with contextlib.suppress(OSError):
            self._socket.sendto(datagram, address)

    def close(self) -> None:
        """Take no more."""
        self._loop.remove_reader(self._socket)
        self._socket.close()

    def _readable(self) -> None:
        # A port that nobody listens on is told as an error of the next call.
        with contextlib.suppress(OSError):
            for _ in range(_AT_ONCE):
                self._receive(*self._socket.recvfrom(_LARGEST))
                if self._socket.fileno() < 0:
                    return
