"""Say on a real socket exactly what a test wants, well-formed or not."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable
from typing import Self

Serve = Callable[[socket.socket], None]
Answer = Callable[[list[bytes]], bytes]

DONE = b"\x05!done\x00"


def sentence(*words: str | bytes) -> bytes:
    """A sentence on the wire, of words under 128 bytes."""
    raw = [word.encode() if isinstance(word, str) else word for word in words]
    return b"".join(bytes([len(word)]) + word for word in raw) + b"\x00"


def read_sentence(sock: socket.socket) -> list[bytes]:
    """The next sentence's words, each under 16 KiB; empty once the other side has hung up."""
    words = []
    with contextlib.suppress(EOFError):
        while size := _size(sock):
            words.append(_exactly(sock, size))
        return words
    return []


def _size(sock: socket.socket) -> int:
    """The length of the next word. Raises EOFError."""
    first = _exactly(sock, 1)[0]
    return first if first < 0x80 else (first & 0x3F) << 8 | _exactly(sock, 1)[0]


def _exactly(sock: socket.socket, size: int) -> bytes:
    """So many bytes. Raises EOFError."""
    read = b""
    while len(read) < size:
        more = sock.recv(size - len(read))
        if not more:
            raise EOFError
        read += more
    return read


def answering(answer: Answer) -> Serve:
    """Let everybody log in, and answer each command with these bytes."""

    def serve(sock: socket.socket) -> None:
        while words := read_sentence(sock):
            sock.sendall(DONE if words[0] == b"/login" else answer(words))

    return serve


def silent(sock: socket.socket) -> None:
    """Read on and never say a word."""
    while sock.recv(4096):
        pass


def silent_after_login(sock: socket.socket) -> None:
    """Let everybody log in, and say nothing more."""
    read_sentence(sock)
    sock.sendall(DONE)
    silent(sock)


class Peer:
    """Serves each connection in a thread of its own; `accepted` counts them."""

    def __init__(self, serve: Serve, context: ssl.SSLContext | None = None) -> None:
        self._serve = serve
        self._context = context
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self._socks: list[socket.socket] = []
        self._threads = [threading.Thread(target=self._accept)]
        self.host, self.port = self._listener.getsockname()
        self.accepted = 0

    def __enter__(self) -> Self:
        self._threads[0].start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._threads.pop(0).join()
        for sock in self._socks:
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join()
        self._listener.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                sock, _ = self._listener.accept()
                self.accepted += 1
                self._socks.append(sock)
                thread = threading.Thread(target=self._run, args=(sock,))
                self._threads.append(thread)
                thread.start()

    def _run(self, sock: socket.socket) -> None:
        with contextlib.suppress(OSError), contextlib.ExitStack() as stack:
            stack.callback(sock.close)
            if self._context is not None:
                sock = stack.enter_context(self._context.wrap_socket(sock, server_side=True))
            self._serve(sock)


class Deaf:
    """A port on which connections are neither accepted nor refused."""

    def __enter__(self) -> Self:
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=0)
        self.host, self.port = self._listener.getsockname()
        self._fillers = []
        with contextlib.suppress(TimeoutError):
            while True:
                filler = socket.socket()
                self._fillers.append(filler)
                filler.settimeout(0.1)
                filler.connect((self.host, self.port))
        return self

    def __exit__(self, *exc: object) -> None:
        for sock in (*self._fillers, self._listener):
            sock.close()
