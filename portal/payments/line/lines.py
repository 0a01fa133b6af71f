"""Keep connections to one host, for all threads of a process.

No proxy is asked, no redirect followed, no cookie kept, no certificate let through that nobody
vouches for.
"""

from __future__ import annotations

import os
import select
import socket
import ssl
from collections import deque
from contextlib import suppress
from dataclasses import dataclass
from time import monotonic
from urllib.parse import urlsplit

import certifi

from portal.payments.line.reading import Source, WholeAnswer, read_answer

# Servers close what lies idle after a while, and what is sent into a closing line has an unknown
# fate.
MAX_IDLE_SECONDS = 20.0
# Zero would be no timeout at all.
SHORTEST = 0.001
PORTS = {"http": 80, "https": 443}


class NotConnected(Exception):
    """Say that there is no connection, so that nothing was sent, for certain."""


class HttpHost:
    """Name who is spoken to, by an `http` or `https` address. Raises ValueError."""

    def __init__(self, address: str, ca_bundle: str | None) -> None:
        parts = urlsplit(address)
        self.is_secure = parts.scheme == "https"
        self.name = parts.hostname or ""
        self.port = parts.port or PORTS[parts.scheme]
        self.path = parts.path.rstrip("/")
        self.header = parts.netloc.rpartition("@")[2].encode("idna").decode()
        self._ca_bundle = ca_bundle
        self._context: ssl.SSLContext | None = None

    def connect(self, seconds: float) -> socket.socket:
        """Connect within so many seconds. Raises NotConnected."""
        started = monotonic()
        try:
            line = socket.create_connection((self.name, self.port), seconds)
            line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            line = self._secured(line, seconds - (monotonic() - started))
        except (OSError, ValueError) as error:
            raise NotConnected(type(error).__name__) from None
        # Name look-up and a list of addresses are not under the socket's timeout.
        if monotonic() - started > seconds:
            line.close()
            raise NotConnected("connecting took too long")
        return line

    def _secured(self, line: socket.socket, seconds: float) -> socket.socket:
        if not self.is_secure:
            return line
        try:
            if seconds <= 0:
                raise TimeoutError("connecting took too long")
            line.settimeout(seconds)
            return self._trusting().wrap_socket(line, server_hostname=self.name)
        except BaseException:
            line.close()
            raise

    def _trusting(self) -> ssl.SSLContext:
        if self._context is None:
            context = ssl.create_default_context(cafile=self._ca_bundle or certifi.where())
            context.minimum_version = ssl.TLSVersion.TLSv1_2
            context.set_alpn_protocols(["http/1.1"])
            self._context = context
        return self._context


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

    def give_back(self, line: socket.socket) -> None:
        """Keep a connection whose last answer was read to its end."""
        if len(self._idle) < self._most_idle:
            self._idle.append((monotonic(), line))
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


def exchange(lines: Lines, request: bytes, patience: Patience, most: int) -> WholeAnswer:
    """Send a request and read its answer, of at most `most` bytes.

    Raises NotConnected and, where something may have been sent, what `read_answer` raises.
    """
    end = monotonic() + patience.whole
    line = lines.take(min(patience.connect, patience.whole))
    try:
        deadline = min(end, monotonic() + patience.read)
        line.settimeout(max(deadline - monotonic(), SHORTEST))
        line.sendall(request)
        answer = read_answer(Source(line, deadline), most)
    except BaseException:
        line.close()
        raise
    if answer.keeps_open:
        lines.give_back(line)
    else:
        line.close()
    return answer


def _is_quiet(line: socket.socket) -> bool:
    """Tell whether nothing came unasked: the other side's goodbye would."""
    poll = select.poll()
    poll.register(line, select.POLLIN)
    return not poll.poll(0)
