"""Receive webhooks as a shop does: a real HTTP server that keeps what it is sent."""

from __future__ import annotations

import json
import queue
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from portal.sandbox.served import Served
from tests.support.patience import PATIENCE


@dataclass(frozen=True)
class Delivery:
    """One POST as it came."""

    body: bytes
    digest: str | None

    @property
    def event(self) -> Any:
        return json.loads(self.body)


class Listener(ThreadingHTTPServer):
    request_queue_size = 128


class Receiver(Served):
    """Answers with `statuses`, one each, and then with 200."""

    def __init__(self) -> None:
        self.statuses: queue.SimpleQueue[int] = queue.SimpleQueue()
        self._deliveries: queue.SimpleQueue[Delivery] = queue.SimpleQueue()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver._deliveries.put(Delivery(body, self.headers.get("Digest")))
                self.send_response(receiver._status())
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:
                pass

        super().__init__(Listener(("127.0.0.1", 0), Handler), "webhook-receiver")

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/webhooks?company=1"

    def next(self, seconds: float = PATIENCE) -> Delivery:
        """The next delivery; raises queue.Empty when none comes in time."""
        return self._deliveries.get(timeout=seconds)

    def take(self, count: int) -> list[Delivery]:
        return [self.next() for _ in range(count)]

    def quiet(self, seconds: float = 0.2) -> bool:
        """Whether nothing comes for a while."""
        try:
            self._deliveries.get(timeout=seconds)
        except queue.Empty:
            return True
        return False

    def _status(self) -> int:
        try:
            return self.statuses.get_nowait()
        except queue.Empty:
            return 200
