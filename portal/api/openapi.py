"""Write the OpenAPI document of all endpoints."""

from __future__ import annotations

from apispec.ext.marshmallow import MarshmallowPlugin
from flask import Flask
from flask_smorest import Api
from marshmallow import Schema

from portal.api.blueprints import SECURITY_SCHEMES
from portal.web.fields import Email, IPv4, Money
from portal.web.schemas import ErrorBody

CONFIG = {
    "API_TITLE": "Portal",
    "API_VERSION": "1",
    "OPENAPI_VERSION": "3.1.0",
    "OPENAPI_URL_PREFIX": "/api",
    "OPENAPI_JSON_PATH": "openapi.json",
}
ABOUT = (
    "Venta de acceso a Internet en hotspots MikroTik. Los errores son siempre "
    '`{"detail": "…"}`, en español.'
)


class PortalApi(Api):
    """Leave flask-smorest's errors to `portal.web.error_handlers`, like all others."""

    ERROR_SCHEMA = ErrorBody

    def _register_error_handlers(self) -> None:
        """Nothing: the application's handlers stay."""


def make_api(app: Flask) -> PortalApi:
    """Make the API, without endpoints yet."""
    app.config.from_mapping(CONFIG)
    plugin = MarshmallowPlugin(schema_name_resolver=_schema_name)
    api = PortalApi(app, spec_kwargs={"info": {"description": ABOUT}, "marshmallow_plugin": plugin})
    api.register_field(Email, "string", "email")
    api.register_field(IPv4, "string", "ipv4")
    api.register_field(Money, "string", None)
    for name, scheme in SECURITY_SCHEMES.items():
        api.spec.components.security_scheme(name, scheme)
    return api


def _schema_name(schema: type[Schema] | Schema) -> str:
    """A schema that is asked for in part, as a PUT's is, stands beside the whole one."""
    instance = schema if isinstance(schema, Schema) else schema()
    return type(instance).__name__ + ("Cambios" if instance.partial else "")
