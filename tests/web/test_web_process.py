"""Test what a web process carries with it: no module that it has no use for, and little memory."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator

import pytest
import requests

from tests.support.databases.migrated import copy_sqlite
from tests.support.patience import PATIENCE
from tests.support.processes.commands import run
from tests.support.processes.memory import private
from tests.support.servers.gunicorn import CONFIGURED, Server
from tests.support.shop import SECRETS

# Every web process has what is loaded before it is forked off. What comes later, each has alone.
NOT_LOADED = {
    "alembic": "only `flask db` walks migrations; /readyz reads which there are by itself",
    "mako": "Alembic's, for new migrations",
    "flask_migrate": "as Alembic",
    "portal.cli.all_commands": "commands are for whoever sits at the server",
    "portal.sandbox": "no sandbox is part of the application",
    "PIL": "pictures are uploaded, and codes printed, once in a while",
    "fpdf": "as Pillow",
    "fontTools": "fpdf2's",
    "escpos": "as Pillow",
    "flask_swagger_ui": "its files are found without it",
    "redis": "only where RATELIMIT_STORAGE_URI names one",
    "dns": "an address is checked without asking its domain",
    "pytest": "tests",
}
PATHS = ("/healthz", "/readyz", "/metrics", "/panel/entrar", "/api/openapi.json")
LOADED = f"""
import json, sys
import portal.server
import wsgi
client = wsgi.app.test_client()
answers = [client.get(path).status_code for path in {PATHS!r}]
print(json.dumps([answers, sorted(sys.modules)]))
"""
WORKERS = 4
MIB = 2**20


@pytest.fixture(scope="module")
def environ(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("web_process")
    copy_sqlite(folder, SECRETS)
    return SECRETS | {"INSTANCE_PATH": str(folder)}


@pytest.fixture(scope="module")
def loaded(environ: dict[str, str]) -> set[str]:
    """What a process has loaded that was started as gunicorn is, and has served some pages."""
    ended = run([sys.executable, "-c", LOADED], environ)
    assert ended.returncode == 0, ended.stderr
    answers, modules = json.loads(ended.stdout.splitlines()[-1])
    assert answers == [200] * len(PATHS)
    return set(modules)


@pytest.mark.parametrize("name", NOT_LOADED)
def test_it_loads_nothing_that_it_has_no_use_for(loaded: set[str], name: str) -> None:
    found = [module for module in loaded if f"{module}.".startswith(f"{name}.")]
    assert not found, NOT_LOADED[name]


def test_processes_share_most_of_their_memory(environ: dict[str, str]) -> None:
    # Forked it would share more, with what it was forked from.
    started = Server(env=environ, workers=WORKERS, threads=64, arguments=CONFIGURED, forked=False)
    with started as server:
        for _ in ask_often(server):
            pass
        _, *workers = server.family()
        found = [(private(worker), worker.memory_info().rss) for worker in workers]

    assert len(workers) == WORKERS
    for own, whole in found:
        assert own < whole / 2, (own // MIB, whole // MIB)


def ask_often(server: Server) -> Iterator[requests.Response]:
    for _ in range(50 * WORKERS):
        # On a connection of its own, so that every process gets some.
        yield requests.get(f"{server.url}/panel/entrar", timeout=PATIENCE)
