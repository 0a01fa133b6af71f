"""Look after one's own way in: the second factor, and the sessions that are open."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from portal.api.auth import LOGIN
from portal.api.auth_schemas import SessionPage, SessionQuery, TotpAnswer, TotpBody
from portal.api.blueprints import session_blueprint
from portal.api.sessions import acting_company_id, actor, administrator, company_in_question
from portal.core.errors import Forbidden, NotFound
from portal.models.admin_user import Role
from portal.operators.people import enrolment, open_sessions, second_factor
from portal.operators.people.enrolment import Enrolment
from portal.web.operator_schemas.pages import page_answer
from portal.web.schemas import Message

blueprint = session_blueprint("acceso-propio", __name__, "/api/v1/auth", tuple(Role))
BEGIN = {"accion": "iniciar", "password": LOGIN["password"]}


@blueprint.route("/totp")
@blueprint.response(200, TotpAnswer)
def totp_state() -> dict[str, Any]:
    """Mi verificación en dos pasos

    Si está activada, desde cuándo, y cuántos códigos de recuperación quedan.
    """
    return _shown()


@blueprint.route("/totp", methods=["POST"])
@blueprint.arguments(TotpBody, example=BEGIN)
@blueprint.response(200, TotpAnswer)
@blueprint.failures(409, 429)
def change_totp(body: dict[str, str]) -> dict[str, Any]:
    """Activar o desactivar mi verificación en dos pasos

    `iniciar` pide la contraseña y responde el secreto para el teléfono; `confirmar` la activa con
    el primer código y responde diez códigos de recuperación, por única vez. `desactivar` y
    `renovar_codigos` piden la contraseña y un código. Cada código sirve una vez.
    """
    who, password, code = administrator(), body.get("password", ""), body.get("codigo", "")
    match body["accion"]:
        case "iniciar":
            return _shown(begun=enrolment.begin(who, password))
        case "confirmar":
            return _shown(codes=enrolment.turn_on(actor(), who, code))
        case "renovar_codigos":
            return _shown(codes=enrolment.renew_codes(actor(), who, password, code))
        case _:
            enrolment.turn_off(actor(), who, password, code)
            return _shown()


@blueprint.route("/sesiones")
@blueprint.arguments(SessionQuery, location="query")
@blueprint.response(200, SessionPage)
def session_list(query: dict[str, Any]) -> dict[str, Any]:
    """Las sesiones abiertas

    Las propias, o con `de=personas` las de todas las personas de la empresa: desde qué equipo y
    dirección, desde cuándo, y la última vez que se usaron.
    """
    who, whose, part = administrator(), query.pop("de"), (query["limit"], query["offset"])
    if whose == "mias":
        return page_answer("sesiones", open_sessions.own(who, *part), query)
    if not _is_owner():
        raise Forbidden
    found = open_sessions.of_company(who, acting_company_id(), *part)
    return page_answer("sesiones", found, query)


@blueprint.route("/sesiones/<session_id>", methods=["DELETE"])
@blueprint.response(200, Message)
@blueprint.failures(404)
def end_session(session_id: str) -> dict[str, str]:
    """Cerrar una sesión

    Una propia; quien es dueño, también la de cualquier persona de su empresa. Su token deja de
    servir de inmediato.
    """
    company_id = company_in_question() if _is_owner() else None
    try:
        open_sessions.end_own(actor(), administrator(), session_id)
    except NotFound:
        if company_id is None:
            raise
        open_sessions.end_of_company(actor(), company_id, session_id)
    return {"mensaje": "Sesión cerrada."}


def _is_owner() -> bool:
    return administrator().role != Role.CASHIER


def _shown(begun: Enrolment | None = None, codes: Sequence[str] | None = None) -> dict[str, Any]:
    state = second_factor.state_of(administrator().user_id)
    waits = "pendiente" if begun else "inactivo"
    return {
        "estado": "activo" if state.is_on else waits,
        "desde": state.since,
        "codigos_restantes": state.codes_left,
        "secreto": begun.secret if begun else None,
        "uri": begun.uri if begun else None,
        "codigos_recuperacion": codes,
    }
