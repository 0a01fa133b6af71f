"""Send requests over connections that are kept, and read each HTTP/1.1 answer, after RFC 9112.

An answer has a deadline and a size. No redirect is followed and no cookie kept.
"""

from __future__ import annotations

import os
import re
import select
import socket
import sys
import zlib
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from time import monotonic

from portal.payments.line.host import HttpHost

# Servers close what lies idle after a while, and what is sent into a closing line has an unknown
# fate.
MAX_IDLE_SECONDS = 20.0
# To read what has come already.
AT_HAND = 0.25
# Zero would be no timeout at all.
SHORTEST = 0.001
CHUNK = 1 << 16
LONGEST_LINE = 1 << 16
MOST_HEADERS = 100
NO_BODY = (204, 304)
# Before the answer itself.
INTERIM = (100, 102, 103)
SIZE = re.compile(rb"[0-9A-Fa-f]{1,15}")
STATUS_LINE = re.compile(rb"(HTTP/1\.\d) ([1-9]\d\d)(?:\s.*)?", re.DOTALL)
# By zlib's own head or gzip's, whichever it has.
ANY_HEAD = zlib.MAX_WBITS | 32
# `tcpi_last_data_recv` in Linux' struct tcp_info: for how many milliseconds nothing has come.
LAST_CAME = slice(52, 56)


class TooBig(Exception):
    """Say that an answer is longer than is read."""


@dataclass(frozen=True)
class WholeAnswer:
    """Hold an answer; `keeps_open`: the connection can be used again.

    `lay` is for how many seconds it was there, whole, before it was read.
    """

    status: int
    body: bytes
    keeps_open: bool
    lay: float = 0.0


class Lines:
    """Keep at most `most_idle` connections; a process that is forked off begins with none."""

    def __init__(self, host: HttpHost, most_idle: int) -> None:
        self.host = host
        self._most_idle = most_idle
        self._idle: deque[tuple[float, socket.socket]] = deque()
        self._pid = os.getpid()

    def take(self, seconds: float) -> socket.socket:
        """Give a connection that is alive, or a new one within so many seconds.

        Raises NotConnected.
        """
        if self._pid != os.getpid():
            self._forget_parents()
        while self._idle:
            with suppress(IndexError):
                used, line = self._idle.pop()
                if monotonic() - used < MAX_IDLE_SECONDS and _is_quiet(line):
                    return line
                line.close()
        return self.host.connect(seconds)

    def give_back(self, line: socket.socket, lay: float = 0.0) -> None:
        """Keep a connection whose last answer was read to its end, and came `lay` seconds ago.

        That is since when the server has it down as idle.
        """
        if len(self._idle) < self._most_idle:
            self._idle.append((monotonic() - lay, line))
        else:
            line.close()

    def close(self) -> None:
        """Close what lies idle."""
        with suppress(IndexError):
            while True:
                self._idle.pop()[1].close()

    def _forget_parents(self) -> None:
        """Leave the parent its lines: closing a descriptor of our own ends none of them."""
        self.close()
        # Not before all are gone: until then no other thread of ours is to take one.
        self._pid = os.getpid()


@dataclass(frozen=True)
class Patience:
    """Say how many seconds an exchange may last: to connect, from then on, and as a whole."""

    connect: float
    read: float
    whole: float


def exchange(
    lines: Lines,
    request: bytes,
    patience: Patience,
    most: int,
    meanwhile: Callable[[], object] | None = None,
) -> WholeAnswer:
    """Send a request, do something else meanwhile, and read its answer, of at most `most` bytes.

    Raises NotConnected and, where something may have been sent, what `read_answer` raises.
    """
    end = monotonic() + patience.whole
    line = lines.take(min(patience.connect, patience.whole))
    try:
        deadline = min(end, monotonic() + patience.read)
        line.settimeout(max(deadline - monotonic(), SHORTEST))
        line.sendall(request)
        if meanwhile is not None:
            meanwhile()
            # However long that took, what came in the time is still to be read.
            deadline = max(deadline, monotonic() + AT_HAND)
        answer = read_answer(Source(line, deadline), most)
        if meanwhile is not None:
            answer = replace(answer, lay=_silent_seconds(line))
    except BaseException:
        line.close()
        raise
    if answer.keeps_open:
        lines.give_back(line, answer.lay)
    else:
        line.close()
    return answer


def _is_quiet(line: socket.socket) -> bool:
    """Tell whether nothing came unasked: the other side's goodbye would."""
    poll = select.poll()
    poll.register(line, select.POLLIN)
    return not poll.poll(0)


def _silent_seconds(line: socket.socket) -> float:
    """Tell for how long nothing has come, give or take a tick; 0 where the system does not say."""
    if sys.platform != "linux":
        return 0.0
    told = b""
    # An answer that was read is not lost for it.
    with suppress(OSError):
        told = line.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, LAST_CAME.stop)
    return int.from_bytes(told[LAST_CAME], sys.byteorder) / 1000


