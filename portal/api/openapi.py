"""Write the OpenAPI document of all endpoints."""

from __future__ import annotations

from threading import RLock
from typing import Any

from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin
from apispec.ext.marshmallow.openapi import OpenAPIConverter
from flask import Flask
from flask_smorest import Api, Blueprint
from marshmallow import Schema, fields

from portal.api import statuses
from portal.api.blueprints import SECURITY_SCHEMES
from portal.api.parameters import PathPlugin
from portal.web.fields import ApiField, Money
from portal.web.schemas import ErrorBody

CONFIG = {
    "API_TITLE": "Portal",
    "API_VERSION": "1",
    "OPENAPI_VERSION": "3.1.0",
    "OPENAPI_URL_PREFIX": "/api",
    "OPENAPI_JSON_PATH": "openapi.json",
}
ABOUT = (
    "Venta de acceso a Internet en hotspots MikroTik. La "
    "[guía de una página](/api/docs/guia) lleva del token de la tarjeta al acceso.\n\n"
    'Los errores son siempre `{"detail": "…"}`, una frase en español que se puede mostrar. '
    "Los importes son pesos o dólares con dos decimales; las horas, ISO 8601 con su diferencia "
    "de UTC. Cada respuesta lleva `X-Request-ID`: cítelo si pide ayuda."
)
TAGS = [
    {"name": "catalogo", "description": "Lo que vende un router. Con la llave del router."},
    {"name": "pagos", "description": "Comprar, y preguntar cómo va. Con la llave del router."},
    {"name": "hotspot", "description": "Volver a conectar. Con la llave del router."},
    {"name": "login", "description": "Empezar una sesión."},
    {"name": "auth", "description": "La propia sesión."},
]


class PortalApi(Api):
    """Leave flask-smorest's errors to `portal.web.error_handlers`, like all others."""

    ERROR_SCHEMA = ErrorBody
    # Each status is named where it is answered.
    DEFAULT_ERROR_RESPONSE_NAME = None

    def __init__(self, app: Flask, **options: Any) -> None:
        self._undocumented: list[Blueprint] = []
        self._documenting = RLock()
        self._spec: Any = None
        super().__init__(app, **options)

    @property
    def spec(self) -> APISpec:
        """Give the document, written when it is first asked for.

        That takes longer than all else of a start, and workers and commands have no use for it.
        """
        with self._documenting:
            if self._spec is None:
                self._begin_document()
            while self._undocumented:
                self._document(self._undocumented.pop(0))
            spec: APISpec = self._spec
        return spec

    @spec.setter
    def spec(self, spec: APISpec | None) -> None:
        self._spec = spec

    def _init_spec(self, **options: Any) -> None:
        """Keep what the document is begun with."""
        self._options = options

    def _begin_document(self) -> None:
        # What every schema may say has to stand before the first blueprint's.
        waiting, self._undocumented = self._undocumented, []
        super()._init_spec(**self._options)
        self.register_field(Money, "string", None)
        for name, scheme in SECURITY_SCHEMES.items():
            self.spec.components.security_scheme(name, scheme)
        self._undocumented = waiting

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

    def _register_responses(self) -> None:
        """Each status that is an error, under the name by which views have it documented."""
        for status in statuses.STATUSES:
            described = statuses.documented(status, self.ERROR_SCHEMA)
            self.spec.components.response(statuses.name_of(status), described, lazy=True)


def make_api(app: Flask) -> PortalApi:
    """Make the API, without endpoints yet."""
    app.config.from_mapping(CONFIG)
    plugin = Plugin(schema_name_resolver=_schema_name)
    providers = tuple(app.extensions["ports"].providers)
    about = {"info": {"description": ABOUT}, "tags": TAGS}
    plugins = {"marshmallow_plugin": plugin, "flask_plugin": PathPlugin(providers)}
    return PortalApi(app, spec_kwargs=about | plugins)


class Converter(OpenAPIConverter):
    """Describe schemas by what their fields say of themselves, and the schema of several."""

    def init_attribute_functions(self) -> None:
        """Ask our fields last: what they say goes before what apispec guesses."""
        super().init_attribute_functions()  # type: ignore[no-untyped-call]
        self.attribute_functions.append(_as_documented)

    def schema2jsonschema(self, schema: Schema) -> dict[str, Any]:
        """Describe the schema."""
        described: dict[str, Any] = super().schema2jsonschema(schema)  # type: ignore[no-untyped-call]
        if not schema.partial:
            described |= getattr(schema, "documented_whole", {})
        else:
            # What is not sent in a change stays as it is.
            for field in described["properties"].values():
                field.pop("default", None)
        return described | getattr(schema, "documented", {})


class Plugin(MarshmallowPlugin):
    """Have marshmallow's schemas described as ours are."""

    Converter = Converter


def _as_documented(field: fields.Field[Any], ret: Any) -> dict[str, Any]:
    """Take from a field of ours what it says of itself; the rest follows from its class."""
    said = field.documented() if isinstance(field, ApiField) else {}
    # What a schema says of one of its fields in particular goes before.
    return said | {name: field.metadata[name] for name in said if name in field.metadata}


def _schema_name(schema: type[Schema] | Schema) -> str:
    """A schema that is asked for in part, as a PUT's is, stands beside the whole one."""
    instance = schema if isinstance(schema, Schema) else schema()
    return type(instance).__name__ + ("Cambios" if instance.partial else "")
