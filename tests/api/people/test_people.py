"""Test a company's people, whom its owner makes and changes, and their open sessions."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from portal.core.database import reading, writing
from portal.models import AdminSession, AuditEntry, utc_now
from portal.models.admin_user import Role
from tests.api.admin.caller import Caller
from tests.api.people.conftest import AUTH, Make, Somebody
from tests.support.tenants import PASSWORD, Tenant, make_tenant, make_user

PEOPLE = "/api/v1/admin/mi-empresa/personas"
NEW = {"password": "siete barcos de papel", "nombre": "Lucía", "rol": "cajero"}


@pytest.fixture
def owner(person: Make) -> Caller:
    return person().caller()


def entries(app: Flask, tenant: Tenant, action: str) -> list[AuditEntry]:
    theirs = select(AuditEntry).where(AuditEntry.company_id == tenant.company_id)
    with app.app_context(), reading() as session:
        found = session.scalars(theirs.where(AuditEntry.action == action))
        return list(found.all())


def test_an_owner_makes_a_cashier_who_sells_and_looks(
    app: Flask, tenant: Tenant, owner: Caller
) -> None:
    email = f"Caja.{tenant.company_id}@example.com"
    made = owner.post(PEOPLE, NEW | {"email": email})
    assert made.status_code == 201, made.text
    assert made.json["email"] == email.lower()
    assert (made.json["rol"], made.json["verificacion_en_dos_pasos"]) == ("cajero", False)
    assert owner.get(f"{PEOPLE}/{made.json['id']}").json == made.json
    assert owner.get(PEOPLE).json["total"] == 2
    body = {"email": made.json["email"], "password": NEW["password"]}
    login = app.test_client().post(f"{AUTH}/login", json=body).json
    assert login["user"]["empresa_id"] == tenant.company_id
    cashier = Caller(app.test_client(), {"Authorization": f"Bearer {login['access_token']}"})
    assert cashier.get("/api/v1/admin/products").status_code == 200
    assert cashier.get(PEOPLE).status_code == 403
    assert cashier.get("/api/v1/admin/mi-empresa/transacciones").status_code == 200
    csv = cashier.get("/api/v1/admin/mi-empresa/transacciones", formato="csv")
    assert csv.status_code == 403
    [entry] = [e for e in entries(app, tenant, "user.create") if e.target == str(made.json["id"])]
    assert entry.after is not None
    assert (entry.after["role"], entry.after["password"]) == ("cajero", "********")


@pytest.mark.parametrize(
    ("values", "named"),
    [({"rol": "super_admin"}, "rol"), ({"password": "cafe12345678"}, "password")],
)
def test_what_an_owner_may_not_make(owner: Caller, values: dict[str, str], named: str) -> None:
    answer = owner.post(PEOPLE, NEW | {"email": "x@example.com"} | values)
    assert (answer.status_code, list(answer.json["errores"])) == (422, [named])


def test_an_owner_stays(tenant: Tenant, person: Make) -> None:
    ana, luis = person(), person()
    caller = ana.caller()
    assert caller.put(f"{PEOPLE}/{luis.user.id}", {"activo": False}).json["activo"] is False
    for values in ({"activo": False}, {"rol": "cajero"}):
        answer = caller.put(f"{PEOPLE}/{ana.user.id}", values)
        assert (answer.status_code, "dueño activo" in answer.json["detail"]) == (409, True)
    assert caller.put(f"{PEOPLE}/{luis.user.id}", {"activo": True}).status_code == 200
    assert caller.put(f"{PEOPLE}/{ana.user.id}", {"rol": "cajero"}).status_code == 200
    assert ana.caller().get(PEOPLE).status_code == 403


def test_who_is_locked_out_is_out_at_once(
    app: Flask, tenant: Tenant, owner: Caller, person: Make
) -> None:
    cashier = person(Role.CASHIER)
    caller = cashier.caller()
    owner.put(f"{PEOPLE}/{cashier.user.id}", {"activo": False})
    assert caller.get(f"{AUTH}/me").status_code == 401
    [entry] = entries(app, tenant, "user.update")
    assert (entry.before, entry.after) == ({"active": True}, {"active": False})


def test_nobody_elses_people_are_found(app: Flask, owner: Caller) -> None:
    stranger = make_tenant(app, "Ajena")
    for user in (make_user(app, stranger.company_id), make_user(app)):
        assert owner.get(f"{PEOPLE}/{user.id}").status_code == 404
        for values in ({"nombre": "Otro"}, {"password": NEW["password"]}, {}):
            assert owner.put(f"{PEOPLE}/{user.id}", values).status_code == 404
    listed = {row["email"] for row in owner.get(PEOPLE).json["personas"]}
    assert len(listed) == 1


def sessions(caller: Caller, **query: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = caller.get(f"{AUTH}/sesiones", **query).json["sesiones"]
    return found


def test_ones_own_sessions_are_ended_one_by_one(person: Make) -> None:
    ana = person()
    here, there = ana.caller(), ana.caller()
    listed = sessions(here)
    assert [row["es_esta"] for row in listed].count(True) == 1
    assert {row["email"] for row in listed} == {ana.user.email}
    [other] = [row for row in listed if not row["es_esta"]]
    assert here.delete(f"{AUTH}/sesiones/{other['id']}").status_code == 200
    assert there.get(f"{AUTH}/me").status_code == 401
    assert here.delete(f"{AUTH}/sesiones/{other['id']}").status_code == 404
    assert len(sessions(here)) == 1


def test_a_session_tells_from_which_device(app: Flask, person: Make) -> None:
    ana = person()
    body = {"email": ana.user.email, "password": PASSWORD}
    agent = "Mozilla/5.0 (Linux; Android 14) Chrome/126.0 Mobile Safari/537.36"
    app.test_client().post(f"{AUTH}/login", json=body, headers={"User-Agent": agent})
    told = {row["dispositivo"] for row in sessions(ana.caller())}
    assert "Chrome · Android" in told


def test_an_owner_ends_his_peoples_sessions_and_no_others(
    app: Flask, tenant: Tenant, owner: Caller, person: Make
) -> None:
    cashier = person(Role.CASHIER)
    his = cashier.caller()
    stranger = Somebody(app, make_user(app, make_tenant(app, "Ajena").company_id)).caller()
    boss = Somebody(app, make_user(app)).caller()
    [theirs] = sessions(his)
    assert theirs["id"] in {row["id"] for row in sessions(owner, de="personas")}
    for caller in (his, stranger, boss):
        for row in sessions(caller):
            foreign = stranger if caller is not stranger else his
            assert foreign.delete(f"{AUTH}/sesiones/{row['id']}").status_code == 404
    [unknown] = sessions(stranger)
    assert owner.delete(f"{AUTH}/sesiones/{unknown['id']}").status_code == 404
    assert his.get(f"{AUTH}/sesiones", de="personas").status_code == 403
    assert owner.delete(f"{AUTH}/sesiones/{theirs['id']}").status_code == 200
    assert his.get(f"{AUTH}/me").status_code == 401
    acting = boss.acting_for(tenant.company_id)
    assert len(sessions(acting, de="personas")) == 1
    assert boss.get(f"{AUTH}/sesiones", de="personas").status_code == 403
    [entry] = entries(app, tenant, "session.end")
    assert entry.target == str(cashier.user.id)


def test_a_sessions_last_use_is_kept_to_the_minute(app: Flask, person: Make) -> None:
    caller = person().caller()
    [row] = sessions(caller)
    ago = utc_now() - timedelta(minutes=5)
    mine = update(AdminSession).where(AdminSession.id == row["id"])
    with app.app_context(), writing() as session:
        session.execute(mine.values(seen_at=ago))
    [seen] = sessions(caller)
    assert seen["ultima_vez"] > ago.isoformat()
    [again] = sessions(caller)
    assert again["ultima_vez"] == seen["ultima_vez"]
