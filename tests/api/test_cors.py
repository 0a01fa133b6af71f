"""Prove that a page that the router serves calls the public endpoints, and no others."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from tests.support.tenants import Tenant

ORIGIN = "http://10.5.50.1"
PUBLIC = [
    ("GET", "/api/v1/config/public"),
    ("GET", "/api/v1/catalogo_perfiles_venta"),
    ("GET", "/api/v1/catalogo_perfiles_venta/1"),
    ("POST", "/api/v1/payments/pagar-conekta"),
    ("GET", "/api/v1/payments/ord_1"),
]
HEADERS = "X-API-Key, Authorization, Content-Type, Idempotency-Key"


@pytest.mark.parametrize(("method", "path"), PUBLIC)
def test_a_preflight_passes_without_a_key(client: FlaskClient, method: str, path: str) -> None:
    answer = client.options(
        path,
        headers={
            "Origin": ORIGIN,
            "Access-Control-Request-Method": method,
            "Access-Control-Request-Headers": HEADERS.lower(),
        },
    )
    assert answer.status_code == 200
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert method in answer.headers["Access-Control-Allow-Methods"]
    allowed = answer.headers["Access-Control-Allow-Headers"].lower().split(", ")
    assert set(allowed) == set(HEADERS.lower().split(", "))
    assert "Access-Control-Allow-Credentials" not in answer.headers


@pytest.mark.parametrize(("method", "path"), PUBLIC)
def test_errors_can_be_read_too(client: FlaskClient, method: str, path: str) -> None:
    answer = client.open(path, method=method, headers={"Origin": ORIGIN})
    assert answer.status_code == 401
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "X-Request-ID" in answer.headers["Access-Control-Expose-Headers"]


def test_answers_can_be_read(client: FlaskClient, tenant: Tenant) -> None:
    path = "/api/v1/catalogo_perfiles_venta"
    answer = client.get(path, headers={**tenant.headers, "Origin": ORIGIN})
    assert answer.status_code == 200
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/auth/login",
        "/api/v1/auth/me",
        "/api/v1/admin/mi-empresa",
        "/admin/empresas",
        "/metrics",
    ],
)
def test_the_rest_is_not_for_other_origins(client: FlaskClient, path: str) -> None:
    for answer in (
        client.get(path, headers={"Origin": ORIGIN}),
        client.options(path, headers={"Origin": ORIGIN, "Access-Control-Request-Method": "POST"}),
    ):
        assert not [name for name in dict(answer.headers) if name.startswith("Access-Control")]
