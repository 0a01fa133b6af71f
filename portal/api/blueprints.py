"""Make blueprints that are closed from the start: who may enter is said when one is made."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Any, TypeVar

from flask_smorest import Blueprint
from marshmallow import Schema

from portal.api.parameters import COMPANY, IF_NONE_MATCH
from portal.api.router_key import require_router_key
from portal.api.sessions import guard_with_session
from portal.api.statuses import SUCCESSES, name_of
from portal.models.admin_user import Role
from portal.web.schemas import ApiParser

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


# What reading a JSON body may come to.
BODY_FAILURES = (400, 413, 415, 422)
View = TypeVar("View", bound=Callable[..., Any])


class ApiBlueprint(Blueprint):
    """Extend flask-smorest's blueprint with our parser; document its security and its errors."""

    ARGUMENTS_PARSER = ApiParser()

    def __init__(self, name: str, import_name: str, url_prefix: str, *schemes: str) -> None:
        super().__init__(name, import_name, url_prefix=url_prefix)
        self._schemes = schemes
        self._headers: list[dict[str, Any]] = []
        self._shared: tuple[int, ...] = (500, 503)
        self._roles: frozenset[Role] = frozenset()
        self._more_roles: dict[str, frozenset[Role]] = {}
        self._prepare_doc_cbks.append(self._document_what_all_share)

    def route(self, rule: str, **options: Any) -> Callable[[View], View]:
        """Do as flask-smorest does, typed; so do the three below."""
        found: Callable[[View], View] = super().route(rule, **options)
        return found

    def arguments(self, schema: Any, **options: Any) -> Callable[[View], View]:
        # Of a class webargs would make one for each request.
        one = schema() if isinstance(schema, type) else schema
        found: Callable[[View], View] = super().arguments(one, **options)
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

    def unchanged(self, view: View) -> View:
        """Document that the caller is told when what it has is still right."""
        found: View = self.alt_response(304)(self.doc(parameters=[IF_NONE_MATCH])(view))
        return found

    def failures(self, *statuses: int) -> Callable[[View], View]:
        """Document statuses that a view answers with `{"detail": …}`."""

        def decorate(view: View) -> View:
            for status in statuses:
                view = self.alt_response(status, response=name_of(status))(view)
            return view

        return decorate

    def admit(self, roles: Collection[Role]) -> ApiBlueprint:
        """Let people of these roles call all of its views."""
        self._roles = frozenset(roles)
        return self

    def also_for(self, *roles: Role) -> Callable[[View], View]:
        """Let people of these roles call a view, besides those who may call all of them."""

        def decorate(view: View) -> View:
            self._more_roles[view.__name__] = frozenset(roles)
            return self.doc(**{"x-roles": sorted(self._roles | {*roles})})(view)

        return decorate

    def roles_of(self, endpoint: str) -> frozenset[Role]:
        """Tell who may call a view, by the name that Flask knows it by."""
        return self._roles | self._more_roles.get(endpoint.rpartition(".")[2], frozenset())

    def shares(self, *statuses: int, headers: Sequence[dict[str, Any]] = ()) -> ApiBlueprint:
        """Document statuses and headers of all of its views."""
        self._shared += statuses
        self._headers += headers
        return self

    def _document_what_all_share(
        self, doc: dict[str, Any], _info: Any, **_kw: Any
    ) -> dict[str, Any]:
        if self._schemes:
            doc["security"] = [{scheme: []} for scheme in self._schemes]
        if self._headers:
            doc["parameters"] = [*doc.get("parameters", []), *self._headers]
        reading = BODY_FAILURES if "application/json" in _content(doc) else ()
        if self._roles:
            doc.setdefault("x-roles", sorted(self._roles))
        responses = doc.setdefault("responses", {})
        for status in (*self._shared, *reading):
            responses.setdefault(status, name_of(status))
        for status, words in SUCCESSES.items():
            if status in responses:
                responses[status]["description"] = words
        doc["responses"] = dict(sorted(responses.items(), key=lambda item: int(item[0])))
        return doc


def _content(doc: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = doc.get("requestBody", {}).get("content", {})
    return found


def open_blueprint(name: str, import_name: str, url_prefix: str) -> ApiBlueprint:
    """Make one for anyone. What lies here must be on the allow list of the policy test."""
    return ApiBlueprint(name, import_name, url_prefix)


def public_blueprint(
    name: str,
    import_name: str,
    url_prefix: str,
    guard: Callable[[], None] = require_router_key,
) -> ApiBlueprint:
    """Make one for holders of a router's key; views find theirs with `router_key.shop()`."""
    blueprint = ApiBlueprint(name, import_name, url_prefix, "ApiKey").shares(401)
    blueprint.before_request(guard)
    return blueprint


def session_blueprint(
    name: str, import_name: str, url_prefix: str, roles: Collection[Role] = (Role.COMPANY_ADMIN,)
) -> ApiBlueprint:
    """Make one for people of these roles (see `sessions.guard_with_session`).

    A view that others may call too says so by `also_for`: a cashier calls nothing that does not.
    """
    blueprint = ApiBlueprint(name, import_name, url_prefix, "Session").shares(401, 403)
    blueprint.admit(roles)
    if Role.COMPANY_ADMIN in roles:
        blueprint.shares(404, headers=[COMPANY])
    guard_with_session(blueprint, blueprint.roles_of)
    return blueprint
