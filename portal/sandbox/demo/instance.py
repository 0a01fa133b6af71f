"""Keep everything of a demo in a folder, for one demo at a time."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from portal.core import demo_folder
from portal.sandbox.demo.errors import DemoError

PRIVATE = 0o600


class Instance:
    """Know where things lie below the folder, which is made where it is missing."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.absolute()
        self.logs = self.folder / "logs"
        self._own = self.folder / demo_folder.FOLDER
        for path in (self.folder, self.logs, self._own):
            path.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.router_state = self._own / "router.json"
        self.gateway_state = self._own / "conekta.jsonl"
        self.second_gateway_state = self._own / "mercadopago.jsonl"
        self.memory = Memory(self._own / "memory.json")

    @contextmanager
    def occupied(self, on_wait: Callable[[], None]) -> Iterator[int]:
        """Keep other demos out; yields a descriptor to hand to every child.

        Raises DemoError while another demo runs here. One that was killed may leave children
        that are just ending: they hold the descriptor's lock, and are waited for.
        """
        locks = (self._own / demo_folder.LOCK, self._own / "children.lock")
        with _lock(locks[0]) as own, _lock(locks[1]) as children:
            if not _taken_from_readers(own):
                raise DemoError(self._where_it_is())
            # What another run told is not true any more, and this one has nothing to tell yet.
            self.tell({})
            if not _taken(children):
                on_wait()
                fcntl.flock(children, fcntl.LOCK_EX)
            yield children

    def tell(self, variables: Mapping[str, str]) -> None:
        """Let commands in this folder work with the demo's addresses from now on."""
        demo_folder.tell(self.folder, variables)

    def _where_it_is(self) -> str:
        found = demo_folder.look(self.folder)
        if found is None or found.url is None:
            return f"La demostración de {self.folder} está arrancando en otra terminal."
        return f"La demostración de {self.folder} ya está en marcha en {found.url}/"


class Memory:
    """Keep what has to be said again at the next start, with secrets: a file of mode 0600."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._values: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}

    def __getitem__(self, name: str) -> str:
        """What was put under this name; raises KeyError."""
        return self._values[name]

    def get(self, name: str) -> str | None:
        """Give what was put under this name, if anything was."""
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
        """Give what stands under this name, made first where nothing does."""
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


def _taken(descriptor: int, kind: int = fcntl.LOCK_EX) -> bool:
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _taken_from_readers(descriptor: int) -> bool:
    """Whether we have the lock now. Commands that look whether a demo runs share it for a moment.

    A demo shares it with nobody; so whoever may share it waits for none but such commands.
    """
    while not _taken(descriptor):
        if not _taken(descriptor, fcntl.LOCK_SH):
            return False
    return True
