"""Run the simulated Telegram as a server."""

from __future__ import annotations

import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, cast

from portal.sandbox.served import Served
from portal.sandbox.telegram.bot_api import BotApi, Sent, error, too_many

MAX_BODY = 1024 * 1024


class TelegramSandbox(Served, BotApi):
    """Simulate Telegram on a real socket, in a thread of its own."""

    def __init__(self) -> None:
        BotApi.__init__(self)
        Served.__init__(self, _Server(self), "telegram-sandbox")
        self.url = f"http://127.0.0.1:{self.port}"

    def ask_to_wait(self, seconds: int) -> None:
        """Answer the next message with 429."""
        self.failures.append(too_many(seconds))

    def break_down(self, status: int = 502) -> None:
        """Answer the next message as a broken server does."""
        self.failures.append(error(status, "Bad Gateway"))


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, api: BotApi) -> None:
        super().__init__(("127.0.0.1", 0), _Talk)
        self.api = api


class _Talk(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 10

    def do_POST(self) -> None:
        """Answer what the Bot API does."""
        length = self.headers.get("Content-Length", "")
        if not length.isdigit() or int(length) > MAX_BODY:
            self._answer(error(413, "Request Entity Too Large"))
            return
        body = self.rfile.read(int(length))
        api = cast(_Server, self.server).api
        self._answer(api.answer(self.path, self.headers.get("Content-Type", ""), body))

    def do_GET(self) -> None:
        """Answer a call whose parameters stand in the address."""
        api = cast(_Server, self.server).api
        query = self.path.partition("?")[2].encode()
        self._answer(api.answer(self.path, "application/x-www-form-urlencoded", query))

    def log_message(self, *_args: Any) -> None:
        """Print nothing: the path holds the token."""

    def _answer(self, answer: tuple[int, dict[str, Any]]) -> None:
        status, said = answer
        body = json.dumps(said).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


__all__ = ["Sent", "TelegramSandbox"]
