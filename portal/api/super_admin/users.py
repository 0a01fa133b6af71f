"""Show and change all administrators of this installation."""

from __future__ import annotations

from typing import Any

from portal.api.auth_schemas import UserAnswer
from portal.api.blueprints import session_blueprint
from portal.api.sessions import actor
from portal.api.super_admin.user_schemas import UserBody, UserPage
from portal.models.admin_user import Role
from portal.operators.people import users
from portal.web.fields import PageQuery
from portal.web.operator_schemas.pages import page_answer
from portal.web.operator_schemas.router_schemas import ToggleBody

NEW = {
    "email": "luis@example.com",
    "password": "cuatro sillas en la playa",
    "nombre": "Luis Pérez",
    "rol": "cliente_admin",
    "empresa_id": "EMP_0123456789",
}

blueprint = session_blueprint("usuarios", __name__, "/admin/usuarios", (Role.SUPER_ADMIN,))


@blueprint.route("")
@blueprint.arguments(PageQuery, location="query")
@blueprint.response(200, UserPage)
def listing(query: dict[str, Any]) -> dict[str, Any]:
    """Los administradores

    Todos los que pueden entrar, con su rol y su empresa.
    """
    return page_answer("usuarios", users.listing(**query), query)


@blueprint.route("", methods=["POST"])
@blueprint.arguments(UserBody, example=NEW)
@blueprint.response(201, UserAnswer)
@blueprint.failures(404, 409)
def create(values: Any) -> Any:
    """Dar de alta un administrador

    Un cliente_admin es de una empresa, que `empresa_id` nombra; un super_admin, de ninguna.
    """
    return users.create(actor(), **values)


@blueprint.route("/<int:user_id>")
@blueprint.response(200, UserAnswer)
@blueprint.failures(404)
def user(user_id: int) -> Any:
    """Un administrador

    Los datos de un administrador, sin su contraseña.
    """
    return users.get(user_id)


@blueprint.route("/<int:user_id>", methods=["PUT"])
@blueprint.arguments(UserBody(partial=True), example={"nombre": "Ana López"})
@blueprint.response(200, UserAnswer)
@blueprint.failures(404, 409)
def update(values: Any, user_id: int) -> Any:
    """Cambiar un administrador; si cambia algo más que su nombre, debe volver a entrar

    Solo lo que se envía cambia.
    """
    return users.update(actor(), user_id, **values)


@blueprint.route("/<int:user_id>/toggle-activo", methods=["PUT"])
@blueprint.arguments(ToggleBody, required=False, example={"activo": True})
@blueprint.response(200, UserAnswer)
@blueprint.failures(404, 409)
def toggle(values: dict[str, bool | None], user_id: int) -> Any:
    """Cerrarle el paso a un administrador, o volver a abrírselo

    A quien se le cierra el paso se le terminan también sus sesiones.
    """
    return users.toggle(actor(), user_id, values["activo"])
