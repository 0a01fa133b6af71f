"""Carry sentences to and from a router: one thread reads the bytes while others write."""

from __future__ import annotations

import logging
import socket
import ssl
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext, suppress
from select import POLLIN, POLLOUT, poll
from threading import Lock

from librouteros.protocol import decode_length, determine_length, encode_length

from portal.hotspot.deadline import Deadline
from portal.hotspot.routeros.errors import TooMuch
from portal.hotspot.routeros.values import to_wire

# librouteros logs every word at DEBUG, passwords included.
logging.getLogger("librouteros").addFilter(lambda record: False)

_CHUNK = 65_536
_MILLI = 1000
# The contents of a file that RouterOS shows are 60 KB at most.
LONGEST_WORD = 256 << 10
_SHORT = 0x80
_LONGEST_SENTENCE = 512 << 10
_MOST_WORDS = 64
TAG = b".tag="

Sentence = list[bytes]


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
        if self._secured and ((data := self._take()) is not None or seconds <= 0):
            return data
        return self._take() if self._readable.poll(max(seconds, 0) * _MILLI) else None

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


def encode(words: Iterable[str]) -> bytes:
    """Give a sentence as the wire has it."""
    out = bytearray()
    for word in words:
        raw = to_wire(word)
        if len(raw) < _SHORT:
            out.append(len(raw))
        else:
            out += encode_length(len(raw))
        out += raw
    out.append(0)
    return bytes(out)


def tag_of(sentence: Sentence) -> bytes | None:
    """Give the tag that a sentence carries."""
    # RouterOS sends it behind the reply word or at the end.
    for word in (sentence[-1], *sentence[1:-1]):
        if word.startswith(TAG):
            return word[len(TAG) :]
    return None


class SentenceReader:
    """Take bytes apart into sentences, and keep what is not whole yet.

    `size` is the bytes of the sentence given last. No more is kept than half a mebibyte.
    """

    def __init__(self) -> None:
        self.size = 0
        self._rest = b""
        self._words: Sentence = []
        self._so_far = 0

    def feed(self, data: bytes) -> Iterator[Sentence]:
        """Yield each sentence that is whole now. Raises TooMuch, ProtocolError, ValueError."""
        buffer, at = self._rest + data if self._rest else data, 0
        while (found := _word(buffer, at)) is not None:
            start, end = found
            self._so_far += end - at
            at = end
            if start == end:
                yield self._whole()
                continue
            self._words.append(buffer[start:end])
            if self._so_far > _LONGEST_SENTENCE or len(self._words) > _MOST_WORDS:
                raise TooMuch
        self._rest = buffer[at:]

    def _whole(self) -> Sentence:
        sentence, self._words = self._words, []
        self.size, self._so_far = self._so_far, 0
        if not sentence:
            raise ValueError("a sentence without a word")
        return sentence


def _word(buffer: bytes, at: int) -> tuple[int, int] | None:
    """Give where the word that begins here has its bytes; None while it is not whole."""
    size = len(buffer)
    if at >= size:
        return None
    length, start = buffer[at], at + 1
    # Nearly every word is short.
    if length >= _SHORT:
        start += determine_length(buffer[at:start])
        if start > size:
            return None
        length = decode_length(buffer[at:start])
        if length > LONGEST_WORD:
            raise TooMuch
    end = start + length
    return (start, end) if end <= size else None
