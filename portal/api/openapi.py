"""Write the OpenAPI document of all endpoints."""

from __future__ import annotations

from threading import RLock
from typing import Any

from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin
from flask import Flask
from flask_smorest import Api, Blueprint
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

    def __init__(self, app: Flask, **options: Any) -> None:
        self._undocumented: list[Blueprint] = []
        self._documenting = RLock()
        super().__init__(app, **options)

    @property
    def spec(self) -> APISpec:
        """Give the document, written when it is first asked for.

        That takes longer than all else of a start, and workers and commands have no use for it.
        """
        with self._documenting:
            while self._undocumented:
                self._document(self._undocumented.pop(0))
        return self._spec

    @spec.setter
    def spec(self, spec: APISpec) -> None:
        self._spec = spec

    def register_blueprint(self, blueprint: Blueprint, **_options: Any) -> None:
        """Serve a blueprint's endpoints, and document them when somebody asks."""
        self._app.extensions["flask-smorest"]["blp_name_to_api"][blueprint.name] = self
        self._app.register_blueprint(blueprint)
        self._undocumented.append(blueprint)

    def _document(self, blueprint: Blueprint) -> None:
        name = blueprint.name
        blueprint.register_views_in_doc(self, self._app, self._spec, name=name, parameters=None)
        self._spec.tag({"name": name, "description": blueprint.description})

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
