"""Log in and out of the administration API."""

from __future__ import annotations

from typing import Any

from flask import request

from portal.api.auth_schemas import ChangePasswordBody, LoginAnswer, LoginBody, UserAnswer
from portal.api.blueprints import open_blueprint, session_blueprint
from portal.api.sessions import actor, administrator, token_of
from portal.models.admin_user import Role
from portal.operators.people import own_password, sessions, users
from portal.operators.people.login import log_in
from portal.web.known_browser import known_browser, remember_browser
from portal.web.request_context import caller_text, client_address
from portal.web.schemas import Message

LOGIN = {"email": "ana@example.com", "password": "tres gatos bajo la lluvia"}
CHANGE = {
    "current_password": "tres gatos bajo la lluvia",
    "new_password": "cinco perros junto al mar",
}
CHANGED = "Contraseña cambiada. Inicie sesión de nuevo."

door = open_blueprint("login", __name__, "/api/v1/auth")
blueprint = session_blueprint("auth", __name__, "/api/v1/auth", tuple(Role))


@door.route("/login", methods=["POST"])
@door.arguments(LoginBody, example=LOGIN)
@door.response(200, LoginAnswer)
@door.failures(401, 429)
def login(body: dict[str, Any]) -> dict[str, Any]:
    """Iniciar sesión

    Responde el token que las demás llamadas llevan en `Authorization: Bearer …`. Vive 24 horas, o
    hasta que se cierra la sesión o se cambia la contraseña. Varios intentos fallidos hacen
    esperar. Quien activó la verificación en dos pasos envía también `codigo_totp`; sin él, o con
    uno que no es, la respuesta es la misma que con otra contraseña.
    """
    begun = log_in(
        body["email"],
        body["password"],
        client_address(),
        caller_text(),
        request.headers.get("User-Agent"),
        known_browser(),
        body["codigo_totp"],
    )
    remember_browser(begun.user.id)
    return {
        "access_token": token_of(begun),
        "token_type": "bearer",
        "expires_at": begun.expires_at,
        "user": begun.user,
    }


@blueprint.route("/me")
@blueprint.response(200, UserAnswer)
def me() -> Any:
    """Quién soy

    Los datos de quien inició la sesión, con su rol y su empresa.
    """
    return users.get(administrator().user_id)


@blueprint.route("/logout", methods=["POST"])
@blueprint.response(200, Message)
def logout() -> dict[str, str]:
    """Cerrar sesión

    Termina esta sesión; su token deja de servir de inmediato.
    """
    sessions.log_out(administrator().session_id)
    return {"mensaje": "Sesión cerrada."}


@blueprint.route("/change-password", methods=["POST"])
@blueprint.arguments(ChangePasswordBody, example=CHANGE)
@blueprint.response(200, Message)
@blueprint.failures(429)
def change_password(body: dict[str, str]) -> dict[str, str]:
    """Cambiar mi contraseña; termina todas mis sesiones

    Pide la contraseña actual. Termina todas sus sesiones, también esta: hay que entrar de nuevo.
    """
    own_password.change_password(
        administrator(), actor(), body["current_password"], body["new_password"]
    )
    return {"mensaje": CHANGED}
