"""Post to an address that may be anybody's: within one deadline, to the address that was checked.

Redirects are answers like any other, proxies of the environment are not used, and of the answer
no more is read than is needed. Nothing raised here tells the address, which may hold a secret.
"""

from __future__ import annotations

import io
import socket
import ssl
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from typing import Any, cast
from urllib.parse import SplitResult, urlsplit

from portal.hotspot.deadline import Deadline
from portal.hotspot.resolver import Endpoint, Resolver, look_up_aside

MOST_BYTES = 16 * 1024
PORTS = {"http": 80, "https": 443}
Check = Callable[[Iterable[Endpoint]], None]


class NotReached(Exception):
    """Say that no answer came in time, or none that is HTTP."""


@dataclass(frozen=True)
class Answer:
    """Hold an answer's status, its Retry-After, and its body as far as it was read."""

    status: int
    retry_after: str
    body: bytes


def post(url: str, body: bytes, headers: Mapping[str, str], seconds: float, check: Check) -> Answer:
    """Post the body. `check` is given where the host leads, and raises what it likes.

    Raises NotReached.
    """
    deadline = Deadline(seconds)
    try:
        return _post(url, body, headers, deadline, check)
    except (OSError, ValueError, HTTPException):
        # The error's own text tells where it went.
        raise NotReached from None


def endpoints_of(url: str, seconds: float) -> list[Endpoint]:
    """Find where a URL leads, as `look_up_aside` does."""
    try:
        return look_up_aside(*_place(url), seconds)
    except ValueError:
        return []


def _post(
    url: str, body: bytes, headers: Mapping[str, str], deadline: Deadline, check: Check
) -> Answer:
    parts, endpoints = urlsplit(url), Resolver(*_place(url)).endpoints(deadline)
    check(endpoints)
    with _connect(endpoints, deadline) as sock, _line(sock, parts, deadline) as line:
        connection = HTTPConnection(parts.netloc)
        connection.sock = cast(Any, _Line(line, deadline))
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request("POST", path, body, {**headers, "Host": parts.netloc})
        with connection.getresponse() as answer:
            wait = answer.getheader("Retry-After", "")
            return Answer(answer.status, wait, answer.read(MOST_BYTES))


def _place(url: str) -> tuple[str, int]:
    """Give host and port. Raises ValueError."""
    parts = urlsplit(url)
    return parts.hostname or "", parts.port or PORTS[parts.scheme]


def _connect(endpoints: Iterable[Endpoint], deadline: Deadline) -> socket.socket:
    """Connect to the first that lets us; none is looked up again."""
    for family, address in endpoints:
        sock = socket.socket(family, socket.SOCK_STREAM)
        try:
            sock.settimeout(deadline.socket_timeout())
            sock.connect(address)
        except OSError:
            sock.close()
        else:
            return sock
    raise OSError


def _line(sock: socket.socket, parts: SplitResult, deadline: Deadline) -> socket.socket:
    """Encrypt it where that is asked for, to a certificate of that name."""
    if parts.scheme != "https":
        return sock
    sock.settimeout(deadline.socket_timeout())
    return ssl.create_default_context().wrap_socket(sock, server_hostname=parts.hostname)


class _Line:
    """Keep every step on a connection within the deadline, as `http.client` uses a socket."""

    def __init__(self, sock: socket.socket, deadline: Deadline) -> None:
        self._sock, self._deadline = sock, deadline

    def sendall(self, data: bytes) -> None:
        self._sock.settimeout(self._deadline.socket_timeout())
        self._sock.sendall(data)

    def makefile(self, _mode: str) -> io.BufferedReader:
        return io.BufferedReader(_Incoming(self._sock, self._deadline))

    def close(self) -> None:
        """Leave that to whoever opened it: the answer is read after `http.client` has closed."""


class _Incoming(io.RawIOBase):
    """Read what comes, each time for no longer than is left."""

    def __init__(self, sock: socket.socket, deadline: Deadline) -> None:
        self._sock, self._deadline = sock, deadline

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self._sock.settimeout(self._deadline.socket_timeout())
        return self._sock.recv_into(buffer)
