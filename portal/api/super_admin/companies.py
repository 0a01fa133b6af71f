"""Show and change all companies of this installation."""

from __future__ import annotations

from typing import Any

from portal.api.blueprints import session_blueprint
from portal.api.sessions import actor
from portal.api.super_admin.company_schemas import CompanyPage, ManagedCompanySchema, joined, parted
from portal.models import Company
from portal.models.admin_user import Role
from portal.operators import companies, gateway_accounts
from portal.operators.lookup import ListPage
from portal.web.fields import PageQuery
from portal.web.operator_schemas.pages import page_answer

NEW = {
    "nombre": "Hostal del Puerto",
    "contacto_email": "hola@example.com",
    "contacto_telefono": "55 1234 5678",
}

blueprint = session_blueprint("empresas", __name__, "/admin/empresas", (Role.SUPER_ADMIN,))


@blueprint.route("")
@blueprint.arguments(PageQuery, location="query")
@blueprint.response(200, CompanyPage)
def listing(query: dict[str, Any]) -> dict[str, Any]:
    """Las empresas

    Todas, por nombre.
    """
    page = companies.listing(**query)
    accounts = gateway_accounts.of_companies([company.id for company in page.rows])
    rows = [joined(company, accounts.get(company.id)) for company in page.rows]
    return page_answer("empresas", ListPage(page.total, rows), query)


@blueprint.route("", methods=["POST"])
@blueprint.arguments(ManagedCompanySchema, example=NEW)
@blueprint.response(201, ManagedCompanySchema)
def create(values: dict[str, Any]) -> dict[str, Any]:
    """Dar de alta una empresa

    Sin llaves de la pasarela sus ventas responden 503 antes de tocar nada.
    """
    about, keys = parted({name: value for name, value in values.items() if value is not None})
    return _shown(companies.create(actor(), keys, **about))


@blueprint.route("/<company_id>")
@blueprint.response(200, ManagedCompanySchema)
@blueprint.failures(404)
def company(company_id: str) -> dict[str, Any]:
    """Una empresa

    Los datos y las llaves de una empresa; la privada se muestra como `********`.
    """
    return _shown(companies.get(company_id))


@blueprint.route("/<company_id>", methods=["PUT"])
@blueprint.arguments(ManagedCompanySchema(partial=True), example={"activa": True})
@blueprint.response(200, ManagedCompanySchema)
@blueprint.failures(404)
def update(values: dict[str, Any], company_id: str) -> dict[str, Any]:
    """Cambiar una empresa; lo que no se envía queda como estaba

    Solo lo que se envía cambia. `activa: false` detiene sus ventas en un segundo.
    """
    about, keys = parted(values)
    return _shown(companies.update(actor(), company_id, keys, **about))


def _shown(row: Company) -> dict[str, Any]:
    return joined(row, gateway_accounts.current(row.id))
