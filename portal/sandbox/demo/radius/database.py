"""Run the demo's own PostgreSQL, made at its first start and kept."""

from __future__ import annotations

import hashlib
import os
import pwd
import secrets
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import psycopg2

from portal.sandbox.demo.children import START_SECONDS, Child, Children
from portal.sandbox.demo.errors import DemoError
from portal.sandbox.demo.instance import Instance

SUPERUSER = "portal"
DATABASE = "portal"
# Debian keeps them apart by version, off the PATH.
DEBIAN = Path("/usr/lib/postgresql")
MISSING = "PostgreSQL (en Debian: apt-get install postgresql)"
_PAUSE = 0.05


@dataclass(frozen=True)
class Database:
    """Hold where it is entered, as its owner."""

    port: int
    password: str = field(repr=False)

    @property
    def url(self) -> str:
        """Give its address for SQLAlchemy."""
        return f"postgresql://{SUPERUSER}:{self.password}@127.0.0.1:{self.port}/{DATABASE}"


def binaries() -> Path | None:
    """Give the folder of PostgreSQL's programs, of its newest version; None where there is none."""
    return next(_found(), None)


def _found() -> Iterator[Path]:
    if on_path := shutil.which("initdb"):
        yield Path(on_path).parent
    versions = (p for p in DEBIAN.glob("*/bin") if (p / "initdb").exists())
    yield from sorted(versions, key=lambda folder: float(folder.parent.name), reverse=True)


def start_database(children: Children, instance: Instance, port: int) -> Database:
    """Start it, and return once it answers. Raises DemoError."""
    programs = binaries()
    if programs is None:
        raise DemoError(f"Falta {MISSING}.")
    database = Database(port, instance.memory.once("database_password", secrets.token_hex))
    data = _data_folder(instance) / _major(programs)
    if not (data / "PG_VERSION").exists():
        _make(programs, data, database, instance.logs / "initdb.log")
    settings = (f"port={port}", "listen_addresses=127.0.0.1", "unix_socket_directories=")
    options = [part for setting in settings for part in ("-c", setting)]
    command = (str(programs / "postgres"), "-D", str(data), *options)
    child = children.start("postgres", *_as_somebody(), *command, env={})
    _await(child, database)
    return database


def _major(programs: Path) -> str:
    """The major version, since none reads what another has written."""
    said = subprocess.run(  # noqa: S603
        [programs / "postgres", "--version"], capture_output=True, text=True, check=True
    )
    return said.stdout.split()[2].partition(".")[0]


def _as_somebody() -> tuple[str, str]:
    return ("portal.sandbox.demo.radius.program", _user())


def _user() -> str:
    """As whom it runs; empty for ourselves. As root it refuses to."""
    if os.geteuid() != 0:
        return ""
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


def _data_folder(instance: Instance) -> Path:
    if not _user():
        return instance.folder / "postgresql"
    # Root's own folders are closed to whom it runs as.
    name = hashlib.sha256(str(instance.folder).encode()).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"portal-demo-{name}"


def _make(programs: Path, data: Path, database: Database, log: Path) -> None:
    given = data.parent / "password"
    data.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    data.mkdir(exist_ok=True, mode=0o700)
    given.write_text(database.password + "\n")
    if user := _user():
        for path in (data.parent, data, given):
            shutil.chown(path, user, pwd.getpwnam(user).pw_gid)
    options = ("--username", SUPERUSER, "--pwfile", str(given), "--auth", "scram-sha-256")
    command = [str(programs / "initdb"), "--pgdata", str(data), *options, "--encoding", "UTF8"]
    try:
        with log.open("ab") as output:
            subprocess.run(  # noqa: S603
                [*command, "--locale", "C", "--no-sync", "--no-instructions"],
                cwd=data.parent,
                env={"PATH": os.defpath, "LC_ALL": "C"},
                stdout=output,
                stderr=output,
                user=user or None,
                check=True,
            )
    except subprocess.CalledProcessError:
        shutil.rmtree(data)
        raise DemoError(f"PostgreSQL no se pudo preparar. Vea {log}") from None
    finally:
        given.unlink()


def _await(child: Child, database: Database) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not _answers(database):
        if child.process.poll() is not None or time.monotonic() > deadline:
            raise DemoError(f"PostgreSQL no arrancó. Vea {child.log}")
        time.sleep(_PAUSE)


def _answers(database: Database) -> bool:
    """Whether it lets us in; makes the database where it lacks."""
    url = database.url.removesuffix(f"/{DATABASE}") + "/postgres"
    try:
        with closing(psycopg2.connect(url, connect_timeout=1)) as connection:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", (DATABASE,))
                if cursor.fetchone() is None:
                    cursor.execute(f"CREATE DATABASE {DATABASE}")
    except psycopg2.OperationalError:
        return False
    return True
