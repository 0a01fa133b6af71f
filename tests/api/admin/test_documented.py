"""Prove that answers are what the OpenAPI document says they are."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from jsonschema import Draft202012Validator

from tests.api.admin.caller import Caller
from tests.api.admin.sold import make_sale
from tests.support.tenants import Tenant

NAMES = re.compile(r"{(\w+)}")
NEW_PRODUCT = {"nombre_venta": "Semana", "precio": "99.90", "perfil_mikrotik_nombre": "semana"} | {
    "duracion_minutos": 10080
}
NEW_ROUTER = {"nombre": "Azotea", "host": "10.0.0.1", "usuario": "api", "password": "x"}
NEW_COMPANY = {"nombre": "Otra", "contacto_email": "otra@example.com"}


@pytest.fixture(scope="module")
def document(app: Flask) -> dict[str, Any]:
    found: dict[str, Any] = app.test_client().get("/api/openapi.json").json
    return found


def check(document: dict[str, Any], method: str, path: str, status: int, answer: Any) -> None:
    """The answer has the documented shape; every field that it carries is documented."""
    said = document["paths"][path][method]["responses"][str(status)]
    schema = said["content"]["application/json"]["schema"]
    Draft202012Validator({**schema, "components": document["components"]}).validate(answer)


def answers_json(methods: dict[str, Any]) -> bool:
    """Whether it can be read, as JSON: kits, sheets and tables are files."""
    answers = methods.get("get", {}).get("responses", {}).get("200", {})
    return "application/json" in answers.get("content", {})


def test_what_is_read_is_as_documented(
    app: Flask, document: dict[str, Any], root: Caller, tenant: Tenant
) -> None:
    sale_id = make_sale(app, tenant, datetime.now(UTC), "delivered")
    acting = root.acting_for(tenant.company_id)
    values = {
        "company_id": tenant.company_id,
        "router_id": tenant.router_id,
        "product_id": tenant.plan_ids[0],
        "user_id": root.get("/api/v1/auth/me").json["id"],
        "sale_id": sale_id,
    }
    # These ask a router, and a super_admin is nobody of a company's.
    others = ("/test-connection", "/mikrotik-profiles", "/check", "/activos", "/personas/{user_id}")
    paths = [
        path
        for path, methods in document["paths"].items()
        if "/admin/" in path and not path.endswith(others) and answers_json(methods)
        # What stands in other paths is made, and read, where the answers' examples are tried.
        if set(NAMES.findall(path)) <= set(values)
    ]
    assert len(paths) > 15
    for path in paths:
        answer = acting.get(path.format(**values))
        assert answer.status_code == 200, path
        check(document, "get", path, 200, answer.json)


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/api/v1/admin/products", NEW_PRODUCT),
        ("/api/v1/admin/mi-empresa/routers", NEW_ROUTER),
        ("/admin/empresas", NEW_COMPANY),
    ],
)
def test_what_is_made_is_as_documented(
    document: dict[str, Any], root: Caller, tenant: Tenant, path: str, body: dict[str, Any]
) -> None:
    answer = root.acting_for(tenant.company_id).post(path, body)
    assert answer.status_code == 201
    check(document, "post", path, 201, answer.json)
