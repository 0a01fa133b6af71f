"""Run a throwaway PostgreSQL server: our own child, its data in a temporary folder."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Self

import psycopg2

from tests.support.databases import pgbinaries
from tests.support.databases.admin import Databases
from tests.support.databases.migrated import kind, migrate
from tests.support.patience import PATIENCE
from tests.support.processes.family import family, kill_all
from tests.support.processes.guard import guard
from tests.support.processes.shared import kept
from tests.support.secrets import SECRETS
from tests.support.servers.ports import free_port

START_ATTEMPTS = 3
SUPERUSER = "postgres"
MIGRATED = "portal_migrated"
PORT_TAKEN = "Address already in use"
# Stored in UTF-8 and compared by code point, whatever the machine's locale. The time zone is the
# customers' own, so that a time stored without its zone shows as a wrong one.
INITDB = (
    *("--username", SUPERUSER, "--auth", "trust", "--encoding", "UTF8", "--locale", "C"),
    *("--locale-provider", "builtin", "--builtin-locale", "C.UTF-8"),
    *("--set", "timezone=America/Mexico_City", "--no-sync", "--no-instructions"),
)
# A commit still reaches the kernel before it is confirmed, so killing the processes loses none.
CARELESS = ("fsync=off", "full_page_writes=off", "max_wal_size=256MB")


class StartFailed(Exception):
    """PostgreSQL ended or did not answer in time; the text holds what it said."""


class Postgres(Databases):
    """One server on a free port of 127.0.0.1, as a context manager.

    Args:
        durable: on disk and flushed as in production (for benchmarks). Without it a crash of
            the *machine* may lose what was committed; `kill` never does.
        max_connections: PostgreSQL's setting of that name.
    """

    def __init__(self, *, durable: bool = False, max_connections: int = 200) -> None:
        self._durable = durable
        self._settings = (f"max_connections={max_connections}", *(() if durable else CARELESS))
        self._folder: Path | None = None
        self._server: subprocess.Popen[bytes] | None = None
        self._listen_on(free_port())

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.close()

    @property
    def pid(self) -> int:
        """The server's main process."""
        assert self._server is not None, "PostgreSQL is not running"
        return self._server.pid

    @property
    def log(self) -> Path:
        """Where it writes what it says."""
        assert self._folder is not None, "PostgreSQL is not running"
        return self._folder / "log"

    def start(self) -> None:
        """Start, on what an earlier start left, and return once connections are accepted.

        Raises `StartFailed`.
        """
        if self._folder is None:
            self._folder = self._initialise()
            self._launch_on_free_port(self._folder)
        else:
            self._launch(self._folder)

    def _launch_on_free_port(self, folder: Path) -> None:
        for _ in range(START_ATTEMPTS - 1):
            try:
                return self._launch(folder)
            except StartFailed as failure:
                if PORT_TAKEN not in str(failure):
                    raise
                self._listen_on(free_port())
        return self._launch(folder)

    def stop(self) -> None:
        """Shut down in order, ending open connections. The data stays until `close`."""
        if self._server is None:
            return
        self._server.send_signal(signal.SIGINT)
        try:
            self._server.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.kill()
        else:
            self._ended()

    def kill(self) -> None:
        """End all of its processes at once with SIGKILL, as a crash would."""
        if self._server is None:
            return
        # Halted first, so that it starts no process that the list would miss.
        self._server.send_signal(signal.SIGSTOP)
        kill_all(family(self._server.pid))
        self._server.wait(PATIENCE)
        self._ended()

    def restart(self) -> None:
        """Stop, if it runs, and start on the same port with the same data."""
        self.stop()
        self.start()

    def close(self) -> None:
        """Stop and remove the data."""
        self.stop()
        if self._folder is not None:
            guard().remove_folder(self._folder)
            self._folder = None

    def _listen_on(self, port: int) -> None:
        self._port = port
        super().__init__(f"postgresql://{SUPERUSER}@127.0.0.1:{port}/postgres")
        # Which every cluster has from its beginning.
        self._templates[kind(SECRETS)] = MIGRATED

    def _initialise(self) -> Path:
        root = pgbinaries.temporary_root(in_memory=not self._durable)
        folder = guard().make_folder("portal-postgres-", root)
        pgbinaries.give(folder)
        # A copy of one that was initialised and migrated for somebody before costs a tenth.
        with kept("cluster") as cluster:
            if cluster.exists():
                copy(cluster, folder / "data")
            else:
                self._initdb(folder)
                self._migrate(folder)
                copy(folder / "data", cluster)
        return folder

    def _migrate(self, folder: Path) -> None:
        self._launch_on_free_port(folder)
        try:
            migrate(SECRETS | {"DATABASE_URL": self.create_database(name=MIGRATED)})
        finally:
            self.stop()

    def _initdb(self, folder: Path) -> None:
        made = self._spawn(folder, "initdb", "--pgdata", str(folder / "data"), *INITDB)
        if made.wait(PATIENCE) != 0:
            said = read_log(folder)
            guard().remove_folder(folder)
            raise StartFailed(said)

    def _launch(self, folder: Path) -> None:
        settings = (
            f"port={self._port}",
            "listen_addresses=127.0.0.1",
            "unix_socket_directories=",
            *self._settings,
        )
        options = [part for setting in settings for part in ("-c", setting)]
        self._server = self._spawn(folder, "postgres", "-D", str(folder / "data"), *options)
        guard().watch(self._server.pid, signal.SIGQUIT)
        self._await_ready(folder)

    def _spawn(self, folder: Path, program: str, *arguments: str) -> subprocess.Popen[bytes]:
        with (folder / "log").open("wb") as log:
            return subprocess.Popen(
                [pgbinaries.reachable_installation() / "bin" / program, *arguments],
                cwd=folder,
                env={"PATH": os.defpath, "LC_ALL": "C"},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                **pgbinaries.run_as(),
            )

    def _await_ready(self, folder: Path) -> None:
        assert self._server is not None
        deadline = time.monotonic() + PATIENCE
        while data_directory(self.admin_url) != str(folder / "data"):
            if self._server.poll() is not None or time.monotonic() > deadline:
                self.kill()
                raise StartFailed(read_log(folder))
            time.sleep(0.02)

    def _ended(self) -> None:
        assert self._server is not None
        guard().forget(self._server.pid)
        self._server = None


def data_directory(url: str) -> str | None:
    """Where the server that answers there keeps its data: it may not be the one we started."""
    try:
        connection = psycopg2.connect(url, connect_timeout=1)
    except psycopg2.OperationalError:
        return None
    with closing(connection), connection.cursor() as cursor:
        cursor.execute("SHOW data_directory")
        return str(cursor.fetchone()[0])


def copy(data: Path, target: Path) -> None:
    """Copy what a server keeps that does not run, whole or not at all."""
    part = target.with_name(f"{target.name}.part")
    subprocess.run(["cp", "--archive", data, part], check=True)
    part.rename(target)


def read_log(folder: Path) -> str:
    return (folder / "log").read_text(errors="replace")


@contextmanager
def postgres_server() -> Iterator[Databases]:
    """The server that `TEST_DATABASE_URL` names, else a throwaway one.

    Of a named server only the databases made through it are dropped again.
    """
    named = os.environ.get("TEST_DATABASE_URL")
    if named is None:
        with Postgres() as server:
            yield server
        return
    databases = Databases(named)
    try:
        yield databases
    finally:
        databases.drop_all()
