"""`python -m tests.benchmarks.line_router MILLISECONDS [AT_ONCE]`: a router that costs little.

It lets everybody in and answers each command with no rows after so many milliseconds; with
AT_ONCE it works on so many of a connection's commands side by side. The sandbox, which does what
it is told, would be what limits the measurement. Prints where it listens as JSON.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections import deque

from portal.sandbox.routeros.wire.framing import take_sentence
from portal.sandbox.routeros.wire.replies import sentence


class Connection(asyncio.Protocol):
    """Answer one client."""

    def __init__(self, seconds: float, at_once: int | None) -> None:
        self._seconds, self._at_once = seconds, at_once
        self._loop = asyncio.get_running_loop()
        self._buffer = bytearray()
        self._waiting: deque[str | None] = deque()
        self._open = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Remember where answers go."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Take in each command that is whole."""
        self._buffer += data
        while words := take_sentence(self._buffer):
            last = words[-1]
            tag = last.removeprefix(".tag=") if last.startswith(".tag=") else None
            if words[0] == "/login":
                self._transport.write(sentence(tag, "!done"))
            else:
                self._waiting.append(tag)
        self._work()

    def _work(self) -> None:
        while self._waiting and (self._at_once is None or self._open < self._at_once):
            self._open += 1
            self._loop.call_later(self._seconds, self._answer, self._waiting.popleft())

    def _answer(self, tag: str | None) -> None:
        self._open -= 1
        self._transport.write(sentence(tag, "!done"))
        self._work()


async def main(seconds: float, at_once: int | None) -> None:
    """Serve until the process is ended."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Connection(seconds, at_once), "127.0.0.1", 0)
    host, port = server.sockets[0].getsockname()
    where = {"host": host, "port": port, "user": "portal", "password": "secret"}
    sys.stdout.write(json.dumps(where) + "\n")
    sys.stdout.flush()
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(float(sys.argv[1]) / 1000, int(sys.argv[2]) if len(sys.argv) > 2 else None))
