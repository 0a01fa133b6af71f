"""The folder in which a demo keeps everything, for one demo at a time."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from portal.sandbox.demo.errors import DemoError

PRIVATE = 0o600


class Instance:
    """Where things lie below the folder, which is made where it is missing."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.absolute()
        self.logs = self.folder / "logs"
        self._own = self.folder / "demo"
        for path in (self.folder, self.logs, self._own):
            path.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.router_state = self._own / "router.json"
        self.gateway_state = self._own / "conekta.jsonl"
        self.memory = Memory(self._own / "memory.json")

    @contextmanager
    def occupied(self, on_wait: Callable[[], None]) -> Iterator[int]:
        """Keep other demos out; yields a descriptor to hand to every child.

        Raises DemoError while another demo runs here. One that was killed may leave children
        that are just ending: they hold the descriptor's lock, and are waited for.
        """
        with _lock(self._own / "lock") as own, _lock(self._own / "children.lock") as children:
            if not _taken(own):
                raise DemoError(f"Ya hay una demostración en marcha en {self.folder}.")
            if not _taken(children):
                on_wait()
                fcntl.flock(children, fcntl.LOCK_EX)
            yield children


class Memory:
    """What has to be said again at the next start, secrets among it: a file of mode 0600."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._values: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}

    def __getitem__(self, name: str) -> str:
        """What was put under this name; raises KeyError."""
        return self._values[name]

    def get(self, name: str) -> str | None:
        """What was put under this name, if anything was."""
        return self._values.get(name)

    def put(self, **values: str) -> None:
        """Remember from now on, whatever happens."""
        self._values |= values
        beside = self._path.with_suffix(".new")
        with open(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, PRIVATE), "w") as file:
            json.dump(self._values, file, indent=1)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(self._path)

    def once(self, name: str, make: Callable[[], str]) -> str:
        """What stands under this name, made first where nothing does."""
        value = self.get(name)
        if value is None:
            value = make()
            self.put(**{name: value})
        return value


@contextmanager
def _lock(path: Path) -> Iterator[int]:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, PRIVATE)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _taken(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
