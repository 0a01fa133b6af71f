"""Let a demo that was forked have its children forked too, as children of its own.

Before it does anything it forks a nursery, which is as fresh as it is itself. That forks each
child by way of another process that ends at once, so that Linux gives the orphan to the demo,
which asked to be given such (PR_SET_CHILD_SUBREAPER in prctl's manual page).
"""

from __future__ import annotations

import atexit
import ctypes
import json
import os
import signal
import socket
import subprocess
import time
from collections.abc import Sequence
from typing import Any

from tests.support.processes.becoming import NUMBER, Order, become, go, take

PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER = 1, 36
MOST_BYTES, MOST_FILES = 1 << 17, 32
# Of `python -IS tether.py PARENT python -m module …`: what comes before the module.
TETHERED = 6
OURS = {1: "-IS", 5: "-m"}
DEMO = ["flask", "demo"]


def is_wanted(order: Order) -> bool:
    """Whether it is a demo that is to be run."""
    words: list[str] = order["words"]
    return words[: len(DEMO)] == DEMO


def open_nursery() -> None:
    """Have what `subprocess` would start with a tether forked from now on."""
    _prctl(PR_SET_CHILD_SUBREAPER, 1)
    parent = os.getpid()
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    pid = os.fork()
    if pid == 0:
        order, files = _serve(theirs)
        _be_child_of(parent)
        become(order, files)
        go(order)
    theirs.close()
    Tethered.orders = ours
    subprocess.Popen = Tethered  # type: ignore[misc]

    def close() -> None:
        ours.close()
        os.waitpid(pid, 0)

    atexit.register(close)


class Tethered(subprocess.Popen[Any]):
    """A child that the nursery forks if it is one of ours, started as ever if not."""

    orders: socket.socket

    def _execute_child(self, args: Sequence[Any], *rest: Any) -> None:
        words = list(map(os.fspath, args))
        if any(words[place : place + 1] != [word] for place, word in OURS.items()):
            return super()._execute_child(args, *rest)  # type: ignore[misc]
        pass_fds, _, env = rest[3:6]
        pipes = rest[9:15]
        given, _, _, said, _, complained = pipes
        order = {
            "words": words[TETHERED:],
            "environ": dict(env),
            "numbers": [0, 1, 2, *pass_fds],
            "umask": os.umask(0o077),
        }
        os.umask(order["umask"])
        tells, told = os.pipe()
        files = [told, given, said, complained, *pass_fds]
        socket.send_fds(self.orders, [json.dumps(order).encode()], files)
        os.close(told)
        [self.pid] = NUMBER.unpack(os.read(tells, NUMBER.size))
        os.close(tells)
        self._child_created = True
        self._close_pipe_fds(*pipes)  # type: ignore[attr-defined]
        return None


def _serve(orders: socket.socket) -> tuple[Order, list[int]]:
    """Fork orphans until nobody is left to order. In an orphan: what it was ordered."""
    nothing = os.open(os.devnull, os.O_RDWR)
    take([nothing, nothing, nothing, orders.detach()], [0, 1, 2, 3])
    door = socket.socket(fileno=3)
    while True:
        text, files, _, _ = socket.recv_fds(door, MOST_BYTES, MOST_FILES)
        if not text:
            os._exit(0)
        between = os.fork()
        if between == 0:
            if os.fork():
                os._exit(0)
            door.detach()
            return json.loads(text), files
        os.waitpid(between, 0)
        for file in files:
            os.close(file)


def _be_child_of(parent: int) -> None:
    """Wait until we are given to the demo, and end when it does; as the tether does."""
    while os.getppid() != parent:
        time.sleep(0.001)
    _prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    os.setpgid(0, 0)


def _prctl(option: int, value: int) -> None:
    ctypes.CDLL(None).prctl(option, value)
