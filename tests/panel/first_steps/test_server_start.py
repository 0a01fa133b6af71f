"""Test what a server writes when it starts and nobody may enter yet."""

from __future__ import annotations

from pathlib import Path

import pytest
import requests

from portal.operators.first_run.invitation import PATH
from tests.support.patience import PATIENCE
from tests.support.servers.gunicorn import CONFIGURED, Server
from tests.support.shop import SECRETS, close_app, make_app
from tests.support.tenants import make_user


def links_of(server: Server) -> list[str]:
    return [line.strip() for line in server.stderr.splitlines() if PATH in line]


def test_the_first_start_writes_a_link_once(database_url: str, tmp_path: Path) -> None:
    app = make_app(tmp_path, database_url)
    named = {"DATABASE_URL": database_url} if database_url else {}
    environment = SECRETS | named | {"INSTANCE_PATH": str(tmp_path)}
    server = Server(env=environment, workers=2, arguments=CONFIGURED)
    with server:
        server.wait_until(lambda: links_of(server), "the link")
        (link,) = links_of(server)
        shown = requests.get(link.replace("http://127.0.0.1:8000", server.url), timeout=PATIENCE)
        assert shown.status_code == requests.codes.ok
        assert "Empiece aquí" in shown.text
    make_user(app)
    close_app(app)
    with Server(env=environment, workers=2, arguments=CONFIGURED) as later:
        assert links_of(later) == []


def test_a_database_that_is_not_there_stops_no_server(tmp_path: Path) -> None:
    nowhere = {"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none"}
    environment = SECRETS | nowhere | {"INSTANCE_PATH": str(tmp_path)}
    with Server(env=environment, arguments=CONFIGURED) as server:
        assert links_of(server) == []


@pytest.fixture(autouse=True)
def _quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    """No proxy of the environment's leads to this machine."""
    monkeypatch.setenv("NO_PROXY", "*")
