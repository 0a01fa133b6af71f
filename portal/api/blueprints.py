"""Make blueprints that are closed from the start: who may enter is said when one is made."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any, TypeVar

from flask_smorest import Blueprint
from marshmallow import Schema

from portal.api.parser import ApiParser
from portal.api.router_key import require_router_key
from portal.api.sessions import guard_with_session
from portal.models.admin_user import Role
from portal.web.schemas import ErrorBody

SECURITY_SCHEMES: dict[str, dict[str, str]] = {
    "ApiKey": {
        "type": "apiKey",
        "in": "header",
        "name": "X-API-Key",
        "description": "Llave del router: `jwt_…`. También como `Authorization: Bearer jwt_…`.",
    },
    "Session": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "JWT",
        "description": "Token de `POST /api/v1/auth/login`; vive 24 horas.",
    },
}


View = TypeVar("View", bound=Callable[..., Any])


class ApiBlueprint(Blueprint):
    """Extend flask-smorest's blueprint with our parser; document its security and its errors."""

    ARGUMENTS_PARSER = ApiParser()

    def __init__(self, name: str, import_name: str, url_prefix: str, *schemes: str) -> None:
        super().__init__(name, import_name, url_prefix=url_prefix)
        self._schemes = schemes
        self._prepare_doc_cbks.append(self._document_security)

    def route(self, rule: str, **options: Any) -> Callable[[View], View]:
        """Do as flask-smorest does, typed; so do the three below."""
        found: Callable[[View], View] = super().route(rule, **options)
        return found

    def arguments(self, schema: Any, **options: Any) -> Callable[[View], View]:
        found: Callable[[View], View] = super().arguments(schema, **options)
        return found

    def response(self, status: int, schema: Any = None, **options: Any) -> Callable[[View], View]:
        found: Callable[[View], View] = super().response(status, schema, **options)
        return found

    def doc(self, **more: Any) -> Callable[[View], View]:
        found: Callable[[View], View] = super().doc(**more)
        return found

    def also(self, status: int, schema: type[Schema]) -> Callable[[View], View]:
        """Document a further answer of a view."""
        found: Callable[[View], View] = self.alt_response(status, schema=schema)
        return found

    def failures(self, *statuses: int) -> Callable[[View], View]:
        """Document statuses that a view answers with `{"detail": …}`."""

        def decorate(view: View) -> View:
            for status in statuses:
                view = self.alt_response(status, schema=ErrorBody)(view)
            return view

        return decorate

    def _document_security(self, doc: dict[str, Any], _info: Any, **_kw: Any) -> dict[str, Any]:
        if self._schemes:
            doc["security"] = [{scheme: []} for scheme in self._schemes]
            doc.setdefault("responses", {}).setdefault(401, "UNAUTHORIZED")
        return doc


def open_blueprint(name: str, import_name: str, url_prefix: str) -> ApiBlueprint:
    """Make one for anyone. What lies here must be on the allow list of the policy test."""
    return ApiBlueprint(name, import_name, url_prefix)


def public_blueprint(name: str, import_name: str, url_prefix: str) -> ApiBlueprint:
    """Make one for holders of a router's key; views find theirs with `router_key.shop()`."""
    blueprint = ApiBlueprint(name, import_name, url_prefix, "ApiKey")
    blueprint.before_request(require_router_key)
    return blueprint


def session_blueprint(
    name: str, import_name: str, url_prefix: str, roles: Collection[Role] = (Role.COMPANY_ADMIN,)
) -> ApiBlueprint:
    """Make one for administrators of these roles (see `sessions.guard_with_session`)."""
    blueprint = ApiBlueprint(name, import_name, url_prefix, "Session")
    guard_with_session(blueprint, roles)
    return blueprint
