"""Be a router that tags its answers, and says exactly what a test wants, when it wants."""

from __future__ import annotations

import contextlib
import queue
import socket
from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

from tests.hotspot.routeros.peer import Peer, read_sentence, sentence
from tests.support.patience import PATIENCE

TAG = b".tag="


@dataclass(frozen=True)
class Asked:
    """A command that came in."""

    words: list[bytes]
    sock: socket.socket

    @property
    def path(self) -> str:
        return self.words[0].decode()

    @property
    def tag(self) -> bytes | None:
        return next((w.removeprefix(TAG) for w in self.words if w.startswith(TAG)), None)

    @property
    def name(self) -> str:
        """The user that it is about."""
        return next(w.rpartition(b"=")[2].decode() for w in self.words if b"name=" in w)

    def say(self, *words: str, tag: bytes | None = None) -> None:
        """Send a sentence with the command's tag, or another."""
        own = tag or self.tag
        tagged = (*words,) if own is None else (*words, TAG + own)
        self.sock.sendall(sentence(*tagged))

    def show(self, name: str) -> None:
        """Answer that this user is there."""
        self.say("!re", f"=name={name}", "=comment=x")
        self.say("!done")


Login = Callable[[Asked], None]


class Scripted:
    """Lets everybody log in by `login`, and hands each command to the test; `accepted` counts."""

    def __init__(self, login: Login = lambda asked: asked.say("!done")) -> None:
        self._asked: queue.Queue[Asked] = queue.Queue()
        self._login = login
        self._peer = Peer(self._serve)
        self.host, self.port, self.password = self._peer.host, self._peer.port, "secret"

    def __enter__(self) -> Self:
        self._peer.__enter__()
        return self

    def __exit__(self, *exc: object) -> None:
        self._peer.__exit__(*exc)

    @property
    def accepted(self) -> int:
        return self._peer.accepted

    def next(self) -> Asked:
        """The next command, once it is there."""
        return self._asked.get(timeout=PATIENCE)

    def waiting(self) -> int:
        """How many commands nobody has looked at."""
        return self._asked.qsize()

    def _serve(self, sock: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while words := read_sentence(sock):
                asked = Asked(words, sock)
                if asked.path == "/login":
                    self._login(asked)
                else:
                    self._asked.put(asked)
