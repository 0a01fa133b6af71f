"""Prove that nobody sees another company's objects or does what their role may not; no secret is
shown.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from portal.alerts.kinds import AlertKind
from portal.alerts.open_alerts import raise_alert
from portal.core.database import reading, writing
from portal.models import AdminSession, AdminUser, Alert, ApiKey, Sale, utc_now
from portal.operators.vouchers.batches import BatchOrder, order_batch
from portal.operators.vouchers.counter import CounterSale, sell_code
from portal.web.operator_schemas.tunnel_schemas import EXAMPLE as TUNNEL_KEY
from tests.api.admin.caller import Caller, log_in
from tests.api.admin.sold import make_sale
from tests.support.tenants import ACTOR, Tenant, make_tenant, make_user
from tests.vouchers.conftest import person

# Each answers anybody; all else below the two prefixes wants a session.
OPEN = {"/api/v1/auth/login"}
PUBLIC = (
    "/api/v1/config",
    "/api/v1/catalogo",
    "/api/v1/payments",
    "/api/v1/hotspot",
    "/api/v1/kit",
    "/api/v1/webhooks",
)
# Below these an id in the path names something that belongs to one company.
OWN = "/api/v1/admin/"
MANAGED = "/admin/empresas/<company_id>/"
# Every company finds the same gateways there, and behind them its own keys alone.
GATEWAY = "<provider>"
# What a call needs to be understood before it looks for what its path names.
WHY = {"motivo": "Prueba"}
BODIES = {
    "/api/v1/admin/mi-empresa/routers/<router_id>/tunel": TUNNEL_KEY,
    "/api/v1/admin/mi-empresa/transacciones/<sale_id>/reembolso": WHY,
    "/api/v1/admin/mi-empresa/fichas/<voucher_id>/anular": WHY,
    "/api/v1/admin/mi-empresa/fichas/lotes/<batch_id>/anular": WHY,
    "/api/v1/admin/mi-empresa/accesos/<access_id>/tiempo": {"minutos": 5, **WHY},
}
NEW_PRODUCT = {"perfil_mikrotik_nombre": "1hora", "nombre_venta": "Tarde", "precio": "35.00"}
# Nobody answers at a tenant's router.
ASKS_THE_ROUTER = ("/mikrotik-profiles", "/test-connection", "/check", "/activos")
SECRETS = ("key_private", "planted", "$argon2")


def routes(app: Flask) -> Iterator[tuple[str, str]]:
    """Each method and rule of the administration."""
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith(("/api/v1/", "/admin/")) and not rule.rule.startswith(PUBLIC):
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
                yield method, rule.rule


def filled(rule: str, tenant: Tenant, more: dict[str, str] | None = None) -> str:
    """The rule's path, naming what is the tenant's; `more` names what there really is."""
    values = {
        "<company_id>": tenant.company_id,
        "<router_id>": tenant.router_id,
        "<int:product_id>": str(tenant.plan_ids[0]),
        "<int:user_id>": "1",
        "<int:alert_id>": "1",
        "<key_id>": "key_0000000000000000",
        "<sale_id>": "sal_00000000000000000000000000000000",
        "<access_id>": "acc_00000000000000000000",
        "<session_key>": "1A-AABBCCDDEEFF",
        "<voucher_id>": "vou_00000000000000000000",
        "<batch_id>": "lot_000000000000",
        "<session_id>": "ses_00000000000000000000000000000000",
        GATEWAY: "conekta",
    } | (more or {})
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


def belongings(app: Flask, tenant: Tenant) -> dict[str, str]:
    """What there is of a company's besides routers and plans, as paths name it."""
    user = make_user(app, tenant.company_id)
    with app.app_context(), writing() as session:
        login = AdminSession(user_id=user.id, expires_at=utc_now() + timedelta(hours=1))
        session.add(login)
        raise_alert(session, tenant.company_id, AlertKind.PARKED, "sal_x", "Decida.")
        session.flush()
        alerts = select(Alert.id).where(Alert.company_id == tenant.company_id)
        keys = select(ApiKey.id).where(ApiKey.router_id == tenant.router_id)
        found = {
            "<int:user_id>": str(user.id),
            "<session_id>": login.id,
            "<int:alert_id>": str(session.scalars(alerts).first()),
            "<key_id>": str(session.scalars(keys).first()),
        }
    sale_id = make_sale(app, tenant, utc_now(), "delivered")
    with app.app_context(), reading() as session:
        access_id = session.get_one(Sale, sale_id).access_id
        codes = {"<batch_id>": _batch(tenant), "<voucher_id>": _voucher(tenant, user)}
    return found | codes | {"<sale_id>": sale_id, "<access_id>": access_id}


def _batch(tenant: Tenant) -> str:
    order = BatchOrder(tenant.plan_ids[0], number=3, seller="Abarrotes Ajena")
    return order_batch(ACTOR, tenant.company_id, order).id


def _voucher(tenant: Tenant, user: AdminUser) -> str:
    """One that no router has heard of yet."""
    return sell_code(ACTOR, tenant.company_id, person(user), CounterSale(tenant.plan_ids[0]))


def call(caller: Caller, method: str, rule: str, path: str) -> int:
    body = {} if method == "GET" else {"json": BODIES.get(rule, {})}
    answer = caller.call(method, path, **body)
    assert "Ajena" not in answer.text
    return answer.status_code


@pytest.mark.parametrize("acting", [False, True])
def test_another_companys_objects_are_not_found(
    app: Flask, root: Caller, tenant: Tenant, stranger: Tenant, acting: bool
) -> None:
    operator = root.acting_for(tenant.company_id) if acting else log_in(app, tenant.company_id)
    theirs, named = belongings(app, stranger), [*named_routes(app)]
    assert len(named) >= 12
    for method, rule in named:
        path = filled(rule, stranger, theirs)
        assert call(operator, method, rule, path) == 404, (method, rule)
    # What nobody else finds is there.
    owner = log_in(app, stranger.company_id)
    for method, rule in named:
        if method == "GET" and not rule.endswith(ASKS_THE_ROUTER):
            answer = owner.get(filled(rule, stranger, theirs))
            assert answer.status_code == 200, rule


def named_routes(app: Flask) -> Iterator[tuple[str, str]]:
    """Those whose paths name something that belongs to one company, or to one of its people."""
    for method, rule in routes(app):
        if "<" in rule.replace(GATEWAY, "") and rule.startswith((OWN, "/api/v1/auth/")):
            yield method, rule


@pytest.mark.parametrize(
    ("method", "path", "field"),
    [
        ("GET", "/api/v1/admin/products", "router_id"),
        ("GET", "/api/v1/admin/mi-empresa/transacciones", "router_id"),
        ("POST", "/api/v1/admin/products", "router_id"),
    ],
)
def test_what_a_body_or_a_query_names_is_not_found_either(
    app: Flask, tenant: Tenant, stranger: Tenant, method: str, path: str, field: str
) -> None:
    operator = log_in(app, tenant.company_id)
    named = {field: stranger.router_id}
    if method == "GET":
        assert operator.get(path, **named).status_code == 404
    else:
        assert operator.call(method, path, json=NEW_PRODUCT | named).status_code == 404


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
            shown = answer.data.decode(errors="replace")
            assert not [secret for secret in SECRETS if secret in shown], rule


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
