"""Speak HTTP/1.1 for a sandbox: requests parsed by hand, connections kept alive.

Written on `asyncio.Protocol` because the sandbox shares its cores with what is measured
against it, and because a fault has to reach the line itself.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from email.utils import formatdate
from enum import Enum
from http import HTTPStatus
from typing import Any, cast
from urllib.parse import parse_qsl, unquote

from portal.sandbox.gateway.meter import Meter

log = logging.getLogger(__name__)

Json = dict[str, Any]

MAX_HEAD = 64 * 1024
MAX_BODY = 4 * 1024 * 1024
JSON = "application/json"


@dataclass(frozen=True)
class Request:
    """Hold one request; header names are in lower case, the path is decoded."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes


class Manner(Enum):
    """Name how an answer goes over the line."""

    WHOLE = "whole"
    DRIBBLE = "dribble"
    TRUNCATE = "truncate"
    CUT = "cut"


@dataclass(frozen=True)
class Response:
    """Hold one answer. `seconds` is the pause between two bytes of an answer that dribbles."""

    status: int
    body: bytes = b""
    content_type: str = JSON
    headers: Mapping[str, str] = field(default_factory=dict)
    manner: Manner = Manner.WHOLE
    seconds: float = 0.0

    def encoded(self) -> bytes:
        """Head and body as they go over the line."""
        lines = [
            f"HTTP/1.1 {self.status} {_phrase(self.status)}",
            f"Date: {formatdate(usegmt=True)}",
            f"Content-Type: {self.content_type}",
            f"Content-Length: {len(self.body)}",
            *(f"{name}: {value}" for name, value in self.headers.items()),
        ]
        return "\r\n".join(lines).encode() + b"\r\n\r\n" + self.body


class Malformed(Exception):
    """Say that bytes are no HTTP request that the sandbox can read; `status` says why."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


Handler = Callable[[Request, asyncio.Event], Awaitable[Response]]


class Connection(asyncio.Protocol):
    """Describe one client's line: its requests are answered one after the other."""

    def __init__(self, handle: Handler, meter: Meter, lines: set[Connection]) -> None:
        self._handle = handle
        self._meter = meter
        self._lines = lines
        self._buffer = bytearray()
        self._answering: asyncio.Task[None] | None = None
        self._gone = asyncio.Event()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._meter.connections += 1
        self._lines.add(self)

    def connection_lost(self, exc: Exception | None) -> None:
        self._lines.discard(self)
        self._gone.set()

    def data_received(self, data: bytes) -> None:
        self._meter.bytes_in += len(data)
        self._buffer += data
        if self._answering is None:
            self._next()

    def abort(self) -> None:
        """Drop the line and whatever is being answered on it."""
        if self._answering is not None:
            self._answering.cancel()
        self._transport.abort()

    def _next(self) -> None:
        try:
            request = self._parse()
        except Malformed as malformed:
            self._write(Response(malformed.status, content_type="text/plain").encoded())
            self._transport.close()
            return
        if request is not None:
            self._answering = asyncio.get_running_loop().create_task(self._answer(request))

    def _parse(self) -> Request | None:
        end = self._buffer.find(b"\r\n\r\n")
        if end < 0:
            if len(self._buffer) > MAX_HEAD:
                raise Malformed(431)
            return None
        method, target, headers = _parse_head(bytes(self._buffer[:end]).decode("latin-1"))
        length = _body_length(headers)
        start = end + 4
        if len(self._buffer) < start + length:
            if headers.pop("expect", "") == "100-continue":
                self._write(b"HTTP/1.1 100 Continue\r\n\r\n")
            return None
        body = bytes(self._buffer[start : start + length])
        del self._buffer[: start + length]
        path, _, query = target.partition("?")
        fields = dict(parse_qsl(query, keep_blank_values=True))
        return Request(method, unquote(path), fields, headers, body)

    async def _answer(self, request: Request) -> None:
        try:
            response = await self._handle(request, self._gone)
        except Exception:
            log.exception("the sandbox failed at %s %s", request.method, request.path)
            response = Response(500, content_type="text/plain")
        await self._send(response)
        if request.headers.get("connection", "").lower() == "close":
            self._transport.close()
        self._answering = None
        if self._buffer and not self._transport.is_closing():
            self._next()

    async def _send(self, response: Response) -> None:
        data = response.encoded()
        if response.manner is Manner.CUT:
            self._transport.abort()
        elif response.manner is Manner.TRUNCATE:
            self._write(data[: -max(1, len(response.body) // 2)])
            self._transport.close()
        elif response.manner is Manner.DRIBBLE:
            await self._dribble(data, response.seconds)
        else:
            self._write(data)

    async def _dribble(self, data: bytes, seconds: float) -> None:
        for position in range(len(data)):
            if self._gone.is_set():
                return
            self._write(data[position : position + 1])
            await asyncio.sleep(seconds)

    def _write(self, data: bytes) -> None:
        if not self._transport.is_closing():
            self._meter.bytes_out += len(data)
            self._transport.write(data)


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unknown"


def _parse_head(head: str) -> tuple[str, str, dict[str, str]]:
    first, *lines = head.split("\r\n")
    try:
        method, target, _ = first.split(" ", 2)
    except ValueError:
        raise Malformed(400) from None
    headers = {}
    for line in lines:
        name, _, value = line.partition(":")
        headers[name.strip().lower()] = value.strip()
    return method, target, headers


def _body_length(headers: Mapping[str, str]) -> int:
    if "transfer-encoding" in headers:
        raise Malformed(411)
    text = headers.get("content-length", "0")
    if not text.isdecimal():
        raise Malformed(400)
    if int(text) > MAX_BODY:
        raise Malformed(413)
    return int(text)
