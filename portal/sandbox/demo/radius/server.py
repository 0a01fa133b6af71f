"""Run the demo's own FreeRADIUS, with the files that `flask radius kit` writes."""

from __future__ import annotations

import os
import socket
import time
from dataclasses import dataclass, field
from pathlib import Path

from portal.access.radius.keys import radius_keys
from portal.access.radius.routers import ports_of, secret_for
from portal.hotspot.setup.radius_server.kit import Client, Kit, Listener
from portal.hotspot.setup.radius_server.version import Version, installed, program
from portal.operators.radius.database import database_of
from portal.operators.radius.role import make_roles
from portal.ports import settings
from portal.sandbox.demo.children import START_SECONDS, Children
from portal.sandbox.demo.errors import DemoError
from portal.sandbox.demo.instance import PRIVATE, Instance
from portal.sandbox.demo.radius.database import MISSING as NO_POSTGRESQL
from portal.sandbox.demo.radius.database import binaries

LOOPBACK = "127.0.0.1"
MISSING = "FreeRADIUS 3.2 (en Debian: apt-get install freeradius freeradius-postgresql)"
READY = "Ready to process requests"
_PAUSE = 0.05


@dataclass(frozen=True)
class Radius:
    """Hold where it answers, and what it shares with the demo's router."""

    auth_port: int
    accounting_port: int
    secret: str = field(repr=False)
    router_name: str = field(repr=False)


def check_installed() -> None:
    """Raise DemoError, naming all that this machine lacks."""
    if lacking := missing(installed(), binaries()):
        raise DemoError(f"La demostración por RADIUS necesita {' y '.join(lacking)}.")


def missing(version: Version | None, programs: Path | None) -> list[str]:
    """Name what has to be installed, with such a FreeRADIUS and PostgreSQL's programs there."""
    lacking = [] if version is not None and version.is_served else [MISSING]
    return lacking + ([] if programs else [NO_POSTGRESQL])


def start_radius(children: Children, instance: Instance, router_id: str) -> Radius:
    """Start it on the application's database, and return once it answers. Raises DemoError."""
    keys, secret = radius_keys(), secret_for(router_id)
    ports = ports_of(keys.first.slot)
    make_roles(keys)
    folder = instance.folder / "freeradius"
    folder.mkdir(exist_ok=True, mode=0o700)
    version = installed()
    assert version is not None
    kit = Kit(
        version=version,
        folder=str(folder),
        listeners=(Listener(*ports, (Client("demo", LOOPBACK, secret),)),),
        database=database_of(keys),
        name_keys=tuple(each.name_key for each in keys.newest_first),
        interim=settings().radius_interim,
        address=LOOPBACK,
        log_folder=str(folder),
        run_folder=str(folder),
    )
    _write(kit, folder)
    _start(children, folder)
    return Radius(*ports, secret, keys.first.router_name(router_id))


def _write(kit: Kit, folder: Path) -> None:
    """Write its files, which hold secrets, for nobody else to read."""
    for name, text in kit.files().items():
        with open(os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, PRIVATE), "w") as f:
            f.write(text)
    # Its place is looked at, and may be empty.
    (folder / "dictionary").touch()


def _start(children: Children, folder: Path) -> None:
    """Start FreeRADIUS, and return once it says that it is ready. Raises DemoError."""
    path = program()
    assert path is not None
    log = folder / "portal-radius.log"
    before = log.read_text().count(READY) if log.exists() else 0
    command = (path, "-f", "-d", str(folder), "-n", "radiusd")
    child = children.start("freeradius", "portal.sandbox.demo.radius.program", "", *command, env={})
    deadline = time.monotonic() + START_SECONDS
    while not (log.exists() and log.read_text().count(READY) > before):
        if child.process.poll() is not None or time.monotonic() > deadline:
            raise DemoError(f"FreeRADIUS no arrancó. Vea {log}")
        time.sleep(_PAUSE)


def free_ports(count: int) -> list[int]:
    """Find ports of 127.0.0.1 that nobody uses, neither for TCP nor for UDP, each another."""
    taken: list[socket.socket] = []
    ports: list[int] = []
    try:
        while len(ports) < count:
            stream = socket.create_server((LOOPBACK, 0))
            datagrams = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            taken += [stream, datagrams]
            port = stream.getsockname()[1]
            try:
                datagrams.bind((LOOPBACK, port))
            except OSError:
                continue
            ports.append(port)
    finally:
        for each in taken:
            each.close()
    return ports
