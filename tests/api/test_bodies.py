"""Test bodies as nobody should send them: each gets a clear 4xx, and nothing else happens."""

from __future__ import annotations

import json
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.support.databases.queries import recorded_queries
from tests.support.tenants import Tenant

PAY = "/api/v1/payments/pagar-conekta"
LOGIN = "/api/v1/auth/login"
JSON = "application/json"
UNREADABLE = "No se pudo leer la solicitud."
NO_OBJECT = "Envíe un objeto JSON con los datos de la solicitud."
NOT_JSON = "Envíe la solicitud como JSON (Content-Type: application/json)."
TOO_BIG = "La solicitud es demasiado grande."
ORDER = {
    "producto_id": 1,
    "token_tarjeta": "tok_test_visa_4242",
    "nombre_cliente": "María García",
    "email_cliente": "maria@example.com",
}

BODIES = [
    (b"", JSON, 400, UNREADABLE),
    (b"{", JSON, 400, UNREADABLE),
    (b"{'a': 1}", JSON, 400, UNREADABLE),
    (b'{"a": NaN}', JSON, 400, UNREADABLE),
    (b'{"a": Infinity}', JSON, 400, UNREADABLE),
    (b'{"a": ' + b"9" * 5000 + b"}", JSON, 400, UNREADABLE),
    (b'{"a": "\xff"}', JSON, 400, UNREADABLE),
    (b"\x80abc", JSON, 400, UNREADABLE),
    (b"[" * 60000, JSON, 400, UNREADABLE),
    (b'{"a":' * 12000, JSON, 400, UNREADABLE),
    (b"null", JSON, 422, NO_OBJECT),
    (b"[]", JSON, 422, NO_OBJECT),
    (b'[{"producto_id": 1}]', JSON, 422, NO_OBJECT),
    (b"5", JSON, 422, NO_OBJECT),
    (b'"texto"', JSON, 422, NO_OBJECT),
    (b"true", JSON, 422, NO_OBJECT),
    (b"{}", "text/plain", 415, NOT_JSON),
    (b"{}", "", 415, NOT_JSON),
    (b"a=1", "application/x-www-form-urlencoded", 415, NOT_JSON),
    (b"--x--", "multipart/form-data; boundary=x", 415, NOT_JSON),
    (b"{" + b" " * 70000 + b"}", JSON, 413, TOO_BIG),
]


@pytest.mark.parametrize("path", [PAY, LOGIN])
@pytest.mark.parametrize(("body", "kind", "status", "detail"), BODIES)
def test_a_body_that_cannot_be_used(
    client: FlaskClient,
    tenant: Tenant,
    path: str,
    body: bytes,
    kind: str,
    status: int,
    detail: str,
) -> None:
    answer = client.post(path, data=body, content_type=kind, headers=tenant.headers)
    assert (answer.status_code, answer.json["detail"]) == (status, detail)
    assert answer.mimetype == JSON


@pytest.mark.parametrize(
    "kind", [JSON, "application/json; charset=utf-8", "application/vnd.x+json"]
)
def test_what_counts_as_json(client: FlaskClient, tenant: Tenant, kind: str) -> None:
    answer = client.post(PAY, data=b"{}", content_type=kind, headers=tenant.headers)
    assert answer.status_code == 422
    assert answer.json["detail"] == "El campo «producto_id» es obligatorio."


