"""Prove that nobody sees another company's objects or does what their role may not; no secret is
shown.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from tests.api.admin.caller import Caller, log_in
from tests.support.tenants import Tenant, make_tenant

# Each answers anybody; all else below the two prefixes wants a session.
OPEN = {"/api/v1/auth/login"}
PUBLIC = (
    "/api/v1/config",
    "/api/v1/catalogo",
    "/api/v1/payments",
    "/api/v1/hotspot",
    "/api/v1/webhooks",
)
# Below these an id in the path names something that belongs to one company.
OWN = "/api/v1/admin/"
MANAGED = "/admin/empresas/<company_id>/"
# What a call needs to be understood before it looks for what its path names.
WHY = {"motivo": "Prueba"}
BODIES = {
    "/api/v1/admin/mi-empresa/transacciones/<sale_id>/reembolso": WHY,
    "/api/v1/admin/mi-empresa/fichas/<voucher_id>/anular": WHY,
    "/api/v1/admin/mi-empresa/fichas/lotes/<batch_id>/anular": WHY,
}
SECRETS = ("key_private", "planted", "$argon2")


def routes(app: Flask) -> Iterator[tuple[str, str]]:
    """Each method and rule of the administration."""
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith(("/api/v1/", "/admin/")) and not rule.rule.startswith(PUBLIC):
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
                yield method, rule.rule


def filled(rule: str, tenant: Tenant) -> str:
    """The rule's path, naming what is the tenant's."""
    values = {
        "<company_id>": tenant.company_id,
        "<router_id>": tenant.router_id,
        "<int:product_id>": str(tenant.plan_ids[0]),
        "<int:user_id>": "1",
        "<int:alert_id>": "1",
        "<key_id>": "key_0000000000000000",
        "<sale_id>": "sal_00000000000000000000000000000000",
        "<voucher_id>": "vou_00000000000000000000",
        "<batch_id>": "lot_000000000000",
    }
    for placeholder, value in values.items():
        rule = rule.replace(placeholder, value)
    assert "<" not in rule, f"say what {rule} names"
    return rule


@pytest.fixture
def stranger(app: Flask) -> Tenant:
    return make_tenant(app, "Ajena")


def test_nothing_answers_without_a_session(app: Flask, tenant: Tenant) -> None:
    client = app.test_client()
    open_to_all = {
        rule
        for method, rule in routes(app)
        if client.open(filled(rule, tenant), method=method, json={}).status_code != 401
    }
    assert open_to_all == OPEN
    assert len(list(routes(app))) > 30


def test_a_foreign_session_token_opens_nothing(app: Flask, tenant: Tenant) -> None:
    client = app.test_client()
    for method, rule in routes(app):
        if rule not in OPEN:
            bearer = {"Authorization": f"Bearer {tenant.api_key}"}
            answer = client.open(filled(rule, tenant), method=method, headers=bearer, json={})
            assert answer.status_code == 401, rule


def test_an_operator_is_no_super_admin(app: Flask, tenant: Tenant) -> None:
    operator = log_in(app, tenant.company_id)
    managed = [(method, rule) for method, rule in routes(app) if rule.startswith("/admin/")]
    assert len(managed) > 15
    for method, rule in managed:
        assert operator.call(method, filled(rule, tenant), json={}).status_code == 403, rule


def test_a_super_admin_names_the_company_to_act_for(
    app: Flask, root: Caller, tenant: Tenant
) -> None:
    own = [(method, rule) for method, rule in routes(app) if rule.startswith(OWN)]
    for method, rule in own:
        assert root.call(method, filled(rule, tenant), json={}).status_code == 403, rule


def test_an_operator_acts_for_no_other_company(
    app: Flask, tenant: Tenant, stranger: Tenant
) -> None:
    operator = log_in(app, tenant.company_id)
    operator.headers["X-Empresa-ID"] = stranger.company_id
    assert operator.get("/api/v1/admin/mi-empresa").status_code == 403


def test_another_companys_objects_are_not_found(
    app: Flask, tenant: Tenant, stranger: Tenant
) -> None:
    operator = log_in(app, tenant.company_id)
    named = [(m, rule) for m, rule in routes(app) if rule.startswith(OWN) and "<" in rule]
    assert len(named) >= 7
    for method, rule in named:
        answer = operator.call(method, filled(rule, stranger), json=BODIES.get(rule, {}))
        if method == "GET":
            answer = operator.call(method, filled(rule, stranger))
        assert answer.status_code == 404, rule
        assert stranger.company_id not in answer.text


def test_a_companys_path_leads_to_its_own_routers_only(
    app: Flask, root: Caller, tenant: Tenant, stranger: Tenant
) -> None:
    crossed = Tenant(tenant.company_id, stranger.router_id, "", stranger.plan_ids)
    named = [(m, r) for m, r in routes(app) if r.startswith(MANAGED) and "<router_id>" in r]
    assert len(named) >= 8
    for method, rule in named:
        answer = root.call(method, filled(rule, crossed), json={})
        assert answer.status_code == 404, rule
    assert root.get(f"/admin/empresas/{stranger.company_id}/routers").json["total"] == 1


def test_lists_hold_only_ones_own(app: Flask, tenant: Tenant, stranger: Tenant) -> None:
    operator = log_in(app, tenant.company_id)
    lists = [r for m, r in routes(app) if m == "GET" and r.startswith(OWN) and "<" not in r]
    for rule in lists:
        answer = operator.get(rule)
        assert answer.status_code == 200, rule
        for name in (stranger.company_id, stranger.router_id, "Ajena"):
            assert name not in answer.text, rule


def test_no_answer_shows_a_secret(app: Flask, root: Caller, tenant: Tenant) -> None:
    acting = root.acting_for(tenant.company_id)
    acting.put("/api/v1/admin/mi-empresa", {"telegram_bot_token": "planted:telegram"})
    router = f"/api/v1/admin/mi-empresa/routers/{tenant.router_id}"
    acting.put(router, {"password": "planted-password"})
    for method, rule in routes(app):
        if method == "GET":
            answer = acting.get(filled(rule, tenant))
            assert not [secret for secret in SECRETS if secret in answer.text], rule


def test_ids_that_no_database_holds_are_not_found(root: Caller, tenant: Tenant) -> None:
    acting = root.acting_for(tenant.company_id)
    for path in (
        "/api/v1/admin/mi-empresa/routers/%00",
        "/api/v1/admin/mi-empresa/routers/" + "x" * 3000,
        "/api/v1/admin/products/99999999999999999999999",
        "/api/v1/admin/products/0",
        "/admin/empresas/%F0%9F%92%A9",
        "/admin/empresas/EMP_%00/routers",
        "/admin/usuarios/99999999999999999999999",
    ):
        answer = acting.get(path)
        assert answer.status_code == 404, path
        assert list(answer.json) == ["detail"]


def test_acting_for_a_company_is_shown(root: Caller, tenant: Tenant) -> None:
    answer = root.acting_for(tenant.company_id).get("/api/v1/admin/mi-empresa")
    assert answer.headers["X-Actuando-Por"] == tenant.company_id
    assert root.acting_for("EMP_0000000000").get("/api/v1/admin/mi-empresa").status_code == 404
