"""Serve as much of a Redis as counting takes, on a real socket."""

from __future__ import annotations

import socketserver
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event
from typing import BinaryIO

from tests.support.servers.serving import serving

GREETING = b"%2\r\n+server\r\n+redis\r\n+proto\r\n:3\r\n"


class RedisPeer(socketserver.ThreadingTCPServer):
    """Counts what it is told to count; while `silent` is set it reads and says nothing."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Conversation)
        self.counts: Counter[str] = Counter()
        self.silent = Event()
        self.ended = Event()

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.server_address[1]}/0"

    def answer(self, words: list[str]) -> bytes:
        """What Redis answers to a command: RESP, version 3."""
        name = words[0].upper()
        if name == "HELLO":
            return GREETING
        if name in ("EVALSHA", "EVAL"):
            # The script that counts: one key, then how long it lasts and by how much it grows.
            key, amount = words[3], int(words[5])
            self.counts[key] += amount
            return b":%d\r\n" % self.counts[key]
        if name == "GET":
            text = str(self.counts[words[1]]).encode()
            return b"$%d\r\n%s\r\n" % (len(text), text)
        return b":60\r\n" if name == "TTL" else b"+OK\r\n"


class _Conversation(socketserver.StreamRequestHandler):
    server: RedisPeer

    def handle(self) -> None:
        while words := _read(self.rfile):
            if self.server.silent.is_set():
                self.server.ended.wait()
                return
            self.wfile.write(self.server.answer(words))


def _read(lines: BinaryIO) -> list[str]:
    """One command: an array of strings. Empty when the line was closed."""
    head = lines.readline()
    if not head:
        return []
    return [_read_string(lines) for _ in range(int(head[1:]))]


def _read_string(lines: BinaryIO) -> str:
    length = int(lines.readline()[1:])
    return lines.read(length + 2)[:-2].decode()


@contextmanager
def redis_peer() -> Iterator[RedisPeer]:
    """It answers while the block lasts."""
    with RedisPeer() as peer, serving(peer):
        yield peer
        peer.ended.set()
