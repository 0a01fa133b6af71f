"""Test who may call what: every operation, as everybody there is."""

from __future__ import annotations

import pytest
from flask import Flask

from portal.models.admin_user import Role
from tests.api.admin.caller import Caller
from tests.api.admin.test_policy import MANAGED, OPEN, OWN, belongings, filled, routes
from tests.support.tenants import PASSWORD, Tenant, make_tenant, make_user

# All that a cashier may call, besides what is his own (`/api/v1/auth/…`): he sells and looks.
CASHIERS = {
    ("GET", "/api/v1/admin/products"),
    ("GET", "/api/v1/admin/products/<int:product_id>"),
    ("GET", "/api/v1/admin/mi-empresa/alertas"),
    ("GET", "/api/v1/admin/mi-empresa/fichas"),
    ("POST", "/api/v1/admin/mi-empresa/fichas"),
    ("GET", "/api/v1/admin/mi-empresa/fichas/<voucher_id>"),
    ("GET", "/api/v1/admin/mi-empresa/fichas/<voucher_id>.escpos"),
    ("GET", "/api/v1/admin/mi-empresa/routers/<router_id>/activos"),
    ("POST", "/api/v1/admin/mi-empresa/routers/<router_id>/activos/<session_key>/desconectar"),
    ("GET", "/api/v1/admin/mi-empresa/routers/<router_id>/diagnostico"),
    ("GET", "/api/v1/admin/mi-empresa/dashboard"),
    ("GET", "/api/v1/admin/mi-empresa/routers"),
    ("GET", "/api/v1/admin/mi-empresa/routers/<router_id>"),
    ("GET", "/api/v1/admin/mi-empresa/routers/<router_id>/activos"),
    ("GET", "/api/v1/admin/mi-empresa/routers/<router_id>/diagnostico"),
    ("POST", "/api/v1/admin/mi-empresa/routers/<router_id>/activos/<session_key>/desconectar"),
    ("GET", "/api/v1/admin/mi-empresa/transacciones"),
    ("GET", "/api/v1/admin/mi-empresa/transacciones/<sale_id>"),
}
COMPANY, SUPER = "cliente_admin", "super_admin"
SHUT = (401, 403)


def admitted(method: str, rule: str) -> set[str]:
    """The roles that the contract lets in; a super_admin calls a company's by naming it."""
    if rule.startswith("/api/v1/auth/"):
        return {*Role}
    if rule.startswith("/admin/"):
        return {SUPER}
    assert rule.startswith(OWN), f"say whose {rule} is"
    return {COMPANY} | ({"cajero"} if (method, rule) in CASHIERS else set())


def as_role(app: Flask, tenant: Tenant, role: Role) -> Caller:
    user = make_user(app, None if role == Role.SUPER_ADMIN else tenant.company_id, role=role)
    client = app.test_client()
    answer = client.post("/api/v1/auth/login", json={"email": user.email, "password": PASSWORD})
    return Caller(client, {"Authorization": f"Bearer {answer.json['access_token']}"})


def leaving_last(app: Flask) -> list[tuple[str, str]]:
    """Every operation that wants a session; what ends one or takes something away comes last."""
    closed = [route for route in routes(app) if route[1] not in OPEN]
    return sorted(closed, key=lambda route: (route[1].endswith("/logout"), route[0] == "DELETE"))


@pytest.mark.parametrize("role", list(Role))
def test_everybody_calls_what_is_theirs_alone(app: Flask, tenant: Tenant, role: Role) -> None:
    caller, named = as_role(app, tenant, role), belongings(app, tenant)
    for method, rule in leaving_last(app):
        body = {} if method == "GET" else {"json": {}}
        status = caller.call(method, filled(rule, tenant, named), **body).status_code
        if role in admitted(method, rule):
            assert status not in SHUT, (method, rule)
        else:
            assert status == 403, (method, rule)


def test_a_super_admin_calls_what_is_a_companys_by_naming_it(app: Flask, tenant: Tenant) -> None:
    caller, named = as_role(app, tenant, Role.SUPER_ADMIN), belongings(app, tenant)
    acting = caller.acting_for(tenant.company_id)
    for method, rule in leaving_last(app):
        if rule.startswith(OWN):
            body = {} if method == "GET" else {"json": {}}
            status = acting.call(method, filled(rule, tenant, named), **body).status_code
            assert status not in SHUT, (method, rule)


def test_every_operation_says_who_may_enter(app: Flask) -> None:
    """In the documentation, as it is."""
    document = app.test_client().get("/api/openapi.json").json
    said = {
        (method.upper(), path): set(operation["x-roles"])
        for path, item in document["paths"].items()
        for method, operation in item.items()
        if isinstance(operation, dict) and "x-roles" in operation
    }
    assert said == {
        (method, rule.replace("<int:", "{").replace("<", "{").replace(">", "}")): admitted(
            method, rule
        )
        for method, rule in routes(app)
        if rule not in OPEN
    }


def test_a_cashier_of_another_company_is_as_much_a_stranger(app: Flask, tenant: Tenant) -> None:
    caller = as_role(app, make_tenant(app, "Ajena"), Role.CASHIER)
    theirs = belongings(app, tenant)
    for method, rule in CASHIERS:
        if "<" in rule:
            assert caller.call(method, filled(rule, tenant, theirs)).status_code == 404, rule
    caller.headers["X-Empresa-ID"] = tenant.company_id
    assert caller.get("/api/v1/admin/products").status_code == 403
    assert caller.get(MANAGED.replace("<company_id>/", tenant.company_id)).status_code == 403
