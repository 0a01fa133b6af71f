"""Test what must hold for every endpoint there is, and for those to come."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from marshmallow import Schema, fields
from werkzeug.routing import Rule

from portal.api import BLUEPRINTS
from portal.web.fields import ApiField
from portal.web.schemas import AdminSchema, BaseSchema, PublicSchema
from tests.support.tenants import Tenant, make_user

JSON_PREFIXES = ("/api/", "/admin/", "/healthz", "/readyz", "/metrics", "/imagenes/")
OPEN = {
    "/api/v1/auth/login",
    "/api/v1/webhooks/<provider>/<company_id>",
    "/api/v1/kit/<token>",
    "/api/v1/kit/tunel/<tunnel_token>",
    "/api/openapi.json",
    "/api/docs",
    "/api/docs/assets/<path:name>",
    "/api/docs/ejemplo.html",
    "/api/docs/guia",
    "/healthz",
    "/readyz",
    "/metrics",
    "/imagenes/<image_id>",
}
METHODS = {"GET", "POST", "PUT", "PATCH", "DELETE"}
ENGLISH = ("must", "not a valid", "invalid", "missing", "unknown", "field", "required", "longer")


def rules(app: Flask) -> list[Rule]:
    return [rule for rule in app.url_map.iter_rules() if rule.rule.startswith(JSON_PREFIXES)]


def calls(app: Flask, rule: Rule) -> Iterator[tuple[str, str]]:
    """Each method and an address that the rule fits."""
    values: dict[str, Any] = {
        name: 1 if type(converter).__name__ == "IntegerConverter" else "x"
        for name, converter in rule._converters.items()
    }
    with app.test_request_context():
        path = rule.build(values)
    assert path is not None
    for method in sorted((rule.methods or set()) & METHODS):
        yield method, path[1]


def closed_calls(app: Flask) -> list[tuple[str, str]]:
    return [call for rule in rules(app) if rule.rule not in OPEN for call in calls(app, rule)]


def test_every_endpoint_is_closed_or_on_the_list(app: Flask, client: FlaskClient) -> None:
    answers = {call: client.open(call[1], method=call[0]) for call in closed_calls(app)}
    assert len(answers) > 20
    assert {call for call, answer in answers.items() if answer.status_code != 401} == set()
    assert {rule.rule for rule in rules(app)} >= OPEN


def test_a_router_key_opens_the_public_endpoints_alone(
    app: Flask, client: FlaskClient, tenant: Tenant
) -> None:
    bearer = {"Authorization": f"Bearer {tenant.api_key}"}
    opened = {
        path
        for method, path in closed_calls(app)
        if client.open(path, method=method, headers=bearer).status_code != 401
    }
    public = ("/api/v1/config/public", "/api/v1/catalogo", "/api/v1/payments", "/api/v1/hotspot")
    assert opened
    assert {path for path in opened if not path.startswith(public)} == set()


def test_an_operators_session_does_not_open_what_is_the_super_admins(
    app: Flask, client: FlaskClient, tenant: Tenant
) -> None:
    email = make_user(app, tenant.company_id).email
    body = {"email": email, "password": "correct horse battery"}
    token = client.post("/api/v1/auth/login", json=body).json["access_token"]
    headers = {"Authorization": f"Bearer {token}"}
    answers = {
        call: client.open(call[1], method=call[0], headers=headers).status_code
        for call in closed_calls(app)
        if call[1].startswith("/admin/")
    }
    assert len(answers) > 10
    assert {call for call, status in answers.items() if status != 403} == set()


def test_every_answer_has_a_request_id_and_safe_headers(app: Flask, client: FlaskClient) -> None:
    for rule in rules(app):
        for method, path in calls(app, rule):
            headers = client.open(path, method=method).headers
            assert headers["X-Request-ID"], path
            assert headers["X-Content-Type-Options"] == "nosniff", path
            assert "frame-ancestors 'none'" in headers["Content-Security-Policy"], path
            assert headers["Cache-Control"], path


def input_schemas() -> Iterator[Schema]:
    """Every schema that an endpoint reads."""
    for blueprint in BLUEPRINTS:
        for methods in blueprint._docs.values():
            for doc in methods.values():
                for parameter in (doc or {}).get("arguments", {}).get("parameters", ()):
                    schema = parameter["schema"]
                    yield schema if isinstance(schema, Schema) else schema()


def input_fields(schema: Schema) -> Iterator[fields.Field[Any]]:
    for field in schema.load_fields.values():
        yield from flat(field)


def flat(field: fields.Field[Any]) -> Iterator[fields.Field[Any]]:
    yield field
    if isinstance(field, fields.Nested):
        yield from input_fields(field.schema)
    if isinstance(field, fields.List):
        yield from flat(field.inner)


def test_every_input_is_read_by_our_fields() -> None:
    read = list(input_schemas())
    assert len(read) > 5
    for schema in read:
        assert isinstance(schema, BaseSchema), schema
        foreign = [field for field in input_fields(schema) if not isinstance(field, ApiField)]
        assert foreign == [], schema


def test_every_schema_says_what_becomes_of_unknown_fields() -> None:
    for schema in input_schemas():
        assert isinstance(schema, (PublicSchema, AdminSchema)), schema


def test_no_field_complains_in_english() -> None:
    for schema in input_schemas():
        for field in input_fields(schema):
            # What our own classes never raise keeps marshmallow's words.
            own = {name: field.error_messages[name] for name in ("required", "null", "invalid")}
            for message in own.values():
                assert not any(word in str(message).lower() for word in ENGLISH), (schema, field)


def test_every_endpoint_is_documented(app: Flask, client: FlaskClient) -> None:
    document = client.get("/api/openapi.json").json
    assert document["openapi"].startswith("3.1")
    hidden = ("/api/docs", "/api/openapi.json")
    opened = {documented(rule) for rule in OPEN}
    expected = {
        (documented(rule.rule), method.lower())
        for rule in rules(app)
        for method in (rule.methods or set()) & METHODS
        if not rule.rule.startswith(hidden)
    }
    found = {(path, method) for path, item in document["paths"].items() for method in item}
    assert expected <= found
    for path, item in document["paths"].items():
        for method, operation in item.items():
            if method in {name.lower() for name in METHODS}:
                assert operation["summary"], path
                assert ("security" in operation) == (path not in opened), path


def documented(rule: str) -> str:
    """A rule's path as OpenAPI writes it."""
    return rule.replace("<int:", "{").replace("<", "{").replace(">", "}")


@pytest.mark.parametrize("alias", ["product_id", "card_token", "mac_address", "user_type"])
def test_english_names_are_documented(client: FlaskClient, alias: str) -> None:
    schemas = client.get("/api/openapi.json").json["components"]["schemas"]
    described = [
        found["description"]
        for found in schemas["PaymentRequest"]["properties"].values()
        if "description" in found
    ]
    assert any(f"`{alias}`" in text for text in described)
