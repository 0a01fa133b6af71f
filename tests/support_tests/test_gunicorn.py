"""Test the application under gunicorn, and the client that calls it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.support.processes.family import runs
from tests.support.processes.process import ProcessFailed
from tests.support.servers.gunicorn import Server
from tests.support.servers.http import Api

APP = "tests.support_tests.health_app:app"


def test_it_serves_with_as_many_workers_as_asked() -> None:
    with Server(APP, workers=2, threads=3) as server, Api(server.url) as api:
        assert api.get("/").status_code == 200
        server.wait_until(lambda: len(server.family()) == 1 + 2, "two workers")
        members = server.family()
    assert not any(map(runs, members))
    assert server.left_running == []


def test_it_comes_back_on_its_port_after_a_crash() -> None:
    with Server(APP) as server, Api(server.url) as api, ThreadPoolExecutor() as pool:
        before = api.get("/").json()["pid"]
        server.kill()
        with Api(server.url) as customer:
            waiting = pool.submit(customer.get, "/")
            server.start()
            assert waiting.result(10).json()["pid"] == api.get("/").json()["pid"] != before


def test_an_application_that_does_not_boot_fails_with_its_words() -> None:
    with pytest.raises(ProcessFailed, match="no vale la configuración"):
        Server(APP, {"BREAK": "boot"}).__enter__()


def test_an_application_that_is_not_well_is_not_served() -> None:
    with pytest.raises(ProcessFailed, match="/healthz"):
        Server(APP, {"BREAK": "health"}, healthy_within=0.5).__enter__()


def test_the_client_sends_what_the_contract_names() -> None:
    with Server(APP) as server, Api(server.url, key="jwt_1", token="abc") as api:
        seen = api.post("/x", {"nombre": "ñ"}, Idempotency_Key="k1").json()
    assert seen["headers"]["HTTP_X_API_KEY"] == "jwt_1"
    assert seen["headers"]["HTTP_AUTHORIZATION"] == "Bearer abc"
    assert seen["headers"]["HTTP_IDEMPOTENCY_KEY"] == "k1"
    assert seen["body"] in ('{"nombre": "\\u00f1"}', '{"nombre": "ñ"}')
