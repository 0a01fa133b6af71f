"""Routers that answer without end, each in its way, and a worker that asks them.

Run as a program, this is the worker: `flood.py PORT…` asks each in four threads at once, and says
how the calls ended and how much memory the process has had at its peak.
"""

from __future__ import annotations

import json
import re
import socket
import sys
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.hotspot.routeros.peer import DONE, read_sentence, sentence

THREADS = 4
MARK = "portal:planted:"
SECONDS = 20.0


def word(text: bytes) -> bytes:
    """A word of any length on the wire."""
    size = len(text)
    if size < 0x80:
        return bytes([size]) + text
    if size < 0x4000:
        return (size | 0x8000).to_bytes(2, "big") + text
    if size < 0x200000:
        return (size | 0xC00000).to_bytes(3, "big") + text
    return (size | 0xE0000000).to_bytes(4, "big") + text


def row(*words: bytes) -> bytes:
    return b"".join(map(word, (b"!re", *words))) + b"\x00"


OURS = row(b"=.id=*1", b"=name=AB3C9D", b"=comment=" + MARK.encode() + b"1", b"=uptime=1s")
# Each is sent over and over; the ways differ in what an honest reading would keep of them.
BLOCKS: dict[str, bytes] = {
    "rows of ours": OURS * 1_000,
    "rows of others": row(b"=name=U1", b"=comment=x") * 1_000,
    "long values": row(b"=name=" + b"n" * 60_000, b"=comment=" + MARK.encode()) * 10,
    "a word after the other": word(b"=x=y") * 10_000,
    "a word of a mebibyte": word(b"=name=" + b"n" * 1_000_000),
    "words not asked for": row(*(b"=p%d=1" % n for n in range(200))) * 50,
    "tiny rows": row(b"=name=", b"=comment=" + MARK.encode()) * 1_000,
    "traps": (b"".join(map(word, (b"!trap", b"=message=" + b"m" * 100))) + b"\x00") * 500,
    "nothing": b"\x00" * 50_000,
    "chatter": (word(b"!noise") + b"\x00") * 10_000,
}
QUESTIONS: dict[str, Callable[[Any], object]] = {
    "users": lambda router: router.provisioner.users_marked(MARK, SECONDS),
    "user": lambda router: router.provisioner.find_user("AB3C9D", SECONDS),
    "sessions": lambda router: router.presence.sessions(SECONDS),
    "hosts": lambda router: router.presence.hosts(SECONDS),
    "profiles": lambda router: router.inspector.profiles(SECONDS),
    "inspect": lambda router: router.inspector.inspect(SECONDS),
}


def flooding(block: bytes) -> Callable[[socket.socket], None]:
    """Let everybody log in, and answer every command with this for ever, 64 MiB at most."""

    def serve(sock: socket.socket) -> None:
        while words := read_sentence(sock):
            if words[0] == b"/login":
                sock.sendall(DONE)
                continue
            for _ in range((64 << 20) // len(block)):
                sock.sendall(block)
            sock.sendall(sentence("!done"))

    return serve


def peak_mebibytes() -> float:
    """The most that this process has had in memory. (`ru_maxrss` counts what it was forked of.)"""
    status = Path("/proc/self/status").read_text()
    found = re.search(r"^VmHWM:\s+(\d+) kB", status, re.MULTILINE)
    return int(found[1]) / 1024 if found else 0.0


def ask_all(app: Any, port: int, question: str) -> list[str]:
    """Ask four routers at once, one a thread; how each call ended."""
    from portal.hotspot.errors import RouterError
    from portal.hotspot.router import RouterAddress

    ended: list[str] = []

    def ask(number: int) -> None:
        # Another user name is another router to the application.
        address = RouterAddress("127.0.0.1", port, f"{question}{number}", "secret")
        try:
            QUESTIONS[question](app.extensions["ports"].deliveries["api"](address))
            ended.append("answered")
        except RouterError as error:
            ended.append(error.advice)

    threads = [threading.Thread(target=ask, args=(n,)) for n in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return ended


def main(ports: list[int]) -> None:
    from tests.support.shop import make_app

    with tempfile.TemporaryDirectory() as folder:
        app = make_app(Path(folder), None, log_level="ERROR")
        print(json.dumps({"peak": peak_mebibytes()}))
        for port in ports:
            ended = {question: ask_all(app, port, question) for question in QUESTIONS}
            print(json.dumps({"peak": peak_mebibytes(), "ended": ended}))
        app.extensions["ports"].close()


if __name__ == "__main__":
    main([int(port) for port in sys.argv[1:]])
