"""Run a mail server of a test's own, on a socket."""

from __future__ import annotations

import email
import email.policy
import socketserver
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage

from tests.support.serving import serving


class MailServer(socketserver.ThreadingTCPServer):
    """Keeps what it gets. `refusals` answer the next recipients; `logins` are what was said."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Talk)
        self.messages: list[EmailMessage] = []
        self.refusals: list[str] = []
        self.logins: list[str] = []

    @property
    def port(self) -> int:
        return int(self.server_address[1])


class _Talk(socketserver.StreamRequestHandler):
    server: MailServer

    def handle(self) -> None:
        self._say("220 here")
        while line := self.rfile.readline().decode().strip():
            verb = line.split(":")[0].split(" ")[0].upper()
            if verb == "QUIT":
                self._say("221 bye")
                return
            self._say(self._answer(verb, line))

    def _answer(self, verb: str, line: str) -> str:
        if verb == "EHLO":
            return "250-here\r\n250 AUTH PLAIN"
        if verb == "AUTH":
            self.server.logins.append(line)
            return "235 welcome"
        if verb == "RCPT" and self.server.refusals:
            return self.server.refusals.pop(0)
        if verb == "DATA":
            self._say("354 go on")
            self._keep()
        return "250 fine"

    def _keep(self) -> None:
        lines = iter(self.rfile.readline, b".\r\n")
        raw = b"".join(line.removeprefix(b".").rstrip() + b"\n" for line in lines)
        message = email.message_from_bytes(raw, policy=email.policy.default)
        self.server.messages.append(message)

    def _say(self, line: str) -> None:
        self.wfile.write(line.encode() + b"\r\n")


@contextmanager
def mail_server() -> Iterator[MailServer]:
    """A server while the block lasts."""
    with MailServer() as server, serving(server):
        yield server
