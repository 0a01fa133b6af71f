"""`python -m tests.benchmarks.worker.herd`: thousands of routers as one process on loopback.

Each has an address of its own, all one port. It says what `users.json` tells of its users, as if
every one of them were online and had used something since the last look; dead ones take the
connection and never say a word.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import socket
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

FIRST_SECONDS, BYTES_A_SECOND = 60, 20_000
Rows = Iterable[Sequence[str]]


def main() -> None:
    """Serve until killed; say that it does."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.worker.herd")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--users", type=Path, required=True, help="JSON of users by address")
    parser.add_argument("--delay", type=float, default=0.02, help="of each reply, in seconds")
    parser.add_argument("--dead", type=int, default=0, help="every so-manieth router is dead")
    options = parser.parse_args()
    asyncio.run(_serve(options))


async def _serve(options: argparse.Namespace) -> None:
    told = json.loads(options.users.read_text())
    routers = {
        address: FakeRouter(users, is_dead=options.dead > 0 and number % options.dead == 0)
        for number, (address, users) in enumerate(told.items())
    }
    listener = socket.create_server(("", options.port), backlog=4096)

    def connected() -> RouterLine:
        return RouterLine(routers, options.delay)

    server = await asyncio.get_running_loop().create_server(connected, sock=listener)
    print(json.dumps({"port": options.port}), flush=True)
    await server.serve_forever()


class FakeRouter:
    """One router: users by name, how often it was read, and who was removed."""

    def __init__(self, users: Sequence[tuple[str, str]], *, is_dead: bool) -> None:
        self.is_dead = is_dead
        self._users = {name: (f"*{number:X}", mark) for number, (name, mark) in enumerate(users)}
        self._began = time.monotonic()

    @property
    def _used(self) -> int:
        """Seconds that each user has been online: it grows between any two looks."""
        return FIRST_SECONDS + int(time.monotonic() - self._began)

    def rows(self, path: str, words: Sequence[str]) -> Rows:
        """Give the rows of a print."""
        names = [word[6:] for word in words if word.startswith("?name=")]
        if path == "/ip/hotspot/active/print":
            asked = [word[6:] for word in words if word.startswith("?user=")]
            return [] if asked else map(self._session, self._users)
        if path == "/ip/hotspot/user/print":
            chosen = [name for name in names if name in self._users] if names else self._users
            return map(self._user, chosen)
        if path == "/system/resource/print":
            return [("=version=7.20.8 (stable)", "=board-name=hEX", "=uptime=1w")]
        return []

    def forget(self, words: Sequence[str]) -> None:
        """Remove the users of these ids."""
        ids = {part for word in words if word.startswith("=.id=") for part in word[5:].split(",")}
        self._users = {n: (i, mark) for n, (i, mark) in self._users.items() if i not in ids}

    def _user(self, name: str) -> Sequence[str]:
        item, mark = self._users[name]
        host, _, access = mark.rpartition(":")
        email = f"{access}@{'.'.join(reversed(host.split(':')))}"
        return (
            *(f"=.id={item}", f"=name={name}", "=profile=1hora", f"=comment={mark}"),
            *(f"=email={email}", "=disabled=false", f"=uptime={self._used}s"),
            *(f"=bytes-in={self._used * BYTES_A_SECOND}", "=bytes-out=0"),
        )

    def _session(self, name: str) -> Sequence[str]:
        number = int(self._users[name][0][1:], 16)
        return (
            *(f"=.id=*{number:X}", f"=user={name}", f"=address=10.5.{number >> 8}.{number & 255}"),
            f"=mac-address=02:00:5E:00:{number >> 8:02X}:{number & 255:02X}",
            *(f"=uptime={self._used}s", f"=bytes-in={self._used * BYTES_A_SECOND}"),
            "=bytes-out=0",
        )


class RouterLine(asyncio.Protocol):
    """Speak the API on one connection, each reply so many seconds after its command."""

    def __init__(self, routers: dict[str, FakeRouter], delay: float) -> None:
        self._routers, self._delay = routers, delay
        self._received = b""
        self._words: list[str] = []
        self._transport: Any = None
        self._router: FakeRouter | None = None

    def connection_made(self, transport: Any) -> None:
        self._transport = transport
        self._router = self._routers.get(transport.get_extra_info("sockname")[0])

    def data_received(self, data: bytes) -> None:
        if self._router is None or self._router.is_dead:
            return
        self._received += data
        while (word := self._next_word()) is not None:
            if word:
                self._words.append(word.decode())
                continue
            sentence, self._words = self._words, []
            later: Callable[..., Any] = asyncio.get_running_loop().call_later
            later(self._delay, self._answer, sentence)

    def _next_word(self) -> bytes | None:
        if not self._received:
            return None
        length, skip = self._received[0], 1
        if length >= 0x80:
            if len(self._received) < 2:
                return None
            length, skip = (length & 0x3F) << 8 | self._received[1], 2
        if len(self._received) < skip + length:
            return None
        word, self._received = self._received[skip:][:length], self._received[skip + length :]
        return word

    def _answer(self, sentence: list[str]) -> None:
        if self._transport.is_closing() or self._router is None:
            return
        path, *words = sentence
        tag = tuple(word for word in words if word.startswith(".tag="))
        said = []
        if path.endswith("/print"):
            said = [("!re", *tag, *row) for row in self._router.rows(path, words)]
        elif path.endswith("/user/remove"):
            self._router.forget(words)
        self._transport.write(b"".join(map(_encoded, [*said, ("!done", *tag)])))


def _encoded(sentence: Sequence[str]) -> bytes:
    return b"".join(_word(text.encode()) for text in sentence) + b"\0"


def _word(data: bytes) -> bytes:
    if len(data) < 0x80:
        return bytes([len(data)]) + data
    return (len(data) | 0x8000).to_bytes(2, "big") + data


if __name__ == "__main__":
    main()
