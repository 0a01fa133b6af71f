"""Turn a process that was just forked into one that is as if started with a command."""

from __future__ import annotations

import atexit
import fcntl
import os
import runpy
import signal
import struct
import sys
import threading
from collections.abc import Iterable, Sequence
from typing import Any, NoReturn

# Above all that a process of ours has open.
ASIDE = 512
# What is told of a process: its id, and in the end its status.
NUMBER = struct.Struct("i")
Order = dict[str, Any]


def become(order: Order, files: Sequence[int]) -> None:
    """Take files, variables and rights as ordered. The first file is for telling who we are."""
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    tells, *own = files
    os.write(tells, NUMBER.pack(os.getpid()))
    take(own, order["numbers"])
    os.umask(order["umask"])
    os.environ.clear()
    os.environ.update(order["environ"])


def take(files: Iterable[int], numbers: Iterable[int]) -> None:
    """Have these files alone, under these numbers."""
    aside = [fcntl.fcntl(file, fcntl.F_DUPFD, ASIDE) for file in files]
    os.closerange(0, ASIDE)
    for file, number in zip(aside, numbers, strict=True):
        os.dup2(file, number)
        os.close(file)


def go(order: Order) -> NoReturn:
    """Do what `python -m` does with these words, to its end."""
    module, *words = order["words"]
    sys.argv = [module, *words]
    code: object = None
    try:
        runpy.run_module(module, run_name="__main__", alter_sys=True)
    except SystemExit as told:
        code = told.code
    _end(code)


def _end(code: object) -> NoReturn:
    """End as Python does, but leave it to the system to take apart what was imported."""
    if code is not None and not isinstance(code, int):
        print(code, file=sys.stderr)
        code = 1
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    os._exit((code or 0) & 0xFF)
