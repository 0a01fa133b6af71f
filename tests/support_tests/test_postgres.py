"""Test the throwaway PostgreSQL: starts, forgets nothing, leaves nothing behind."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import psutil
import psycopg2
import pytest

from portal.core.migrations import newest
from tests.support.databases import migrated, pgbinaries
from tests.support.databases.admin import Databases, execute
from tests.support.databases.postgres import Postgres, postgres_server
from tests.support.processes.family import await_end, family, runs
from tests.support.secrets import SECRETS


def ask(url: str, query: str) -> Any:
    """The first column of the only row."""
    with closing(psycopg2.connect(url)) as connection, connection.cursor() as cursor:
        cursor.execute(query)
        return cursor.fetchone()[0]


def fill(url: str) -> None:
    execute(url, "CREATE TABLE item (name text)")
    execute(url, "INSERT INTO item VALUES ('piña')")


def test_each_database_is_its_own(postgres: Databases) -> None:
    first, second = postgres.create_database(), postgres.create_database()
    fill(first)
    assert ask(first, "SELECT name FROM item") == "piña"
    assert ask(second, "SELECT to_regclass('item')") is None


def test_a_template_is_prepared_once_and_copied(postgres: Databases) -> None:
    prepared: list[str] = []

    def prepare(url: str) -> None:
        prepared.append(url)
        fill(url)

    copies = [postgres.create_database(postgres.template("items", prepare)) for _ in range(2)]
    assert len(prepared) == 1
    execute(copies[0], "DELETE FROM item")
    assert [ask(url, "SELECT count(*) FROM item") for url in copies] == [0, 1]


def test_a_server_begins_with_a_migrated_database_to_copy(
    crashing_postgres: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    walked: list[dict[str, str]] = []
    monkeypatch.setattr(migrated, "migrate", walked.append)
    url = migrated.copy_postgresql(crashing_postgres, SECRETS)
    assert ask(url, "SELECT version_num FROM alembic_version") in newest()
    assert walked == []


def test_dropping_ends_who_is_still_connected(postgres: Databases) -> None:
    url = postgres.create_database()
    with closing(psycopg2.connect(url)):
        postgres.drop_database(url)
    with pytest.raises(psycopg2.OperationalError, match="does not exist"):
        psycopg2.connect(url)


def test_a_crash_ends_every_process_and_loses_no_commit(crashing_postgres: Postgres) -> None:
    url = crashing_postgres.create_database()
    processes = family(crashing_postgres.pid)
    execute(url, "CREATE TABLE item (number int)")
    with closing(psycopg2.connect(url)) as open_connection:
        execute(url, "INSERT INTO item SELECT generate_series(1, 1000)")
        crashing_postgres.kill()
        await_end(processes)
        with pytest.raises(psycopg2.OperationalError), open_connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    with pytest.raises(psycopg2.OperationalError):
        psycopg2.connect(url)
    crashing_postgres.restart()
    assert ask(url, "SELECT count(*) FROM item") == 1000


def test_an_orderly_stop_ends_open_connections(crashing_postgres: Postgres) -> None:
    url = crashing_postgres.create_database()
    with closing(psycopg2.connect(url)):
        crashing_postgres.stop()
    crashing_postgres.start()
    assert ask(url, "SELECT 1") == 1


def test_durability_and_connections_are_settings(postgres: Databases) -> None:
    assert ask(postgres.admin_url, "SHOW fsync") == "off"
    assert ask(postgres.admin_url, "SHOW max_connections") == "200"
    with Postgres(durable=True, max_connections=37) as server:
        assert ask(server.admin_url, "SHOW fsync") == "on"
        assert ask(server.admin_url, "SHOW full_page_writes") == "on"
        assert ask(server.admin_url, "SHOW max_connections") == "37"
        folder = Path(ask(server.admin_url, "SHOW data_directory")).parent
        assert folder.is_dir()
    assert not folder.exists()


def test_a_taken_port_is_left_to_its_owner(postgres: Databases) -> None:
    newcomer = Postgres()
    newcomer._listen_on(int(ask(postgres.admin_url, "SHOW port")))
    with newcomer:
        assert newcomer.admin_url != postgres.admin_url
        assert ask(newcomer.admin_url, "SELECT 1") == 1


KILLED_RUN = """
import os, signal
from tests.support.processes.family import await_end, family, runs
from tests.support.secrets import SECRETS
from tests.support.databases.postgres import Postgres
server = Postgres()
server.start()
print(server.pid, server._folder, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_killed_run_leaves_nothing_behind() -> None:
    # The guardian shares the run's output, so `run` returns when it too has ended.
    run = subprocess.run([sys.executable, "-c", KILLED_RUN], stdout=subprocess.PIPE, text=True)
    assert run.returncode == -signal.SIGKILL
    pid, folder = run.stdout.split()
    assert not Path(folder).exists()
    assert not psutil.pid_exists(int(pid)) or not runs(psutil.Process(int(pid)))


def test_a_named_server_is_used_and_cleaned(
    postgres: Databases, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEST_DATABASE_URL", postgres.admin_url)
    with postgres_server() as named:
        url = named.create_database()
        assert ask(url, "SHOW port") == ask(postgres.admin_url, "SHOW port")
    with pytest.raises(psycopg2.OperationalError, match="does not exist"):
        psycopg2.connect(url)


def test_binaries_out_of_reach_are_copied(tmp_path: Path) -> None:
    copy = pgbinaries.copy_installation(pgbinaries.installation(), tmp_path)
    version = subprocess.run([copy / "bin" / "initdb", "--version"], stdout=subprocess.PIPE)
    assert version.returncode == 0
    assert b"PostgreSQL" in version.stdout


def test_a_closed_parent_is_noticed(tmp_path: Path) -> None:
    inner = tmp_path / "closed" / "inner"
    inner.mkdir(parents=True)
    inner.parent.chmod(stat.S_IRWXU)
    assert not pgbinaries.open_to_all(inner)
    assert pgbinaries.open_to_all(Path(os.sep))
