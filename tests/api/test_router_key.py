"""Test a router's key: what opens a shop, and in which words everything else is refused."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import jwt
import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from portal.core.database import writing
from portal.models import ApiKey, utc_now
from portal.operators import api_keys, companies, routers
from tests.support.databases.queries import recorded_queries
from tests.support.shop import SECRETS
from tests.support.tenants import ACTOR, Tenant, make_tenant

PATH = "/api/v1/catalogo_perfiles_venta"
A_SECOND = 1.0


def refusal(client: FlaskClient, **headers: str) -> str:
    answer = client.get(PATH, headers={name.replace("_", "-"): v for name, v in headers.items()})
    assert answer.status_code == 401, answer.text
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    body: dict[str, str] = answer.json
    assert set(body) == {"detail"}
    return body["detail"]


def claims_of(token: str) -> dict[str, Any]:
    found: dict[str, Any] = jwt.decode(
        token.removeprefix("jwt_"), options={"verify_signature": False}
    )
    return found


def sign(secret: str = SECRETS["JWT_APIKEY_SECRET"], **claims: Any) -> str:
    return "jwt_" + jwt.encode(claims, secret, algorithm="HS256")


@pytest.mark.parametrize(
    "headers",
    [
        lambda key: {"X-API-Key": key},
        lambda key: {"X-API-Key": f"  {key} "},
        lambda key: {"Authorization": f"Bearer {key}"},
        lambda key: {"Authorization": f"bearer  {key}"},
    ],
)
def test_opens_in_either_header(
    client: FlaskClient, tenant: Tenant, headers: Callable[[str], dict[str, str]]
) -> None:
    assert client.get(PATH, headers=headers(tenant.api_key)).status_code == 200


def test_carries_the_claims_of_the_contract(tenant: Tenant) -> None:
    claims = claims_of(tenant.api_key)
    assert set(claims) == {"jti", "iss", "sub", "empresa", "iat", "exp", "type"}
    assert (claims["sub"], claims["empresa"]) == (tenant.router_id, tenant.company_id)
    assert claims["type"] == "router_api_key"
    assert claims["exp"] - claims["iat"] == 365 * 86400


@pytest.mark.parametrize(
    "headers",
    [{}, {"X-API-Key": " "}, {"Authorization": "Basic eA=="}, {"Authorization": "Bearer"}],
)
def test_a_key_is_asked_for(client: FlaskClient, headers: dict[str, str]) -> None:
    answer = client.get(PATH, headers=headers)
    assert (answer.status_code, answer.json) == (401, {"detail": "API Key requerida"})


@pytest.mark.parametrize(
    "key",
    [
        "hunter2",
        "jwt_",
        "jwt_x",
        "jwt_a.b.c",
        "jwt_" + "x" * 5000,
        "jwt_ñ",
        "jwt_" + jwt.encode({"jti": "key_0"}, None, algorithm="none"),
    ],
)
def test_a_forged_key_is_refused(client: FlaskClient, key: str) -> None:
    assert refusal(client, X_API_Key=key) == "API Key inválida"


def test_a_changed_key_is_refused(client: FlaskClient, tenant: Tenant) -> None:
    claims = claims_of(tenant.api_key)
    forged = {
        "signature": sign("another-secret-0123456789-0123456789", **claims),
        "bare": tenant.api_key.removeprefix("jwt_"),
        "other text, same claims": sign(**dict(reversed(claims.items()))),
        "type": sign(**{**claims, "type": "session"}),
        "issuer": sign(**{**claims, "iss": "someone"}),
        "unknown id": sign(**{**claims, "jti": "key_0000000000000000"}),
        "id of another type": sign(**{**claims, "jti": 7}),
        "id no database takes": sign(**{**claims, "jti": "key_\0"}),
    }
    forged |= {
        f"no {name}": sign(**{k: v for k, v in claims.items() if k != name}) for name in claims
    }
    for what, key in forged.items():
        assert refusal(client, X_API_Key=key) == "API Key inválida", what


def test_an_expired_key_is_refused(app: Flask, client: FlaskClient, tenant: Tenant) -> None:
    claims = claims_of(tenant.api_key)
    past = sign(**{**claims, "iat": 1, "exp": 2})
    assert refusal(client, X_API_Key=past) == "API Key expirada"
    with app.app_context(), writing() as session:
        over = utc_now() - timedelta(seconds=1)
        session.execute(sa.update(ApiKey).where(ApiKey.id == claims["jti"]).values(expires_at=over))
    assert refusal(client, X_API_Key=tenant.api_key) == "API Key expirada"


def revoke(tenant: Tenant) -> None:
    key_id = claims_of(tenant.api_key)["jti"]
    api_keys.revoke(ACTOR, tenant.company_id, tenant.router_id, key_id)


def suspend(tenant: Tenant) -> None:
    companies.update(ACTOR, tenant.company_id, active=False)


def pause(tenant: Tenant) -> None:
    routers.update(ACTOR, tenant.company_id, tenant.router_id, active=False)


ENDINGS = [
    (revoke, "API Key revocada"),
    (suspend, "Empresa no activa"),
    (pause, "Router no activo"),
]


@pytest.mark.parametrize(("end", "sentence"), ENDINGS)
def test_a_key_that_no_longer_opens(
    app: Flask, client: FlaskClient, tenant: Tenant, end: Callable[[Tenant], None], sentence: str
) -> None:
    with app.app_context():
        end(tenant)
    assert refusal(client, X_API_Key=tenant.api_key) == sentence


@pytest.mark.parametrize(("end", "sentence"), ENDINGS)
def test_an_end_counts_within_a_second(
    app: Flask, client: FlaskClient, tenant: Tenant, end: Callable[[Tenant], None], sentence: str
) -> None:
    assert client.get(PATH, headers=tenant.headers).status_code == 200
    with app.app_context():
        end(tenant)
    ended = time.monotonic()
    asked = ended
    while client.get(PATH, headers=tenant.headers).status_code == 200:
        # When it was asked counts: to answer may take a busy machine as long as it likes.
        assert asked - ended < A_SECOND
        asked = time.monotonic()
    assert refusal(client, X_API_Key=tenant.api_key) == sentence


def test_a_replaced_key_lives_on_for_its_grace(
    app: Flask, client: FlaskClient, tenant: Tenant
) -> None:
    with app.app_context():
        new = api_keys.rotate(ACTOR, tenant.company_id, tenant.router_id)
    for key in (tenant.api_key, new.token):
        assert client.get(PATH, headers={"X-API-Key": key}).status_code == 200


def test_a_forged_key_costs_no_query(app: Flask, client: FlaskClient) -> None:
    with recorded_queries(app) as statements:
        refusal(client, X_API_Key="jwt_a.b.c")
    assert statements == []


def test_many_keys_do_not_fill_the_process(app: Flask, client: FlaskClient) -> None:
    tenants = [make_tenant(app, f"Empresa {number}") for number in range(3)]
    fronts = app.extensions["storefronts"]
    fronts._kept.update({f"old {number}": None for number in range(1024)})
    for tenant in tenants:
        assert client.get(PATH, headers=tenant.headers).status_code == 200
    assert len(fronts._kept) == len(tenants)
