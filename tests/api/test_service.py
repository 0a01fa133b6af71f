"""Test what those who run Portal ask it."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import flask_migrate
import pytest
import requests
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families

from config import SettingsError, load_settings
from portal import create_app
from portal.core.database import writing
from portal.core.migrations import prepare
from portal.models import WorkerHeartbeat, utc_now
from tests.support.patience import PATIENCE
from tests.support.servers.gunicorn import Server
from tests.support.servers.ports import free_port
from tests.support.shop import SECRETS, close_app, make_app

BEHIND = {"detail": "Faltan migraciones en la base de datos: ejecute flask db upgrade."}
NO_WORKER = "Ningún worker se ha mostrado en 2 minutos: ejecute flask worker."
AWAY = {"detail": "No se puede usar la base de datos."}


@pytest.fixture
def bare(tmp_path: Path) -> Iterator[Flask]:
    """An application whose database was never migrated."""
    app = create_app(load_settings(SECRETS, instance_path=str(tmp_path)))
    prepare(app)
    yield app
    close_app(app)


@pytest.mark.parametrize(
    ("ages", "warned"), [((), True), ((119,), False), ((121,), True), ((600, 5), False)]
)
def test_a_migrated_instance_is_ready(
    app: Flask, client: FlaskClient, ages: tuple[int, ...], warned: bool
) -> None:
    with app.app_context(), writing() as session:
        session.execute(sa.delete(WorkerHeartbeat))
        for age in ages:
            seen = utc_now() - timedelta(seconds=age)
            session.add(WorkerHeartbeat(name=f"worker {age}", at=seen))
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json["estado"]) == (200, "listo")
    assert answer.json["avisos"] == ([NO_WORKER] if warned else [])
    assert (figure(client.get("/metrics").text, "portal_workers") == 0) is warned


def test_an_instance_without_migrations_says_so(bare: Flask) -> None:
    answer = bare.test_client().get("/readyz")
    assert (answer.status_code, answer.json) == (503, BEHIND)
    assert bare.test_client().get("/healthz").status_code == 200


def test_an_instance_that_is_behind_says_so(bare: Flask) -> None:
    with bare.app_context():
        flask_migrate.upgrade()
        flask_migrate.stamp(revision="base")
    assert bare.test_client().get("/readyz").json == BEHIND


def test_a_database_that_is_away_is_named_and_not_shown(tmp_path: Path) -> None:
    url = f"postgresql://portal:hunter2@127.0.0.1:{free_port()}/portal"
    environ = SECRETS | {"DATABASE_URL": url}
    app = create_app(load_settings(environ, instance_path=str(tmp_path)))
    client = app.test_client()
    assert client.get("/healthz").json == {"estado": "vivo"}
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json) == (503, AWAY)
    body = {"email": "a@example.com", "password": "x"}
    login = client.post("/api/v1/auth/login", json=body)
    assert login.status_code == 503
    assert set(login.json) == {"detail"}
    assert "hunter2" not in answer.text + login.text
    close_app(app)


@pytest.mark.parametrize(
    ("allowed", "caller", "status"),
    [
        ("127.0.0.0/8,::1/128", "127.0.0.1", 200),
        ("127.0.0.0/8,::1/128", "::1", 200),
        ("127.0.0.0/8,::1/128", "10.0.0.1", 404),
        ("10.0.0.0/8", "10.9.9.9", 200),
        ("10.0.0.0/8", "127.0.0.1", 404),
        ("10.0.0.0/8", "::1", 404),
        ("", "127.0.0.1", 404),
        ("127.0.0.0/8", "unknown", 404),
        ("127.0.0.0/8", "", 404),
    ],
)
def test_only_the_allowed_read_the_figures(
    tmp_path: Path, allowed: str, caller: str, status: int
) -> None:
    app = create_app(load_settings(SECRETS, instance_path=str(tmp_path), metrics_allow=allowed))
    answer = app.test_client().get("/metrics", environ_overrides={"REMOTE_ADDR": caller})
    assert answer.status_code == status
    close_app(app)


@pytest.mark.parametrize("allowed", ["everyone", "10.0.0.1/8", "127.0.0.0/8;::1/128"])
def test_networks_that_are_none_stop_the_start(allowed: str) -> None:
    with pytest.raises(SettingsError, match="METRICS_ALLOW"):
        load_settings(SECRETS | {"DATABASE_URL": "sqlite://", "METRICS_ALLOW": allowed})


def figure(text: str, name: str, **labels: str) -> float:
    """The value of one sample, 0 where there is none yet."""
    samples = [
        sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if sample.name == name and labels.items() <= sample.labels.items()
    ]
    return sum(samples)


def test_requests_are_counted_by_route(client: FlaskClient) -> None:
    route = {"route": "/api/v1/payments/<reference>", "status": "401"}
    before = figure(client.get("/metrics").text, "portal_http_requests_total", **route)
    for reference in ("ord_1", "ord_2"):
        client.get(f"/api/v1/payments/{reference}")
    after = client.get("/metrics").text
    assert figure(after, "portal_http_requests_total", **route) == before + 2
    assert "ord_1" not in after


def test_processes_are_counted_together(tmp_path: Path) -> None:
    figures = tmp_path / "figures"
    figures.mkdir()
    close_app(make_app(tmp_path / "instance", None))
    environ = SECRETS | {
        "INSTANCE_PATH": str(tmp_path / "instance"),
        "PROMETHEUS_MULTIPROC_DIR": str(figures),
    }
    with Server(env=environ, workers=2, threads=2) as server, ThreadPoolExecutor(4) as pool:
        sent = 0
        while len(list(figures.glob("counter_*.db"))) < 2:
            list(pool.map(lambda _: requests.get(f"{server.url}/nada", timeout=PATIENCE), range(8)))
            sent += 8
        text = requests.get(f"{server.url}/metrics", timeout=PATIENCE).text
    assert figure(text, "portal_http_requests_total", route="none", status="404") == sent
