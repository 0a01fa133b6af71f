"""The API over TCP and TLS: connections, logins, tags, and the failures asked for.

Assumed, since no documentation says it: a connection above `max-sessions` is accepted and
closed at once without a word; untagged commands of one connection run one after another.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import secrets
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from portal.sandbox.routeros.commands import INTERRUPTED, Reply, Trap, execute
from portal.sandbox.routeros.device import Device
from portal.sandbox.routeros.faults import Fault, FaultKind, Faults
from portal.sandbox.routeros.tables import SERVICE
from portal.sandbox.routeros.versions import CHALLENGE_LOGIN_GONE, EMPTY_REPLY, PLAIN_LOGIN
from portal.sandbox.routeros.wire import BadFrame, encode_sentence, take_sentence, to_bytes

_SECRET_ARGUMENTS = ("password", "response", "otp-secret", "mac-auth-password")
_BAD_LOGIN = "invalid user name or password (6)"
_REMEMBERED_COMMANDS = 20_000


@dataclass(frozen=True)
class Received:
    """A command as it came in; secrets are masked. `connection` counts from 1."""

    connection: int
    path: str
    args: dict[str, str]
    queries: tuple[str, ...]
    tag: str | None

    @classmethod
    def parse(cls, connection: int, words: list[str]) -> Received:
        """Sort a sentence's words; raises Trap for a word that is none of the API's."""
        args: dict[str, str] = {}
        queries: list[str] = []
        tag = None
        for word in words[1:]:
            if word.startswith("="):
                name, _, value = word[1:].partition("=")
                args[name] = value
            elif word.startswith("?"):
                queries.append(word)
            elif word.startswith(".tag="):
                tag = word[5:]
            else:
                raise Trap(f"unknown word {word}", 5)
        return cls(connection, words[0], args, tuple(queries), tag)

    def masked(self) -> Received:
        """The same, fit to be shown."""
        args = {n: "***" if n in _SECRET_ARGUMENTS else v for n, v in self.args.items()}
        return Received(self.connection, self.path, args, self.queries, self.tag)


@dataclass
class Counters:
    """What the API has seen since it started, or since they were reset."""

    commands: int = 0
    connections: int = 0
    refused_connections: int = 0
    bytes_in: int = 0
    bytes_out: int = 0


@dataclass
class Api:
    """What all connections share."""

    device: Device
    faults: Faults
    user: str
    password: str = field(repr=False)
    counters: Counters = field(default_factory=Counters)
    received: deque[Received] = field(default_factory=lambda: deque(maxlen=_REMEMBERED_COMMANDS))
    open: set[Connection] = field(default_factory=set)
    after_command: Callable[[], None] = lambda: None

    def accepts(self, service: str) -> bool:
        """Whether one more connection to `api` or `api-ssl` is let in."""
        row = self.device.tables[SERVICE].first("name", service)
        if row is None or row.get("disabled") == "true" or self.faults.take_connection():
            return False
        count = sum(1 for connection in self.open if connection.service == service)
        return count < int(row.get("max-sessions", "20"))

    def drop_connections(self) -> None:
        """Cut every connection."""
        for connection in list(self.open):
            connection.cut()


class Connection(asyncio.Protocol):
    """One client's connection."""

    def __init__(self, api: Api, service: str) -> None:
        self.service = service
        self._api = api
        self._buffer = bytearray()
        self._number = 0
        self._logged_in = False
        self._challenge = b""
        self._waiting: deque[Received] = deque()
        self._tasks: dict[asyncio.Task[None], str | None] = {}
        self._dribble: bytearray | None = None
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Let the client in, or close."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        if not self._api.accepts(self.service):
            self._api.counters.refused_connections += 1
            transport.close()
            return
        self._api.counters.connections += 1
        self._number = self._api.counters.connections
        self._api.open.add(self)

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget what was under way."""
        self._api.open.discard(self)
        self._waiting.clear()
        for task in self._tasks:
            task.cancel()

    def data_received(self, data: bytes) -> None:
        """Take in bytes, and run each sentence that is whole."""
        if self not in self._api.open:
            return
        self._api.counters.bytes_in += len(data)
        self._buffer += data
        try:
            while (words := take_sentence(self._buffer)) is not None:
                if words:
                    self._take_in(words)
        except BadFrame:
            self.cut()

    def cut(self) -> None:
        """Drop the line; what was not sent yet is lost."""
        self._api.open.discard(self)
        if self._transport is not None:
            self._transport.abort()

    def _take_in(self, words: list[str]) -> None:
        self._api.counters.commands += 1
        try:
            command = Received.parse(self._number, words)
        except Trap as trap:
            self._send_trap(trap, None)
            return
        self._api.received.append(command.masked())
        if command.path == "/cancel":
            self._cancel(command)
        elif command.tag is None and None in self._tasks.values():
            self._waiting.append(command)
        else:
            self._start(command)

    def _start(self, command: Received) -> None:
        faults = self._api.faults.take(command.path)
        if not faults:
            self._send(self._run(command))
            return
        task = asyncio.get_running_loop().create_task(self._misbehave(command, faults))
        self._tasks[task] = command.tag
        task.add_done_callback(self._finished)

    def _finished(self, task: asyncio.Task[None]) -> None:
        tag = self._tasks.pop(task)
        while tag is None and self._waiting and None not in self._tasks.values():
            self._start(self._waiting.popleft())

    def _cancel(self, command: Received) -> None:
        wanted = command.args.get("tag")
        for task, tag in list(self._tasks.items()):
            if wanted is None or tag == wanted:
                task.cancel()
                self._send_trap(Trap("interrupted", INTERRUPTED), tag)
        self._send(_sentence(["!done"], command.tag))

    def _run(self, command: Received) -> bytes:
        """Do what the command says and give its reply."""
        try:
            if command.path == "/login":
                return self._log_in(command)
            if not self._logged_in:
                return self._fatal("not logged in")
            if command.path == "/quit":
                return self._fatal("session terminated on request")
            reply = execute(self._api.device, command.path, command.args, list(command.queries))
        except Trap as trap:
            return _trap_reply(trap, command.tag)
        self._api.after_command()
        return self._encode(reply, command.tag)

    def _fatal(self, reason: str) -> bytes:
        """Say `!fatal` and hang up; nothing more is sent."""
        self._send(encode_sentence(["!fatal", reason]))
        self._api.open.discard(self)
        if self._transport is not None:
            self._transport.close()
        return b""

    def _log_in(self, command: Received) -> bytes:
        version = self._api.device.version
        if "response" in command.args and version < CHALLENGE_LOGIN_GONE:
            good = self._is_response(command.args)
        elif version < PLAIN_LOGIN or (
            "password" not in command.args and version < CHALLENGE_LOGIN_GONE
        ):
            self._challenge = secrets.token_bytes(16)
            return _sentence(["!done", f"=ret={self._challenge.hex()}"], command.tag)
        else:
            good = command.args.get("name") == self._api.user and hmac.compare_digest(
                to_bytes(command.args.get("password", "")), to_bytes(self._api.password)
            )
        if not good:
            text = _BAD_LOGIN if version >= PLAIN_LOGIN else "cannot log in"
            raise Trap(text, None)
        self._logged_in = True
        return _sentence(["!done"], command.tag)

    def _is_response(self, args: dict[str, str]) -> bool:
        raw = b"\0" + to_bytes(self._api.password) + self._challenge
        digest = hashlib.md5(raw, usedforsecurity=False).hexdigest()
        known = bool(self._challenge) and args.get("name") == self._api.user
        return known and hmac.compare_digest(to_bytes(args["response"]), to_bytes("00" + digest))

    def _encode(self, reply: Reply, tag: str | None) -> bytes:
        out = bytearray()
        for row in reply.rows:
            out += _sentence(["!re", *(f"={name}={value}" for name, value in row)], tag)
        if reply.lists_rows and not reply.rows and self._api.device.version >= EMPTY_REPLY:
            out += _sentence(["!empty"], tag)
        ret = [] if reply.ret is None else [f"=ret={reply.ret}"]
        return bytes(out + _sentence(["!done", *ret], tag))

    async def _misbehave(self, command: Received, faults: list[Fault]) -> None:
        kinds = {fault.kind: fault for fault in faults}
        if FaultKind.CUT_BEFORE in kinds:
            self.cut()
            return
        if FaultKind.HANG in kinds:
            await asyncio.Event().wait()
        reply = self._planned(command, kinds)
        if FaultKind.HANG_AFTER in kinds:
            await asyncio.Event().wait()
        late = sum(fault.milliseconds for fault in faults if fault.kind is FaultKind.DELAY)
        if late:
            await asyncio.sleep(late / 1000)
        if FaultKind.CUT_AFTER in kinds:
            self.cut()
        elif FaultKind.DRIBBLE in kinds:
            await self._send_slowly(reply, kinds[FaultKind.DRIBBLE].milliseconds / 1000)
        else:
            self._send(reply)

    def _planned(self, command: Received, kinds: dict[FaultKind, Fault]) -> bytes:
        if FaultKind.TRAP in kinds:
            return _trap_reply(Trap(kinds[FaultKind.TRAP].message), command.tag)
        if FaultKind.FATAL in kinds:
            return self._fatal(kinds[FaultKind.FATAL].message)
        reply = self._run(command)
        return kinds[FaultKind.GARBAGE].payload if FaultKind.GARBAGE in kinds else reply

    def _send_trap(self, trap: Trap, tag: str | None) -> None:
        self._send(_trap_reply(trap, tag))

    def _send(self, data: bytes) -> None:
        if self._dribble is not None:
            self._dribble += data
        elif data and self._transport is not None:
            self._api.counters.bytes_out += len(data)
            self._transport.write(data)

    async def _send_slowly(self, data: bytes, pause: float) -> None:
        """Byte by byte; other tags' replies queue up behind."""
        if self._dribble is not None:
            self._dribble += data
            return
        queue = self._dribble = bytearray(data)
        while queue and self._transport is not None:
            self._transport.write(bytes(queue[:1]))
            self._api.counters.bytes_out += 1
            del queue[:1]
            await asyncio.sleep(pause)
        self._dribble = None


def _sentence(words: list[str], tag: str | None) -> bytes:
    return encode_sentence(words if tag is None else [*words, f".tag={tag}"])


def _trap_reply(trap: Trap, tag: str | None) -> bytes:
    category = [] if trap.category is None else [f"=category={trap.category}"]
    words = ["!trap", *category, f"=message={trap.message}"]
    return _sentence(words, tag) + _sentence(["!done"], tag)
