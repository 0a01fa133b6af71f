"""Show the deployment's companies to a super_admin, who acts for them and suspends them."""

from __future__ import annotations

from flask import Response, request
from werkzeug.wrappers import Response as BaseResponse

from portal.core.errors import Conflict, Invalid
from portal.core.i18n import gettext
from portal.models.admin_user import Role
from portal.operators import companies, reports
from portal.operators.people import overview, staff
from portal.operators.people.acting import existing_company
from portal.panel import cookie
from portal.panel.audience import DEPLOYMENT
from portal.panel.blueprint import blueprint
from portal.panel.forms import PostedForm, read_form
from portal.panel.paging import offset_asked, paging
from portal.panel.people.staff import roles
from portal.panel.rendering import page, see_other
from portal.panel.request import actor
from portal.web.operator_schemas.people_schemas import PersonSchema

A_PAGE = 50


@blueprint.page("/empresas", DEPLOYMENT)
def company_list() -> Response:
    """List the companies, by name."""
    found = overview.companies(A_PAGE, offset_asked())
    return page("companies", rows=found.rows, paging=paging(found.total, A_PAGE))


@blueprint.action("/empresas/actuar", DEPLOYMENT)
def act_for_company() -> BaseResponse:
    """Act for the chosen company from now on, or for none."""
    chosen = request.form.get("empresa", "")
    cookie.act_for(existing_company(chosen) if chosen else None)
    return see_other("panel.menu" if chosen else "panel.company_list")


@blueprint.page("/empresas/<company_id>", DEPLOYMENT, fresh=True)
def company_overview(company_id: str) -> Response:
    """Show a company: whether it sells, what it took, and where its people are."""
    found = companies.get(company_id)
    return page("company_overview", row=found, report=reports.of_company(company_id))


@blueprint.action("/empresas/<company_id>", DEPLOYMENT, fresh=True)
def suspend_company(company_id: str) -> BaseResponse:
    """Suspend the company or let it sell again, as the button says."""
    changed = companies.update(actor(), company_id, active=request.form.get("activa") == "1")
    notice = (
        gettext("Listo: %(name)s vuelve a vender.")
        if changed.active
        else gettext("Listo: %(name)s está suspendida. Lo que ya se vendió se entrega.")
    )
    return see_other("panel.company_list", notice % {"name": changed.name})


@blueprint.page("/empresas/<company_id>/personas", DEPLOYMENT, fresh=True)
def company_people(company_id: str) -> Response:
    """List a company's people, and ask who else may enter."""
    return _people(company_id, PostedForm({"rol": Role.COMPANY_ADMIN}))


@blueprint.action("/empresas/<company_id>/personas", DEPLOYMENT, fresh=True)
def create_company_person(company_id: str) -> BaseResponse:
    """Let a person of the company in, its first owner for instance."""
    form = read_form(PersonSchema())
    if not form.is_good:
        return _people(company_id, form)
    try:
        made = staff.create(actor(), company_id, **form.values)
    except Invalid as problem:
        return _people(company_id, form.with_problem(problem))
    except Conflict as problem:
        taken = Invalid(errores={"email": [problem.detail]})
        return _people(company_id, form.with_problem(taken))
    notice = gettext("Listo: %(name)s ya puede entrar con su correo y esa contraseña.")
    said = notice % {"name": made.user.name}
    return see_other("panel.company_people", said, company_id=company_id)


def _people(company_id: str, form: PostedForm) -> Response:
    found = staff.listing(company_id, A_PAGE, offset_asked())
    return page(
        "company_people",
        200 if form.is_good else 422,
        row=companies.get(company_id),
        people=found.rows,
        paging=paging(found.total, A_PAGE),
        form=form,
        roles=roles(),
    )
