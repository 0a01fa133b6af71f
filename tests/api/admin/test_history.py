"""Test the trail as its owner reads it: who, what, before and after, filtered and exported."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from portal.core.database import writing
from portal.models.admin_user import Role
from portal.operators.audit import AuditAction
from portal.web.trail_words import ACTIONS
from tests.api.admin.caller import Caller, log_in
from tests.support.tenants import Tenant, make_tenant, make_user

PATH = "/api/v1/admin/mi-empresa/historial"
PRODUCTS = "/api/v1/admin/products"


@pytest.fixture
def owner(app: Flask, tenant: Tenant) -> Caller:
    return log_in(app, tenant.company_id)


def history(owner: Caller, **query: Any) -> list[dict[str, Any]]:
    answer = owner.get(PATH, **query)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json["historial"]
    return found


def test_an_entry_says_what_was_before_and_after(owner: Caller, tenant: Tenant) -> None:
    plan = tenant.plan_ids[0]
    owner.put(f"{PRODUCTS}/{plan}", {"precio": "22.50", "destacado": True})
    entry = history(owner)[0]
    assert entry["accion"] == "plan.update"
    assert (entry["descripcion"], entry["objeto"]) == ("Cambió un plan", str(plan))
    assert entry["antes"] == {"precio": "20.00", "destacado": False}
    assert entry["despues"] == {"precio": "22.50", "destacado": True}
    assert (entry["quien"].endswith("@example.com"), entry["ip"]) == (True, "127.0.0.1")
    assert (len(entry["huella"]), entry["solicitud"] is not None) == (64, True)


def test_a_secret_is_only_told_to_have_changed(owner: Caller, tenant: Tenant) -> None:
    router = f"/api/v1/admin/mi-empresa/routers/{tenant.router_id}"
    owner.put(router, {"password": "planted-router-secret"})
    keys = {"conekta_private_key": "key_0Plantada1Privada2", "conekta_mode": "live"}
    owner.put("/api/v1/admin/mi-empresa/conekta", keys)
    owner.put("/api/v1/admin/mi-empresa", {"telegram_bot_token": "123456:planted-bot-token"})
    told = history(owner, limit=3)
    shown = {name: value for entry in told for name, value in entry["despues"].items()}
    assert shown["password"] == shown["llave_privada"] == "********"
    assert (shown["telegram_bot_token"], shown["modo"]) == ("********", "live")
    assert "lantada" not in json.dumps(told)
    assert "planted" not in json.dumps(told)


def test_it_is_read_by_who_what_and_when(app: Flask, owner: Caller, tenant: Tenant) -> None:
    other = log_in(app, tenant.company_id)
    plan = tenant.plan_ids[0]
    owner.put(f"{PRODUCTS}/{plan}", {"precio": "22.50"})
    other.put("/api/v1/admin/mi-empresa", {"color": "#102030"})
    who = other.get("/api/v1/auth/me").json["email"]
    assert {entry["quien"] for entry in history(owner, quien=who.upper())} == {who}
    assert {entry["accion"] for entry in history(owner, accion="plan")} == {
        "plan.create",
        "plan.update",
    }
    assert len(history(owner, accion="plan.update", objeto=str(plan))) == 1
    assert history(owner, desde="2099-01-01") == history(owner, hasta="2020-01-01") == []
    assert len(history(owner, limit=2, offset=1)) == 2
    numbers = [entry["numero"] for entry in history(owner)]
    assert numbers == list(range(len(numbers), 0, -1))


def test_it_is_a_companys_own_and_its_owners(app: Flask, tenant: Tenant, owner: Caller) -> None:
    stranger = make_tenant(app, "Ajena")
    assert stranger.company_id not in owner.get(PATH).text
    assert "Ajena" not in owner.get(PATH, formato="csv").text
    cashier = make_user(app, tenant.company_id, role=Role.CASHIER)
    body = {"email": cashier.email, "password": "correct horse battery"}
    token = owner.client.post("/api/v1/auth/login", json=body).json["access_token"]
    his = Caller(owner.client, {"Authorization": f"Bearer {token}"})
    assert his.get(PATH).status_code == 403


def test_it_is_exported_whole(owner: Caller, tenant: Tenant) -> None:
    plan = f"{PRODUCTS}/{tenant.plan_ids[0]}"
    owner.put(plan, {"descripcion": '=HYPERLINK("x")'})
    answer = owner.get(PATH, formato="csv", accion="plan")
    assert answer.mimetype == "text/csv"
    assert answer.text.startswith("\ufeffnumero,fecha,")
    rows = list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert [row["accion"] for row in rows] == ["plan.update", "plan.create", "plan.create"]
    assert json.loads(rows[0]["despues"]) == {"descripcion": '=HYPERLINK("x")'}
    assert [len(row["huella"]) for row in rows] == [64, 64, 64]
    assert not [cell for row in rows for cell in row.values() if cell.startswith(("=H", "@", "+"))]


def test_the_shell_verifies_it(app: Flask, tenant: Tenant, owner: Caller) -> None:
    def verify() -> Any:
        args = ["audit", "verify", "--empresa", tenant.company_id]
        return app.test_cli_runner().invoke(args=args)

    digest = history(owner)[0]["huella"]
    whole = verify()
    assert (whole.exit_code, digest in whole.output) == (0, True)
    with app.app_context(), writing() as session:
        shorter = "UPDATE audit_chain SET position = position + 1 WHERE id = :chain"
        session.execute(text(shorter), {"chain": tenant.company_id})
    broken = verify()
    assert (broken.exit_code, "faltan las últimas" in broken.output) == (1, True)
    assert app.test_cli_runner().invoke(args=["audit", "verify"]).exit_code == 1


def test_every_action_has_words() -> None:
    assert {*AuditAction} - set(ACTIONS) == set()
