"""Make once for all processes of a run what each of them would make alike, and keep it as files."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from tests.support.processes.guard import guard

# Names the folder that the processes of a run share; without it each has one of its own.
FOLDER = "PORTAL_TESTS_SHARED"


@contextmanager
def kept(name: str) -> Iterator[Path]:
    """Give where something of this name is kept; who finds nothing there makes it.

    Nobody else looks meanwhile, so that it is whole for whoever comes next.
    """
    folder = folder_of_run()
    with (folder / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield folder / name


def folder_of_run() -> Path:
    """Give the folder that the processes of this run share."""
    return Path(os.environ[FOLDER]) if FOLDER in os.environ else _own_folder()


@cache
def _own_folder() -> Path:
    return guard().make_folder("portal-shared-")
