"""Show and change a company's routers for a super_admin."""

from __future__ import annotations

from typing import Any

from portal.api.admin.pages import page_answer
from portal.api.admin.router_schemas import (
    NewRouterAnswer,
    RouterPage,
    RouterSchema,
    ToggleBody,
    with_key,
)
from portal.api.blueprints import session_blueprint
from portal.api.sessions import actor
from portal.models.admin_user import Role
from portal.operators import routers
from portal.web.fields import PageQuery
from portal.web.schemas import Message

PREFIX = "/admin/empresas/<company_id>/routers"

blueprint = session_blueprint("routers-de-empresa", __name__, PREFIX, (Role.SUPER_ADMIN,))


@blueprint.route("")
@blueprint.arguments(PageQuery, location="query")
@blueprint.response(200, RouterPage)
@blueprint.failures(404)
def listing(query: dict[str, Any], company_id: str) -> dict[str, Any]:
    """Los routers de la empresa"""
    return page_answer("routers", routers.listing(company_id, **query), query)


@blueprint.route("", methods=["POST"])
@blueprint.arguments(RouterSchema)
@blueprint.response(201, NewRouterAnswer)
@blueprint.failures(404)
def create(values: Any, company_id: str) -> dict[str, Any]:
    """Dar de alta un router; responde su API Key por única vez"""
    return with_key(*routers.create(actor(), company_id, **values))


@blueprint.route("/<router_id>")
@blueprint.response(200, RouterSchema)
@blueprint.failures(404)
def router(company_id: str, router_id: str) -> Any:
    """Un router"""
    return routers.get(company_id, router_id)


@blueprint.route("/<router_id>", methods=["PUT"])
@blueprint.arguments(RouterSchema(partial=True))
@blueprint.response(200, RouterSchema)
@blueprint.failures(404)
def update(values: Any, company_id: str, router_id: str) -> Any:
    """Cambiar un router; lo que no se envía queda como estaba"""
    return routers.update(actor(), company_id, router_id, **values)


@blueprint.route("/<router_id>", methods=["DELETE"])
@blueprint.response(200, Message)
@blueprint.failures(404, 409)
def delete(company_id: str, router_id: str) -> dict[str, str]:
    """Eliminar un router que no tiene ventas ni productos"""
    routers.delete(actor(), company_id, router_id)
    return {"mensaje": "Router eliminado."}


@blueprint.route("/<router_id>/toggle-activo", methods=["PUT"])
@blueprint.arguments(ToggleBody, required=False)
@blueprint.response(200, RouterSchema)
@blueprint.failures(404)
def toggle(values: dict[str, bool | None], company_id: str, router_id: str) -> Any:
    """Pausar las ventas de un router, o reanudarlas"""
    return routers.toggle(actor(), company_id, router_id, values["activo"])
