"""Test one line a request, known by its id, without a secret in it."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient

from portal.core.logs import configure_logs
from tests.support.tenants import PASSWORD, Tenant


@pytest.mark.parametrize("sent", ["pedido-0001", "a" * 64, "0123.abc_DEF-9"])
def test_a_callers_sane_id_is_kept(client: FlaskClient, sent: str) -> None:
    assert client.get("/healthz", headers={"X-Request-ID": sent}).headers["X-Request-ID"] == sent


@pytest.mark.parametrize("sent", ["", "short", "a" * 65, "with space", "<script>", "ñandúñandú"])
def test_any_other_id_is_replaced(client: FlaskClient, sent: str) -> None:
    made = client.get("/healthz", headers={"X-Request-ID": sent}).headers["X-Request-ID"]
    assert made != sent
    assert len(made) == 16


@pytest.fixture
def restored_logs() -> Iterator[None]:
    """Log to the test run's own stream again, after `capsys` has closed its."""
    yield
    configure_logs("INFO")


def test_no_secret_is_logged(
    client: FlaskClient,
    tenant: Tenant,
    restored_logs: None,
    capsys: pytest.CaptureFixture[str],
) -> None:
    configure_logs("INFO")
    client.get(
        f"/api/v1/payments/{tenant.api_key}",
        headers={**tenant.headers, "X-Request-ID": "pedido-0002"},
    )
    client.post("/api/v1/auth/login", json={"email": "a@example.com", "password": PASSWORD})
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    requests = [line for line in lines if line["event"] == "request"]
    assert [line["status"] for line in requests] == [404, 401]
    assert requests[0]["request_id"] == "pedido-0002"
    logged = json.dumps(lines)
    for secret in (tenant.api_key, tenant.api_key.removeprefix("jwt_"), PASSWORD):
        assert secret not in logged
