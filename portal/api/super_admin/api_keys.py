"""Show, mint and revoke the API keys of a company's routers."""

from __future__ import annotations

from typing import Any

from portal.api.blueprints import session_blueprint
from portal.api.sessions import actor
from portal.api.super_admin.routers import PREFIX
from portal.models.admin_user import Role
from portal.operators import api_keys
from portal.web.fields import PageQuery
from portal.web.operator_schemas.pages import page_answer
from portal.web.operator_schemas.router_schemas import (
    ApiKeyAnswer,
    ApiKeyPage,
    ApiKeyStatus,
    MintedAnswer,
    RegenerateBody,
)

ROUTER = PREFIX + "/<router_id>"

blueprint = session_blueprint("api-keys", __name__, ROUTER, (Role.SUPER_ADMIN,))


@blueprint.route("/regenerate-api-key", methods=["POST"])
@blueprint.arguments(RegenerateBody, required=False, example={"horas_gracia": 24})
@blueprint.response(200, MintedAnswer)
@blueprint.failures(404)
def regenerate(body: dict[str, int | None], company_id: str, router_id: str) -> Any:
    """Cambiar la API Key; la anterior sirve durante el periodo de gracia

    La nueva se muestra esta única vez. Cambie la página del router antes de que termine el periodo
    de gracia de la anterior.
    """
    return api_keys.rotate(actor(), company_id, router_id, body["horas_gracia"])


@blueprint.route("/api-keys")
@blueprint.arguments(PageQuery, location="query")
@blueprint.response(200, ApiKeyPage)
@blueprint.failures(404)
def listing(query: dict[str, Any], company_id: str, router_id: str) -> dict[str, Any]:
    """Las API Keys del router, sin la llave misma

    De la más nueva a la más vieja, con su estado.
    """
    return page_answer("api_keys", api_keys.listing(company_id, router_id, **query), query)


@blueprint.route("/api-keys/<key_id>/revoke", methods=["POST"])
@blueprint.response(200, ApiKeyAnswer)
@blueprint.failures(404)
def revoke(company_id: str, router_id: str, key_id: str) -> Any:
    """Revocar una API Key de inmediato

    Deja de servir en un segundo en todos los procesos. No hay vuelta atrás: haga otra.
    """
    return api_keys.revoke(actor(), company_id, router_id, key_id)


@blueprint.route("/api-key-status")
@blueprint.response(200, ApiKeyStatus)
@blueprint.failures(404)
def status(company_id: str, router_id: str) -> dict[str, Any]:
    """Si el router tiene una API Key vigente, y cuál es la última

    Para saber si la página de un router puede vender.
    """
    newest = api_keys.newest(company_id, router_id)
    good = newest is not None and api_keys.key_status(newest) in api_keys.GOOD
    return {"router_id": router_id, "activa": good, "api_key_info": newest}
