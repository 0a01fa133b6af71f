"""Run the simulated mail server."""

from __future__ import annotations

from socketserver import StreamRequestHandler, ThreadingTCPServer
from typing import cast

from portal.sandbox.served import Served
from portal.sandbox.smtp.session import Mailbox, Session


class SmtpSandbox(Served, Mailbox):
    """Simulate a mail server on a real socket, in a thread of its own."""

    def __init__(self, password: str | None = None) -> None:
        Mailbox.__init__(self, password=password)
        Served.__init__(self, _Server(self), "smtp-sandbox")


class _Server(ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, mailbox: Mailbox) -> None:
        super().__init__(("127.0.0.1", 0), _Talk)
        self.mailbox = mailbox


class _Talk(StreamRequestHandler):
    timeout = 10

    def handle(self) -> None:
        """Talk until the client has had enough."""
        session = Session(cast(_Server, self.server).mailbox, self._say, iter(self._next, b""))
        self._say("220 sandbox ready")
        for raw in iter(self._next, b""):
            answer = session.answer(raw.decode(errors="replace").rstrip("\r\n"))
            self._say(answer)
            if answer.startswith("221"):
                return

    def _next(self) -> bytes:
        try:
            return self.rfile.readline()
        except OSError:
            return b""

    def _say(self, text: str) -> None:
        self.wfile.write(text.encode() + b"\r\n")
