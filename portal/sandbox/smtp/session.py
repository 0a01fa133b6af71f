"""Talk with one client of the mail server, command by command (RFC 5321, RFC 4954)."""

from __future__ import annotations

import base64
import binascii
import email
import email.policy
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email.message import EmailMessage

MAX_MESSAGE = 1024 * 1024
MAX_LINE = 1000
FROM = re.compile(r"FROM:<([^<> ]*)>(?: .*)?", re.IGNORECASE)
TO = re.compile(r"TO:<([^<> ]+@[^<> ]+)>(?: .*)?", re.IGNORECASE)
HELLO = ("250-sandbox", f"250-SIZE {MAX_MESSAGE}", "250-8BITMIME", "250 AUTH PLAIN")
OUT_OF_ORDER = "503 5.5.1 bad sequence of commands"
SYNTAX = "501 5.5.4 syntax error in parameters"


@dataclass
class Mailbox:
    """Hold what a server was given. `refusals` answer the next recipients, `logins` who came in.

    `password` is the one that every user has; without one nobody needs to log in.
    """

    messages: list[EmailMessage] = field(default_factory=list)
    recipients: list[list[str]] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)
    logins: list[str] = field(default_factory=list)
    password: str | None = None


class Session:
    """Say what to answer to each line; `read` gives the next lines of a message."""

    def __init__(self, mailbox: Mailbox, say: Callable[[str], None], read: Iterator[bytes]) -> None:
        self._mailbox, self._say, self._read = mailbox, say, read
        self._greeted = False
        self._logged_in = mailbox.password is None
        self._sender: str | None = None
        self._to: list[str] = []

    def answer(self, line: str) -> str:
        """Do what a line asks; its answer, several lines perhaps."""
        verb, _, rest = line.partition(" ")
        commands: dict[str, Callable[[str], str]] = {
            "EHLO": self._hello,
            "HELO": self._hello,
            "AUTH": self._log_in,
            "MAIL": self._mail,
            "RCPT": self._recipient,
            "DATA": self._data,
            "RSET": self._reset,
            "NOOP": lambda _rest: "250 2.0.0 fine",
            "QUIT": lambda _rest: "221 2.0.0 bye",
        }
        command = commands.get(verb.upper())
        return command(rest.strip()) if command else "500 5.5.2 command not recognized"

    def _hello(self, rest: str) -> str:
        if not rest:
            return SYNTAX
        self._greeted = True
        self._reset("")
        return "\r\n".join(HELLO)

    def _log_in(self, rest: str) -> str:
        mechanism, _, told = rest.partition(" ")
        if not self._greeted:
            return OUT_OF_ORDER
        if mechanism.upper() != "PLAIN":
            return "504 5.5.4 unrecognized authentication type"
        try:
            _, user, password = base64.b64decode(told, validate=True).decode().split("\0")
        except (binascii.Error, ValueError):
            return SYNTAX
        if self._mailbox.password not in (None, password):
            return "535 5.7.8 authentication credentials invalid"
        self._logged_in = True
        self._mailbox.logins.append(user)
        return "235 2.7.0 welcome"

    def _mail(self, rest: str) -> str:
        if not self._greeted or self._sender is not None:
            return OUT_OF_ORDER
        if not self._logged_in:
            return "530 5.7.0 authentication required"
        found = FROM.fullmatch(rest)
        if not found:
            return SYNTAX
        self._sender = found[1]
        return "250 2.1.0 fine"

    def _recipient(self, rest: str) -> str:
        if self._sender is None:
            return OUT_OF_ORDER
        found = TO.fullmatch(rest)
        if not found:
            return SYNTAX
        if self._mailbox.refusals:
            return self._mailbox.refusals.pop(0)
        self._to.append(found[1])
        return "250 2.1.5 fine"

    def _data(self, rest: str) -> str:
        if rest:
            return SYNTAX
        if not self._to:
            return OUT_OF_ORDER if self._sender is None else "554 5.5.1 no valid recipients"
        self._say("354 go on")
        lines = list(self._lines())
        raw, to = b"".join(lines), self._to
        self._reset("")
        if len(raw) > MAX_MESSAGE:
            return "552 5.3.4 message too big"
        if any(len(line) > MAX_LINE for line in lines):
            return "500 5.5.2 line too long"
        message = email.message_from_bytes(raw, policy=email.policy.default)
        self._mailbox.messages.append(message)
        self._mailbox.recipients.append(to)
        return "250 2.0.0 kept"

    def _lines(self) -> Iterator[bytes]:
        """The message's lines, dots taken off again."""
        for line in self._read:
            if line == b".\r\n":
                return
            yield line.removeprefix(b".").rstrip(b"\r\n") + b"\n"

    def _reset(self, _rest: str) -> str:
        self._sender, self._to = None, []
        return "250 2.0.0 fine"
