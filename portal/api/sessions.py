"""Tell by session tokens who calls the administration endpoints, and for which company."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime
from typing import Any

import jwt
from flask import Blueprint, Response, g, request

from portal.core.errors import Forbidden, Unauthorized
from portal.core.records import sane
from portal.models.admin_user import COMPANY_ROLES, Role
from portal.operators.audit import Actor
from portal.operators.people.acting import existing_company, record_acting
from portal.operators.people.sessions import Administrator, Login, find
from portal.ports import settings
from portal.web.request_context import caller_text, request_id

ALGORITHM = "HS256"
ISSUER = "portal"
TYPE = "session"
COMPANY_HEADER = "X-Empresa-ID"
ACTING_HEADER = "X-Actuando-Por"
ENDED = "La sesión no es válida o terminó. Inicie sesión de nuevo."
NAME_COMPANY = f"Indique la empresa por la que actúa en el encabezado {COMPANY_HEADER}."
READING = ("GET", "HEAD", "OPTIONS")


def guard_with_session(blueprint: Blueprint, roles_of: Callable[[str], Collection[Role]]) -> None:
    """Close a blueprint to all but people of the roles that `roles_of` gives for an endpoint.

    Where a cliente_admin may enter, a super_admin may too by naming the company.
    """

    def enter() -> None:
        if request.method != "OPTIONS":
            g.administrator = _authenticate()
            g.company_id = _company_for(g.administrator, roles_of(request.endpoint or ""))

    blueprint.before_request(enter)
    blueprint.after_request(_show_company)


def administrator() -> Administrator:
    """Name who is logged in."""
    found: Administrator = g.administrator
    return found


def actor() -> Actor:
    """Name who is logged in, as the audit does."""
    return Actor(administrator().email, request_id(), caller_text())


def acting_company_id() -> str:
    """Name the company that this request is about: one's own, or the one a super_admin named."""
    found = company_in_question()
    if found is None:
        raise Forbidden(NAME_COMPANY)
    return found


def company_in_question() -> str | None:
    """Name that company; None for a super_admin who named none."""
    found: str | None = g.company_id
    return found


def token_of(login: Login) -> str:
    """Make the token that the caller keeps; a row stands behind its `jti`."""
    claims: dict[str, Any] = {
        "jti": login.session_id,
        "iss": ISSUER,
        "sub": str(login.user.id),
        "exp": login.expires_at,
        "type": TYPE,
    }
    return jwt.encode(claims, settings().jwt_session_secret, algorithm=ALGORITHM)


def iso(moment: datetime) -> str:
    """Write a moment in ISO 8601, with an offset."""
    return moment.isoformat()


def _authenticate() -> Administrator:
    scheme, _, token = request.headers.get("Authorization", "").strip().partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise Unauthorized
    found = find(_session_id(token.strip()))
    if found is None:
        raise Unauthorized(ENDED)
    return found


def _session_id(token: str) -> str:
    try:
        claims = jwt.decode(
            token,
            settings().jwt_session_secret,
            algorithms=[ALGORITHM],
            issuer=ISSUER,
            options={"require": ["jti", "iss", "sub", "exp", "type"]},
        )
    except jwt.InvalidTokenError as error:
        raise Unauthorized(ENDED) from error
    if claims["type"] != TYPE or not sane(claims["jti"]):
        raise Unauthorized(ENDED)
    return str(claims["jti"])


def _company_for(who: Administrator, roles: Collection[Role]) -> str | None:
    named = request.headers.get(COMPANY_HEADER, "").strip() or None
    if who.role in COMPANY_ROLES:
        if who.role not in roles or named not in (None, who.company_id):
            raise Forbidden
        return who.company_id
    if Role.COMPANY_ADMIN not in roles:
        return None
    if named is not None:
        return _act_for(who, existing_company(named))
    if Role.SUPER_ADMIN not in roles:
        raise Forbidden(NAME_COMPANY)
    return None


def _act_for(who: Administrator, company_id: str) -> str:
    if request.method not in READING:
        acting = Actor(who.email, request_id(), caller_text())
        record_acting(acting, company_id, request.method, request.path)
    g.acting_for = company_id
    return company_id


def _show_company(response: Response) -> Response:
    if acting_for := g.get("acting_for"):
        response.headers[ACTING_HEADER] = acting_for
    return response
