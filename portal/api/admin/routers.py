"""Show and change the operator's own routers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any

from portal.api.blueprints import session_blueprint
from portal.api.sessions import acting_company_id, actor, administrator
from portal.models.admin_user import Role
from portal.operators import routers
from portal.operators.lookup import ListPage
from portal.operators.targets import count_try, forgive_try
from portal.web.fields import PageQuery
from portal.web.operator_schemas.pages import page_answer
from portal.web.operator_schemas.router_schemas import (
    CHANGES,
    NEW,
    ConnectionAnswer,
    NewRouterAnswer,
    ProfilePage,
    RouterPage,
    RouterSchema,
    with_key,
    with_state,
    with_states,
)

ENTERED_WITH = {"host", "port", "username", "password"}

blueprint = session_blueprint("routers", __name__, "/api/v1/admin")


@blueprint.route("/mi-empresa/routers")
@blueprint.arguments(PageQuery, location="query")
@blueprint.response(200, RouterPage)
@blueprint.also_for(Role.CASHIER)
def listing(query: dict[str, Any]) -> dict[str, Any]:
    """Mis routers

    Los routers de la empresa, por nombre.
    """
    return page_answer("routers", with_states(routers.listing(acting_company_id(), **query)), query)


@blueprint.route("/mi-empresa/routers", methods=["POST"])
@blueprint.arguments(RouterSchema, example=NEW)
@blueprint.response(201, NewRouterAnswer)
@blueprint.failures(429)
def create(values: Any) -> dict[str, Any]:
    """Dar de alta un router; responde su API Key por única vez

    `host` no puede ser este servidor ni su propia red. La `api_key` de la respuesta abre las
    llamadas públicas y no se vuelve a mostrar.
    """
    _count_change(values)
    return with_key(*routers.create(actor(), acting_company_id(), **values))


@blueprint.route("/mi-empresa/routers/<router_id>")
@blueprint.response(200, RouterSchema)
@blueprint.failures(404)
@blueprint.also_for(Role.CASHIER)
def router(router_id: str) -> Any:
    """Un router

    Los datos del router; su contraseña se muestra como `********`.
    """
    return with_state(routers.get(acting_company_id(), router_id))


@blueprint.route("/mi-empresa/routers/<router_id>", methods=["PUT"])
@blueprint.arguments(RouterSchema(partial=True), example=CHANGES)
@blueprint.response(200, RouterSchema)
@blueprint.failures(404, 429)
def update(values: Any, router_id: str) -> Any:
    """Cambiar un router; lo que no se envía queda como estaba

    Solo lo que se envía cambia. Lo ya vendido sigue en el mismo router. Con otra dirección envíe
    también `password`: la guardada no se manda a donde nunca se escribió, y hasta entonces el
    router no se atiende (`password_por_confirmar`).
    """
    _count_change(values)
    return with_state(routers.update(actor(), acting_company_id(), router_id, **values))


@blueprint.route("/routers/<router_id>/test-connection")
@blueprint.response(200, ConnectionAnswer)
@blueprint.failures(422, 429)
def test_connection(router_id: str) -> dict[str, Any]:
    """Probar la conexión con el router; si falla, 503 dice qué hacer

    Entra al router y le pregunta quién es. Si no se puede, 503 dice qué revisar.
    """
    with counted():
        info = routers.test_connection(acting_company_id(), router_id)
    return {"success": True, **asdict(info)}


@blueprint.route("/routers/<router_id>/mikrotik-profiles")
@blueprint.arguments(PageQuery, location="query")
@blueprint.response(200, ProfilePage)
@blueprint.failures(422, 429)
def profiles(query: dict[str, Any], router_id: str) -> dict[str, Any]:
    """Los perfiles de usuario del hotspot, leídos del router

    Con los nombres con los que se crea un producto. Se leen del router en el momento.
    """
    with counted():
        found = routers.profiles(acting_company_id(), router_id)
    shown = found[query["offset"] : query["offset"] + query["limit"]]
    return page_answer("perfiles", ListPage(len(found), shown), query)


def _count_change(values: Any) -> None:
    if ENTERED_WITH & set(values) and not _is_super_admin():
        count_try(administrator().user_id)


@contextmanager
def counted() -> Iterator[None]:
    """Count what the block asks a router, unless it is let in. Raises TooManyRequests."""
    if _is_super_admin():
        yield
        return
    count_try(administrator().user_id)
    yield
    forgive_try(administrator().user_id)


def _is_super_admin() -> bool:
    return administrator().role == Role.SUPER_ADMIN
