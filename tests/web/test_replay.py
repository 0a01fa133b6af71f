"""Test that an answer is sent again without waking the application, and only where it is right."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask import Flask, Response, request, request_started
from flask.testing import FlaskClient
from prometheus_client import REGISTRY
from werkzeug.test import TestResponse

from portal.core.logs import configure_logs
from portal.operators import api_keys, plans
from tests.support.shop import close_app, make_app
from tests.support.tenants import ACTOR, Tenant, make_tenant

PATH = "/api/v1/catalogo_perfiles_venta"
ROUTES = (PATH, "/api/v1/config/public", f"{PATH}/<int:product_id>")


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    app = make_app(tmp_path, None, cache_seconds=3600.0)
    yield app
    close_app(app)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def tenant(app: Flask) -> Tenant:
    return make_tenant(app, "Café Ñandú")


@contextmanager
def woken(app: Flask) -> Iterator[list[str]]:
    """The paths for which the application is woken while the block lasts."""
    paths: list[str] = []

    def note(sender: Flask, **_more: object) -> None:
        paths.append(request.path)

    with request_started.connected_to(note, app):
        yield paths


def asked_twice(app: Flask, ask: Callable[[], TestResponse]) -> tuple[TestResponse, TestResponse]:
    with woken(app) as paths:
        answers = ask(), ask()
    assert len(paths) == 1
    return answers


@pytest.mark.parametrize("origin", [None, "http://10.5.50.1"])
@pytest.mark.parametrize("number", range(3))
def test_all_but_the_requests_id_is_the_same(
    app: Flask, client: FlaskClient, tenant: Tenant, number: int, origin: str | None
) -> None:
    path = ROUTES[number].replace("<int:product_id>", str(tenant.plan_ids[0]))
    headers = tenant.headers | ({"Origin": origin} if origin else {})
    first, second = asked_twice(app, lambda: client.get(path, headers=headers))
    assert first.status_code == second.status_code == 200
    assert first.data == second.data
    ids = [answer.headers.pop("X-Request-ID") for answer in (first, second)]
    assert ids[0] != ids[1]
    assert sorted(first.headers) == sorted(second.headers)


def test_who_has_it_already_is_told_so(app: Flask, client: FlaskClient, tenant: Tenant) -> None:
    etag = client.get(PATH, headers=tenant.headers).headers["ETag"]
    headers = tenant.headers | {"If-None-Match": etag}
    for answer in asked_twice(app, lambda: client.get(PATH, headers=headers)):
        assert (answer.status_code, answer.data, answer.headers["ETag"]) == (304, b"", etag)


def test_it_is_logged_and_counted_as_any_other(
    client: FlaskClient, tenant: Tenant, capsys: pytest.CaptureFixture[str]
) -> None:
    labels = {"method": "GET", "route": PATH, "status": "200"}
    before = REGISTRY.get_sample_value("portal_http_requests_total", labels) or 0
    configure_logs("INFO")
    try:
        for number in range(2):
            client.get(PATH, headers=tenant.headers | {"X-Request-ID": f"pedido-{number}"})
        lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    finally:
        configure_logs("INFO")
    assert REGISTRY.get_sample_value("portal_http_requests_total", labels) == before + 2
    told = [(line["event"], line["path"], line["status"]) for line in lines]
    assert told == [("request", PATH, 200)] * 2
    assert [line["request_id"] for line in lines] == ["pedido-0", "pedido-1"]
    assert lines[0].keys() == lines[1].keys()


def test_each_key_has_its_own(app: Flask, client: FlaskClient, tenant: Tenant) -> None:
    other = make_tenant(app, "Otra")
    answers = [client.get(PATH, headers=each.headers).json for each in (tenant, other, tenant)]
    assert answers[0] == answers[2] != answers[1]
    assert client.get(PATH).status_code == 401
    assert client.get(PATH, headers={"X-API-Key": other.api_key + "x"}).status_code == 401


def test_another_question_wakes_the_application(
    app: Flask, client: FlaskClient, tenant: Tenant
) -> None:
    client.get(PATH, headers=tenant.headers)
    with woken(app) as paths:
        client.head(PATH, headers=tenant.headers)
        client.options(PATH, headers=tenant.headers)
        client.get(f"{PATH}?x=1", headers=tenant.headers)
        client.get(PATH, headers=tenant.headers, base_url="https://localhost")
    assert len(paths) == 4


def test_what_is_no_longer_trusted_is_not_sent_again(tmp_path: Path) -> None:
    app = make_app(tmp_path, None, cache_seconds=0.0)
    tenant = make_tenant(app, "Café")
    client = app.test_client()
    try:
        with app.app_context():
            plans.update(ACTOR, tenant.company_id, tenant.plan_ids[0], name="Otro nombre")
        assert client.get(PATH, headers=tenant.headers).json[0]["nombre_venta"] == "Otro nombre"
        with app.app_context():
            key = api_keys.newest(tenant.company_id, tenant.router_id)
            assert key is not None
            api_keys.revoke(ACTOR, tenant.company_id, tenant.router_id, key.id)
        assert client.get(PATH, headers=tenant.headers).status_code == 401
    finally:
        close_app(app)


def test_what_went_wrong_after_all_is_tried_again(
    app: Flask, client: FlaskClient, tenant: Tenant
) -> None:
    app.config["PROPAGATE_EXCEPTIONS"] = False
    failures = [RuntimeError("once")]

    @app.after_request
    def fail_once(response: Response) -> Response:
        if failures:
            raise failures.pop()
        return response

    told = [client.get(PATH, headers=tenant.headers).status_code for _ in range(2)]
    assert told == [500, 200]


def test_many_questions_do_not_fill_the_process(app: Flask, tenant: Tenant) -> None:
    client, replay = app.test_client(), app.wsgi_app
    for number in range(1030):
        client.get(f"{PATH}?{number}", headers=tenant.headers)
    assert len(replay._kept) <= 1024  # type: ignore[attr-defined]
