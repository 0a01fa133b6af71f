"""Receive webhooks as an operator's own server does, on a socket."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, cast

from tests.support.servers.serving import serving


@dataclass(frozen=True)
class Received:
    """One request as it came."""

    path: str
    headers: Message
    body: bytes

    @property
    def json(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.body)
        return found


class Receiver(ThreadingHTTPServer):
    """Keeps what it gets; `answers` are given to the next requests, raw, else 204."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Talk)
        self.received: list[Received] = []
        self.answers: list[bytes] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/avisos?de=portal"


class _Talk(BaseHTTPRequestHandler):
    timeout = 10

    def do_POST(self) -> None:
        server = cast(Receiver, self.server)
        body = self.rfile.read(int(self.headers["Content-Length"]))
        server.received.append(Received(self.path, self.headers, body))
        answer = server.answers.pop(0) if server.answers else b"HTTP/1.1 204 No Content\r\n\r\n"
        self.wfile.write(answer)

    def log_message(self, *_args: Any) -> None:
        pass


@contextmanager
def receiver() -> Iterator[Receiver]:
    """A receiver while the block lasts."""
    with Receiver() as server, serving(server):
        yield server