class Source:
    """Give a socket's bytes until a moment of the monotonic clock, then TimeoutError."""

    def __init__(self, sock: socket.socket, deadline: float) -> None:
        self._sock, self._deadline = sock, deadline
        self._buffer = bytearray()

    def line(self) -> bytes:
        """Read up to the end of a line, or of all there is. Raises ValueError if it is too long."""
        start = 0
        while (end := self._buffer.find(b"\n", start)) < 0:
            start = len(self._buffer)
            if start > LONGEST_LINE:
                raise ValueError("the line is too long")
            if not self._receive():
                return self._take(start)
        if end > LONGEST_LINE:
            raise ValueError("the line is too long")
        return self._take(end + 1)

    def exactly(self, count: int) -> bytes:
        """Read so many bytes. Raises EOFError."""
        while len(self._buffer) < count:
            if not self._receive():
                raise EOFError("the answer ended early")
        return self._take(count)

    def rest(self, most: int) -> bytes:
        """Read all until the other side closes. Raises TooBig."""
        while len(self._buffer) <= most and self._receive():
            pass
        if len(self._buffer) > most:
            raise TooBig
        return self._take(len(self._buffer))

    @property
    def is_spent(self) -> bool:
        """Tell whether nothing was left over."""
        return not self._buffer

    def _take(self, count: int) -> bytes:
        taken = bytes(self._buffer[:count])
        del self._buffer[:count]
        return taken

    def _receive(self) -> bool:
        left = self._deadline - monotonic()
        if left <= 0:
            raise TimeoutError("the answer took too long")
        self._sock.settimeout(left)
        got = self._sock.recv(CHUNK)
        self._buffer += got
        return bool(got)


def read_answer(source: Source, most: int) -> WholeAnswer:
    """Read an answer whose body has at most so many bytes, decoded.

    Raises TooBig; ValueError, EOFError or zlib.error for what is no whole answer; OSError.
    """
    version, status = _status(source)
    headers = _headers(source)
    while status in INTERIM:
        version, status = _status(source)
        headers = _headers(source)
    length = _length(headers)
    if status in NO_BODY:
        body, is_measured = b"", True
    elif "transfer-encoding" in headers:
        body, is_measured = _chunks(source, headers["transfer-encoding"], most), True
    elif length is not None:
        body, is_measured = _measured(source, length, most), True
    else:
        body, is_measured = source.rest(most), False
    closes = "close" in headers.get("connection", "").lower() or version != b"HTTP/1.1"
    keeps_open = is_measured and not closes and source.is_spent
    return WholeAnswer(
        status, _decoded(body, headers.get("content-encoding", ""), most), keeps_open
    )


def _status(source: Source) -> tuple[bytes, int]:
    found = STATUS_LINE.fullmatch(source.line())
    if found is None:
        raise ValueError("this is no HTTP")
    return found[1], int(found[2])


def _headers(source: Source) -> dict[str, str]:
    """Read header lines up to the empty one; what is said twice is joined, as RFC 9110 has it."""
    headers: dict[str, str] = {}
    for _ in range(MOST_HEADERS):
        line = source.line()
        if not line.strip(b"\r\n"):
            return headers
        name, colon, value = line.decode("latin-1").partition(":")
        key = name.strip().lower()
        if colon:
            headers[key] = f"{headers[key]}, {value.strip()}" if key in headers else value.strip()
    raise ValueError("there are too many headers")


def _length(headers: dict[str, str]) -> int | None:
    """Give the length that was told; None where none was that can be. Raises ValueError for two."""
    told = {part.strip() for part in headers.get("content-length", "").split(",")}
    if len(told) > 1:
        raise ValueError("there are two lengths")
    found = told.pop()
    return int(found) if found.isascii() and found.isdigit() else None


def _measured(source: Source, length: int, most: int) -> bytes:
    if length > most:
        raise TooBig
    return source.exactly(length)


def _chunks(source: Source, coding: str, most: int) -> bytes:
    if coding.lower() != "chunked":
        raise ValueError("this is a coding that nobody asked for")
    body = bytearray()
    while size := _size(source.line()):
        body += _measured(source, size, most - len(body))
        if source.line().strip(b"\r\n"):
            raise ValueError("the chunk is longer than was told")
    while source.line().strip(b"\r\n"):
        pass
    return bytes(body)


def _size(line: bytes) -> int:
    told = line.partition(b";")[0].strip()
    if not SIZE.fullmatch(told):
        raise ValueError("this is no chunk")
    return int(told, 16)


def _decoded(body: bytes, coding: str, most: int) -> bytes:
    """Undo a compression, which nobody asked for. Raises TooBig, ValueError, zlib.error."""
    if coding in ("", "identity"):
        return body
    if coding.lower() not in ("gzip", "x-gzip", "deflate"):
        raise ValueError("this is a coding that nobody asked for")
    plain = zlib.decompressobj(ANY_HEAD)
    found = plain.decompress(body, most + 1)
    if len(found) > most:
        raise TooBig
    if not plain.eof:
        raise EOFError("the answer ended early")
    return found