def test_lists_every_fault_and_names_the_first(client: FlaskClient, tenant: Tenant) -> None:
    body = ORDER | {"producto_id": "1", "email_cliente": "ana", "mac_cliente": "x'; /system reboot"}
    answer = client.post(PAY, json=body, headers=tenant.headers)
    integer = "debe ser un número entero entre 1 y 2147483647"
    assert answer.status_code == 422
    assert answer.json == {
        "detail": f"El campo «producto_id» {integer}.",
        "errores": {
            "producto_id": ["D" + integer[1:] + "."],
            "email_cliente": ["Debe ser un correo electrónico válido."],
            "mac_cliente": ["Debe ser una dirección MAC."],
        },
    }


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"producto_id": None}, "producto_id"),
        ({"producto_id": 1.5}, "producto_id"),
        ({"producto_id": 10**30}, "producto_id"),
        ({"product_id": "x", "producto_id": 1, "token_tarjeta": 5}, "token_tarjeta"),
        ({"token_tarjeta": "4242 4242 4242 4242"}, "token_tarjeta"),
        ({"token_tarjeta": "t" * 101}, "token_tarjeta"),
        ({"token_tarjeta": ""}, "token_tarjeta"),
        ({"nombre_cliente": "n" * 101}, "nombre_cliente"),
        ({"nombre_cliente": "a\0b"}, "nombre_cliente"),
        ({"nombre_cliente": "\ud83d"}, "nombre_cliente"),
        ({"email_cliente": "a@b"}, "email_cliente"),
        ({"telefono_cliente": 55}, "telefono_cliente"),
        ({"mac_cliente": 'AA:BB:CC:DD:EE:FF"'}, "mac_cliente"),
        ({"ip_cliente": "10.0.0.1\n"}, "ip_cliente"),
        ({"info_dispositivo": "x" * 501}, "info_dispositivo"),
        ({"conexion_automatica": "true"}, "conexion_automatica"),
        ({"tipo_usuario": "otro"}, "tipo_usuario"),
        ({"user_type": "otro"}, "tipo_usuario"),
    ],
)
def test_bad_input_is_refused_before_anything_is_asked(
    app: Flask, client: FlaskClient, tenant: Tenant, changes: dict[str, Any], field: str
) -> None:
    client.get("/api/v1/config/public", headers=tenant.headers)
    with recorded_queries(app) as statements:
        # Escaped, so that half a character travels too.
        body = json.dumps(ORDER | changes)
        answer = client.post(PAY, data=body, content_type=JSON, headers=tenant.headers)
    assert answer.status_code == 422
    assert list(answer.json["errores"]) == [field]
    assert answer.json["detail"].startswith(f"El campo «{field}» ")
    assert [statement for statement in statements if not statement.startswith("SELECT")] == []


def test_admin_endpoints_refuse_fields_they_do_not_know(client: FlaskClient) -> None:
    body = {"email": "a@example.com", "password": "x", "contraseña": 1, "\ud83d": 1}
    answer = client.post(LOGIN, data=json.dumps(body), content_type=JSON)
    assert answer.status_code == 422
    assert answer.json == {
        "detail": "El campo «contraseña» no se reconoce.",
        "errores": {"contraseña": ["No se reconoce."], "?": ["No se reconoce."]},
    }


def test_public_endpoints_ignore_fields_they_do_not_know(
    client: FlaskClient, tenant: Tenant
) -> None:
    body = ORDER | {"producto_id": 2**31 - 1, "campana": "verano"}
    answer = client.post(PAY, json=body, headers=tenant.headers)
    assert (answer.status_code, answer.json) == (404, {"detail": "Producto no encontrado"})


def test_english_names_are_read(client: FlaskClient, tenant: Tenant) -> None:
    body = {
        "product_id": 2**31 - 1,
        "card_token": "tok_test_visa_4242",
        "customer_name": "María",
        "customer_email": "maria@example.com",
        "customer_phone": "55",
        "mac_address": "aabbccddeeff",
        "ip_address": "10.0.0.1",
        "device_info": "x",
        "auto_connect": True,
        "user_type": "pin",
    }
    answer = client.post(PAY, json=body, headers=tenant.headers)
    assert (answer.status_code, answer.json) == (404, {"detail": "Producto no encontrado"})


def test_the_key_is_looked_at_before_the_body(client: FlaskClient) -> None:
    assert client.post(PAY, data=b"{", content_type=JSON).status_code == 401


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", PAY, 401),
        ("DELETE", LOGIN, 405),
        ("GET", "/api/v1/nada", 404),
        ("GET", "/admin/", 404),
    ],
)
def test_wrong_addresses_answer_json(
    client: FlaskClient, method: str, path: str, status: int
) -> None:
    answer = client.open(path, method=method)
    assert answer.status_code == status
    assert set(answer.json) == {"detail"}
    if status == 405:
        assert set(answer.headers["Allow"].split(", ")) == {"OPTIONS", "POST"}
