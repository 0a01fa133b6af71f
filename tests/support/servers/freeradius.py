"""Run Debian's FreeRADIUS as a child process, with the files that `flask radius kit` writes.

`TEST_FREERADIUS` names the program of another, beside which its modules and dictionaries lie as a
package of Debian's has them.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from secrets import token_hex
from typing import Any, Self

import pytest
from flask import Flask

from portal.access.radius.keys import radius_keys
from portal.hotspot.setup.radius_server.kit import Client, Kit, Listener
from portal.hotspot.setup.radius_server.version import Version, installed, program
from portal.operators.radius.database import database_of
from portal.operators.radius.role import make_roles
from tests.support.processes.process import Process
from tests.support.servers.ports import free_udp_port

OTHER = os.environ.get("TEST_FREERADIUS")
LOOPBACK = "127.0.0.0/8"
READY = "Ready to process requests"
THREADS = 4


def require() -> None:
    """Skip where it is not installed, which in CI is a failure."""
    if (OTHER or program()) is None:
        pytest.skip("no FreeRADIUS: apt-get install freeradius freeradius-postgresql")


def version() -> Version:
    """The version of the server that tests run."""
    found = installed(OTHER)
    assert found is not None, "the program says no version"
    return found


def command(folder: Path, *words: str) -> list[str]:
    """How it is called with the configuration in a folder."""
    dictionaries = ["-D", str(_beside("share"))] if OTHER else []
    return [str(OTHER or program()), *words, *dictionaries, "-d", str(folder), "-n", "radiusd"]


def libraries() -> dict[str, str]:
    """Where its modules are, as a kit's field; none where it is the installed one."""
    return {"libraries": str(_beside("lib"))} if OTHER else {}


def _beside(kind: str) -> Path:
    return Path(str(OTHER)).parents[1] / kind / "freeradius"


class FreeRadius:
    """One server on free ports of 127.0.0.1, as a context manager."""

    def __init__(self, kit: Kit, folder: Path) -> None:
        self.kit, self.folder = kit, folder
        for name, text in kit.files().items():
            (folder / name).write_text(text)
            (folder / name).chmod(0o600)
        # The folder's own dictionary may be missing, but its place is looked at.
        (folder / "dictionary").touch()
        self.process = Process(command(folder, "-f"))

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.process.terminate()

    @property
    def auth_port(self) -> int:
        return self.kit.listeners[0].auth_port

    @property
    def accounting_port(self) -> int:
        return self.kit.listeners[0].accounting_port

    @property
    def secret(self) -> str:
        """What it shares with its first client."""
        return self.kit.listeners[0].clients[0].secret

    @property
    def log(self) -> str:
        """What it has written down so far."""
        file = self.folder / "portal-radius.log"
        return file.read_text() if file.exists() else ""

    def start(self) -> None:
        """Start it, again if it was ended, and return once it answers."""
        before = self.log.count(READY)
        self.process.start()
        self.process.wait_until(lambda: self.log.count(READY) > before, READY)


def make_kit(
    app: Flask, folder: Path, clients: tuple[Client, ...] | None = None, **changes: Any
) -> Kit:
    """Make a kit for the application's PostgreSQL, with a role of its own there.

    `changes` are the kit's fields: `interim`, `threads`, `radsec`…
    """
    role = f"portal_radius_{token_hex(6)}"
    with app.app_context():
        keys = radius_keys()
        make_roles(keys, role)
        database = database_of(keys, role)
    asking = clients or (Client("portal", LOOPBACK, keys.first.shared_secret),)
    values: dict[str, Any] = {
        "version": version(),
        "folder": str(folder),
        "listeners": (Listener(free_udp_port(), free_udp_port(), asking),),
        "database": database,
        "name_keys": (keys.first.name_key,),
        "address": "127.0.0.1",
        "log_folder": str(folder),
        "run_folder": str(folder),
        "threads": THREADS,
    }
    return Kit(**values | libraries() | changes)


@contextmanager
def freeradius(app: Flask, folder: Path, **changes: Any) -> Iterator[FreeRadius]:
    """FreeRADIUS on the application's PostgreSQL; see `make_kit`."""
    require()
    with FreeRadius(make_kit(app, folder, **changes), folder) as server:
        yield server
