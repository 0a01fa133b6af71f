"""Show and change the operator's own company."""

from __future__ import annotations

from typing import Any

from portal.api.admin.company_schemas import CompanySchema
from portal.api.blueprints import session_blueprint
from portal.api.sessions import acting_company_id, actor
from portal.operators import companies

blueprint = session_blueprint("mi-empresa", __name__, "/api/v1/admin/mi-empresa")


@blueprint.route("")
@blueprint.response(200, CompanySchema)
def company() -> Any:
    """Mi empresa"""
    return companies.get(acting_company_id())


@blueprint.route("", methods=["PUT"])
@blueprint.arguments(CompanySchema(partial=True))
@blueprint.response(200, CompanySchema)
def update(values: Any) -> Any:
    """Cambiar los datos de mi empresa; lo que no se envía queda como estaba"""
    return companies.update(actor(), acting_company_id(), **values)
