"""Bytes to and from a router, always within the deadline of the call under way."""

from __future__ import annotations

import socket
import ssl

from librouteros.exceptions import ConnectionClosed
from librouteros.protocol import decode_length, determine_length

from portal.hotspot.deadline import Deadline
from portal.hotspot.routeros.errors import TooMuch

_CHUNK = 65_536
# The contents of a file that RouterOS shows are 60 KB at most.
LONGEST_WORD = 256 << 10
_SHORT = 0x80


class Wire:
    """A transport for librouteros' protocol.

    Buffered, since a word is read in small pieces. The socket's timeout is set
    to what is left of the deadline before each system call, so that a peer that sends one
    byte now and then cannot stretch it.
    """

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._buffer = b""
        self._at = 0
        self._allowed = 0
        self._deadline = Deadline(0)

    def begin(self, deadline: Deadline, most: int) -> None:
        """Start a call that must be over by `deadline` and brings at `most` so many bytes."""
        self._deadline = deadline
        self._allowed = most

    def write(self, data: bytes) -> None:
        """Send all of it. When this raises, the last byte was not handed over."""
        self._sock.settimeout(self._deadline.socket_timeout())
        self._sock.sendall(data)

    def word(self) -> bytes:
        """The next word; empty at a sentence's end. Raises ProtocolError, and as `read` does."""
        at, buffer = self._at, self._buffer
        # Nearly every word is short and has arrived whole.
        if at < len(buffer) and buffer[at] < _SHORT and at + buffer[at] < len(buffer):
            self._at = at + 1 + buffer[at]
            return buffer[at + 1 : self._at]
        first = self.read(1)
        return self.read(decode_length(first + self.read(determine_length(first))))

    def read(self, length: int) -> bytes:
        """Exactly `length` bytes. Raises ConnectionClosed, TimeoutError, OSError, TooMuch."""
        if length > LONGEST_WORD:
            raise TooMuch
        while len(self._buffer) - self._at < length:
            self._receive()
        start, self._at = self._at, self._at + length
        return self._buffer[start : self._at]

    def _receive(self) -> None:
        self._sock.settimeout(self._deadline.socket_timeout())
        got = self._sock.recv(_CHUNK)
        if not got:
            raise ConnectionClosed("closed by the router")
        self._allowed -= len(got)
        if self._allowed < 0:
            raise TooMuch
        self._buffer = self._buffer[self._at :] + got
        self._at = 0

    def is_quiet(self) -> bool:
        """Whether nothing has arrived unasked, not even the connection's end."""
        if self._at < len(self._buffer):
            return False
        self._sock.settimeout(0)
        try:
            self._sock.recv(1)
        except (BlockingIOError, ssl.SSLWantReadError):
            return True
        except OSError:
            return False
        return False

    def close(self) -> None:
        """Hang up."""
        self._sock.close()
