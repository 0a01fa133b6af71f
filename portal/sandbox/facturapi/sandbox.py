"""Run the simulated Facturapi as a server."""

from __future__ import annotations

import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, cast

from portal.sandbox.facturapi.receipts import Receipts
from portal.sandbox.served import Served

MAX_BODY = 1024 * 1024


class FacturapiSandbox(Served, Receipts):
    """Simulate Facturapi on a real socket, in a thread of its own; `api_url` is its API's."""

    def __init__(self) -> None:
        Receipts.__init__(self)
        Served.__init__(self, _Server(self), "facturapi-sandbox")
        self.url = f"http://127.0.0.1:{self.port}"
        self.api_url = f"{self.url}/v2"


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, receipts: Receipts) -> None:
        super().__init__(("127.0.0.1", 0), _Talk)
        self.receipts = receipts


class _Talk(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 10

    def do_POST(self) -> None:
        """Make a receipt."""
        self._answer()

    def do_GET(self) -> None:
        """Show one."""
        self._answer()

    def do_DELETE(self) -> None:
        """Cancel one."""
        self._answer()

    def log_message(self, *_args: Any) -> None:
        """Keep quiet."""

    def _answer(self) -> None:
        key = self.headers.get("Authorization", "").removeprefix("Bearer ") or None
        receipts = cast(_Server, self.server).receipts
        status, said = receipts.answer(self.command, self.path, key, self._body())
        raw = json.dumps(said).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    def _body(self) -> dict[str, Any] | None:
        length = self.headers.get("Content-Length", "")
        if not length.isdigit() or int(length) > MAX_BODY:
            return None
        try:
            read = json.loads(self.rfile.read(int(length)))
        except ValueError:
            return None
        return read if isinstance(read, dict) else None
