"""Test administrators by HTTP."""

from __future__ import annotations

from flask import Flask

from tests.api.admin.caller import Caller, log_in
from tests.support.tenants import Tenant

PASSWORD = "planted password"


def new(email: str, **values: object) -> dict[str, object]:
    return {"email": email, "password": PASSWORD, "nombre": "Ana", "rol": "super_admin", **values}


def log_in_as(caller: Caller, email: str) -> int:
    body = {"email": email, "password": PASSWORD}
    return caller.client.post("/api/v1/auth/login", json=body).status_code


def test_a_new_operator_may_log_in(root: Caller, tenant: Tenant) -> None:
    body = new("Nueva@Example.com", rol="cliente_admin", empresa_id=tenant.company_id)
    answer = root.post("/admin/usuarios", body)
    assert answer.status_code == 201
    assert "password" not in answer.json
    assert (answer.json["email"], answer.json["activo"]) == ("nueva@example.com", True)
    assert root.get(f"/admin/usuarios/{answer.json['id']}").json == answer.json
    assert log_in_as(root, "nueva@example.com") == 200


def test_an_email_is_used_once(root: Caller) -> None:
    assert root.post("/admin/usuarios", new("doble@example.com")).status_code == 201
    assert root.post("/admin/usuarios", new("DOBLE@example.com")).status_code == 409


def test_a_role_and_its_company_go_together(root: Caller, tenant: Tenant) -> None:
    for values in (
        {"rol": "super_admin", "empresa_id": tenant.company_id},
        {"rol": "cliente_admin"},
        {"rol": "cliente_admin", "empresa_id": None},
    ):
        answer = root.post("/admin/usuarios", new("rol@example.com", **values))
        assert answer.status_code == 422
        assert list(answer.json["errores"]) == ["empresa_id"]


def test_a_locked_out_user_is_out_at_once(root: Caller, app: Flask, tenant: Tenant) -> None:
    operator = log_in(app, tenant.company_id)
    who = operator.get("/api/v1/auth/me").json
    path = f"/admin/usuarios/{who['id']}/toggle-activo"
    assert root.put(path).json["activo"] is False
    assert operator.get("/api/v1/auth/me").status_code == 401
    assert root.put(path, {"activo": True}).json["activo"] is True
    assert operator.get("/api/v1/auth/me").status_code == 401


def test_users_are_listed(root: Caller) -> None:
    page = root.get("/admin/usuarios", limit=1).json
    assert (page["limit"], len(page["usuarios"])) == (1, 1)
    assert page["total"] >= 1
