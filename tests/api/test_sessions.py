"""Test logging in: tokens, the rows behind them, lockouts, and acting for a company."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import jwt
import pytest
import sqlalchemy as sa
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient

from portal.core.database import reading, writing
from portal.models import AdminSession, AdminUser, AuditEntry, LoginFailure, utc_now
from portal.operators.people import login, login_tries, users
from tests.support.shop import SECRETS
from tests.support.tenants import ACTOR, PASSWORD, Tenant, make_user

WRONG = {"detail": "Credenciales incorrectas"}
ENDED = {"detail": "La sesión no es válida o terminó. Inicie sesión de nuevo."}
LOGIN_FAILURES = 5


def log_in(client: FlaskClient, email: str, password: str = PASSWORD) -> Any:
    return client.post("/api/v1/auth/login", json={"email": email, "password": password})


def bearer(client: FlaskClient, user: AdminUser) -> dict[str, str]:
    return {"Authorization": f"Bearer {log_in(client, user.email).json['access_token']}"}


def me(client: FlaskClient, headers: dict[str, str]) -> Any:
    return client.get("/api/v1/auth/me", headers=headers)


def set_user(app: Flask, user_id: int, **values: Any) -> None:
    with app.app_context(), writing() as session:
        session.execute(sa.update(AdminUser).where(AdminUser.id == user_id).values(**values))


def lock_for(app: Flask, user: AdminUser, time: timedelta) -> None:
    """As if so much were left of a lock that wrong passwords from here had led to."""
    until = utc_now() + time
    with app.app_context(), writing() as session:
        session.execute(sa.delete(LoginFailure).where(LoginFailure.user_id == user.id))
        session.add(LoginFailure(user_id=user.id, origin="127.0.0.1", locked_until=until))


def test_login_answers_as_the_contract_says(
    app: Flask, client: FlaskClient, tenant: Tenant
) -> None:
    user = make_user(app, tenant.company_id)
    answer = log_in(client, f" {user.email.upper()} ")
    assert answer.status_code == 200
    assert answer.json["token_type"] == "bearer"
    assert answer.json["user"] == {
        "id": user.id,
        "email": user.email,
        "nombre": "Persona",
        "rol": "cliente_admin",
        "empresa_id": tenant.company_id,
        "activo": True,
    }
    expires = datetime.fromisoformat(answer.json["expires_at"])
    assert timedelta(hours=23.9) < expires - utc_now() <= timedelta(hours=24)
    headers = {"Authorization": f"Bearer {answer.json['access_token']}"}
    assert me(client, headers).json == answer.json["user"]
    assert answer.headers["Cache-Control"] == "no-store"


def deactivate(app: Flask, user: AdminUser) -> None:
    set_user(app, user.id, active=False)


def lock(app: Flask, user: AdminUser) -> None:
    lock_for(app, user, timedelta(minutes=5))


def leave(app: Flask, user: AdminUser) -> None:
    """Nothing is wrong but the password."""


@pytest.mark.parametrize(
    ("spoil", "password"),
    [(deactivate, PASSWORD), (lock, PASSWORD), (leave, "wrong password"), (leave, PASSWORD + " ")],
)
def test_every_reason_sounds_alike(
    app: Flask,
    client: FlaskClient,
    spoil: Callable[[Flask, AdminUser], None],
    password: str,
) -> None:
    user = make_user(app)
    spoil(app, user)
    refused = log_in(client, user.email, password)
    unknown = log_in(client, "nobody@example.com", password)
    assert (refused.status_code, refused.json) == (unknown.status_code, unknown.json)
    assert (refused.status_code, refused.json) == (401, WRONG)


def test_an_origin_locks_and_opens_again(app: Flask, client: FlaskClient) -> None:
    user = make_user(app)
    for _ in range(LOGIN_FAILURES):
        assert log_in(client, user.email, "wrong password").status_code == 401
    assert log_in(client, user.email).status_code == 401
    lock_for(app, user, timedelta(seconds=-1))
    assert log_in(client, user.email, "wrong password").status_code == 401
    assert log_in(client, user.email).status_code == 200


def test_success_forgives_failures(app: Flask, client: FlaskClient) -> None:
    user = make_user(app)
    for _ in range(2):
        for _ in range(LOGIN_FAILURES - 1):
            log_in(client, user.email, "wrong password")
        assert log_in(client, user.email).status_code == 200


@pytest.mark.each_database
def test_tries_made_side_by_side_count_like_those_in_turn(app: Flask) -> None:
    user = make_user(app)
    looked_at = []

    def attempt(_number: int) -> None:
        with app.app_context(), writing() as session:
            looked_at.append(login_tries.count(session, user.id, "192.0.2.1", known=False))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(attempt, range(16)))
    assert sum(looked_at) == LOGIN_FAILURES


def log_out(app: Flask, client: FlaskClient, user: AdminUser, headers: dict[str, str]) -> None:
    assert client.post("/api/v1/auth/logout", headers=headers).status_code == 200


def lose_the_user(app: Flask, _client: FlaskClient, user: AdminUser, _headers: Any) -> None:
    deactivate(app, user)


def outlive(app: Flask, _client: FlaskClient, user: AdminUser, _headers: Any) -> None:
    with app.app_context(), writing() as session:
        theirs = sa.update(AdminSession).where(AdminSession.user_id == user.id)
        session.execute(theirs.values(expires_at=utc_now()))


def change_password(
    app: Flask, client: FlaskClient, user: AdminUser, headers: dict[str, str]
) -> None:
    body = {"current_password": PASSWORD, "new_password": "another long phrase"}
    answer = client.post("/api/v1/auth/change-password", json=body, headers=headers)
    assert answer.status_code == 200
    assert log_in(client, user.email).status_code == 401
    assert log_in(client, user.email, "another long phrase").status_code == 200


@pytest.mark.parametrize("end", [log_out, lose_the_user, outlive, change_password])
def test_a_session_dies(app: Flask, client: FlaskClient, end: Callable[..., None]) -> None:
    user = make_user(app)
    headers = bearer(client, user)
    assert me(client, headers).status_code == 200
    end(app, client, user, headers)
    answer = me(client, headers)
    assert (answer.status_code, answer.json) == (401, ENDED)


def test_logging_out_leaves_other_sessions(app: Flask, client: FlaskClient) -> None:
    user = make_user(app)
    here, there = bearer(client, user), bearer(client, user)
    log_out(app, client, user, here)
    assert me(client, there).status_code == 200


def test_a_wrong_current_password_changes_nothing(app: Flask, client: FlaskClient) -> None:
    user = make_user(app)
    headers = bearer(client, user)
    body = {"current_password": "wrong password", "new_password": "another long phrase"}
    answer = client.post("/api/v1/auth/change-password", json=body, headers=headers)
    assert answer.status_code == 422
    assert list(answer.json["errores"]) == ["current_password"]
    assert me(client, headers).status_code == 200
    assert log_in(client, user.email).status_code == 200


def test_a_new_password_has_ten_characters(app: Flask, client: FlaskClient) -> None:
    headers = bearer(client, make_user(app))
    body = {"current_password": PASSWORD, "new_password": "123456789"}
    answer = client.post("/api/v1/auth/change-password", json=body, headers=headers)
    assert answer.status_code == 422
    assert answer.json["detail"] == "El campo «new_password» debe tener entre 10 y 200 caracteres."


def test_forged_tokens_are_refused(app: Flask, client: FlaskClient, tenant: Tenant) -> None:
    secret = SECRETS["JWT_SESSION_SECRET"]
    token = bearer(client, make_user(app))["Authorization"].removeprefix("Bearer ")
    claims = jwt.decode(token, options={"verify_signature": False})
    forged = [
        "x",
        token[:-2],
        tenant.api_key,
        jwt.encode(claims, SECRETS["JWT_APIKEY_SECRET"], algorithm="HS256"),
        jwt.encode(claims, None, algorithm="none"),
        jwt.encode({**claims, "type": "router_api_key"}, secret, algorithm="HS256"),
        jwt.encode({**claims, "jti": "ses_other"}, secret, algorithm="HS256"),
        jwt.encode({**claims, "jti": "ses_\0"}, secret, algorithm="HS256"),
        jwt.encode({**claims, "exp": 1}, secret, algorithm="HS256"),
        *(
            jwt.encode({k: v for k, v in claims.items() if k != name}, secret, algorithm="HS256")
            for name in claims
        ),
    ]
    for bad in forged:
        answer = me(client, {"Authorization": f"Bearer {bad}"})
        assert (answer.status_code, answer.json) == (401, ENDED), bad


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer "}, {"Authorization": "x y"}])
def test_a_session_is_asked_for(client: FlaskClient, headers: dict[str, str]) -> None:
    answer = me(client, headers)
    assert (answer.status_code, answer.json) == (401, {"detail": "Inicie sesión para continuar."})


def test_roles(app: Flask, client: FlaskClient, tenant: Tenant) -> None:
    operator = bearer(client, make_user(app, tenant.company_id))
    boss = bearer(client, make_user(app))
    assert client.get("/admin/empresas", headers=operator).status_code == 403
    assert client.get("/admin/empresas", headers=boss).status_code == 200
    assert client.get("/api/v1/admin/mi-empresa", headers=operator).status_code == 200
    assert client.get("/api/v1/admin/mi-empresa", headers=boss).status_code == 403


def test_an_operator_cannot_name_another_company(
    app: Flask, client: FlaskClient, tenant: Tenant
) -> None:
    headers = bearer(client, make_user(app, tenant.company_id))
    path = "/api/v1/admin/mi-empresa"
    other = {**headers, "X-Empresa-ID": "EMP_0000000000"}
    assert client.get(path, headers=other).status_code == 403
    own = {**headers, "X-Empresa-ID": tenant.company_id}
    assert client.get(path, headers=own).status_code == 200


def test_a_super_admin_acts_for_a_company(app: Flask, client: FlaskClient, tenant: Tenant) -> None:
    boss = make_user(app)
    headers = {**bearer(client, boss), "X-Empresa-ID": tenant.company_id}
    path = "/api/v1/admin/mi-empresa"
    answer = client.get(path, headers=headers)
    assert (answer.status_code, answer.headers["X-Actuando-Por"]) == (200, tenant.company_id)
    assert client.put(path, json={"color": "#102030"}, headers=headers).status_code == 200
    with app.app_context(), reading() as session:
        entries = session.scalars(sa.select(AuditEntry).where(AuditEntry.actor == boss.email))
        acted = [entry for entry in entries if entry.action == "company.act_for"]
    assert [(entry.company_id, entry.details) for entry in acted] == [
        (tenant.company_id, {"method": "PUT", "path": path})
    ]


@pytest.mark.parametrize("company", ["EMP_0000000000", "EMP_\u00e9", "'; --"])
def test_a_super_admin_names_no_company(app: Flask, client: FlaskClient, company: str) -> None:
    headers = {**bearer(client, make_user(app)), "X-Empresa-ID": company}
    answer = client.get("/api/v1/admin/mi-empresa", headers=headers)
    assert (answer.status_code, answer.json) == (404, {"detail": "Empresa no encontrada"})


def test_an_operator_loses_the_session_with_a_new_password(
    app: Flask, client: FlaskClient, tenant: Tenant
) -> None:
    user = make_user(app, tenant.company_id)
    headers = bearer(client, user)
    with app.app_context():
        users.update(ACTOR, user.id, password="set by a super admin")
    assert me(client, headers).status_code == 401


@pytest.fixture
def nobody_known(real_passwords: PasswordHasher) -> Iterator[None]:
    """Nobody's hash is made anew, at the cost that counts; and again for who comes after."""
    login._nobodys_hash.cache_clear()
    yield
    login._nobodys_hash.cache_clear()


@pytest.mark.usefixtures("nobody_known")
def test_an_unknown_user_takes_as_long_as_a_known_one(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        user = users.create(
            ACTOR, email="slow@example.com", password=PASSWORD, name="Ana", role="super_admin"
        )
    known, unknown = seconds_of(client, user.email), seconds_of(client, "nobody@example.com")
    assert known / 4 < unknown < known * 4


def seconds_of(client: FlaskClient, email: str) -> float:
    """The CPU seconds of the quickest of three failed logins."""
    times = []
    for _ in range(3):
        began = time.process_time()
        assert log_in(client, email, "wrong password").status_code == 401
        times.append(time.process_time() - began)
    return min(times)
