"""Serve HTTP on a real socket, where a test decides every byte."""

from __future__ import annotations

import json
import socket
import ssl
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from io import BufferedReader
from typing import Self

from tests.support.patience import PATIENCE


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> object:
        return json.loads(self.body)

    @property
    def name(self) -> str:
        return f"{self.method} {self.path.partition('?')[0]}"


# Bytes are sent and the line is kept; None: the reply did with the line what it wanted.
Reply = Callable[[Request, socket.socket], bytes | None]


def answer(status: int, body: object, **headers: str) -> bytes:
    """A whole HTTP answer; bytes go as they are, anything else as JSON."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    lines = [f"HTTP/1.1 {status} X", f"Content-Length: {len(raw)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + raw


class Wire:
    """Listens while it is open; `requests` are all that came, `lines` how many connections."""

    def __init__(self, reply: Reply, tls: ssl.SSLContext | None = None) -> None:
        self.requests: list[Request] = []
        self.lines = 0
        self.arrived = threading.Event()
        self.stopping = threading.Event()
        self._reply = reply
        self._tls = tls
        self._threads: list[threading.Thread] = []
        self._open: set[socket.socket] = set()
        self._listener = socket.create_server(("127.0.0.1", 0))

    def __enter__(self) -> Self:
        self._start(self._accept)
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.stopping.set()
        self.drop_lines()
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread in self._threads:
            thread.join(PATIENCE)

    @property
    def url(self) -> str:
        scheme = "https" if self._tls else "http"
        return f"{scheme}://127.0.0.1:{self._listener.getsockname()[1]}"

    def names(self) -> list[str]:
        """What was asked for, in order: method and path."""
        return [request.name for request in self.requests]

    def drop_lines(self) -> None:
        """Close every connection, as a server does with those that lie idle."""
        for line in list(self._open):
            with suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)

    def _start(self, work: Callable[..., None], *args: object) -> None:
        thread = threading.Thread(target=work, args=args, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while not self.stopping.is_set():
            try:
                line, _ = self._listener.accept()
            except OSError:
                return
            self.lines += 1
            self._start(self._serve, line)

    def _serve(self, line: socket.socket) -> None:
        try:
            if self._tls is not None:
                line = self._tls.wrap_socket(line, server_side=True)
            self._open.add(line)
            with line.makefile("rb") as reader:
                while (request := _read(reader)) is not None:
                    self.requests.append(request)
                    self.arrived.set()
                    data = self._reply(request, line)
                    if data is None:
                        return
                    line.sendall(data)
        except OSError:
            pass
        finally:
            self._open.discard(line)
            line.close()


def _read(reader: BufferedReader) -> Request | None:
    first = reader.readline().decode()
    if not first.strip():
        return None
    method, path, _ = first.split(" ", 2)
    headers = {}
    while line := reader.readline().decode().strip():
        name, _, value = line.partition(":")
        headers[name.lower()] = value.strip()
    return Request(method, path, headers, reader.read(int(headers.get("content-length", 0))))
