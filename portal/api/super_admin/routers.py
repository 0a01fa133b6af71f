"""Show and change a company's routers for a super_admin."""

from __future__ import annotations

from typing import Any

from portal.api.blueprints import session_blueprint
from portal.api.sessions import actor
from portal.models.admin_user import Role
from portal.operators import routers
from portal.web.fields import PageQuery
from portal.web.operator_schemas.pages import page_answer
from portal.web.operator_schemas.router_schemas import (
    CHANGES,
    NEW,
    NewRouterAnswer,
    RouterPage,
    RouterSchema,
    ToggleBody,
    with_key,
    with_state,
    with_states,
)
from portal.web.schemas import Message

PREFIX = "/admin/empresas/<company_id>/routers"

blueprint = session_blueprint("routers-de-empresa", __name__, PREFIX, (Role.SUPER_ADMIN,))


@blueprint.route("")
@blueprint.arguments(PageQuery, location="query")
@blueprint.response(200, RouterPage)
@blueprint.failures(404)
def listing(query: dict[str, Any], company_id: str) -> dict[str, Any]:
    """Los routers de la empresa

    Los routers de la empresa, por nombre.
    """
    return page_answer("routers", with_states(routers.listing(company_id, **query)), query)


@blueprint.route("", methods=["POST"])
@blueprint.arguments(RouterSchema, example=NEW)
@blueprint.response(201, NewRouterAnswer)
@blueprint.failures(404)
def create(values: Any, company_id: str) -> dict[str, Any]:
    """Dar de alta un router; responde su API Key por única vez

    La `api_key` de la respuesta abre las llamadas públicas y no se vuelve a mostrar.
    """
    return with_key(*routers.create(actor(), company_id, **values))


@blueprint.route("/<router_id>")
@blueprint.response(200, RouterSchema)
@blueprint.failures(404)
def router(company_id: str, router_id: str) -> Any:
    """Un router

    Los datos del router; su contraseña se muestra como `********`.
    """
    return with_state(routers.get(company_id, router_id))


@blueprint.route("/<router_id>", methods=["PUT"])
@blueprint.arguments(RouterSchema(partial=True), example=CHANGES)
@blueprint.response(200, RouterSchema)
@blueprint.failures(404)
def update(values: Any, company_id: str, router_id: str) -> Any:
    """Cambiar un router; lo que no se envía queda como estaba

    Solo lo que se envía cambia.
    """
    return with_state(routers.update(actor(), company_id, router_id, **values))


@blueprint.route("/<router_id>", methods=["DELETE"])
@blueprint.response(200, Message)
@blueprint.failures(404, 409)
def delete(company_id: str, router_id: str) -> dict[str, str]:
    """Eliminar un router que no tiene ventas ni productos

    409 si ya vendió algo o tiene productos: entonces desactívelo.
    """
    routers.delete(actor(), company_id, router_id)
    return {"mensaje": "Router eliminado."}


@blueprint.route("/<router_id>/toggle-activo", methods=["PUT"])
@blueprint.arguments(ToggleBody, required=False, example={"activo": True})
@blueprint.response(200, RouterSchema)
@blueprint.failures(404)
def toggle(values: dict[str, bool | None], company_id: str, router_id: str) -> Any:
    """Pausar las ventas de un router, o reanudarlas

    Un router en pausa no vende: su llave responde 401. Quien ya compró sigue conectado.
    """
    return with_state(routers.toggle(actor(), company_id, router_id, values["activo"]))
