"""Name the company that sells, and how its customers reach it."""

from __future__ import annotations

from flask import Response
from werkzeug.wrappers import Response as BaseResponse

from portal.core.errors import Forbidden
from portal.core.i18n import gettext
from portal.models.admin_user import Role
from portal.operators import companies
from portal.panel import cookie
from portal.panel.audience import BEGINNERS
from portal.panel.blueprint import blueprint
from portal.panel.forms import PostedForm, read_form
from portal.panel.rendering import page, see_other
from portal.panel.request import actor, administrator, company_if_any
from portal.web.fields import Email, Text
from portal.web.schemas import AdminSchema


class FirstCompanyForm(AdminSchema):
    """Read what a company needs before it sells."""

    nombre = Text(100, attribute="name", required=True)
    contacto_email = Email(attribute="contact_email", required=True)
    contacto_telefono = Text(32, attribute="contact_phone", blank=None)


@blueprint.page("/pasos/empresa", BEGINNERS)
def first_company() -> Response:
    """Ask for it, or show it as it is."""
    company = company_if_any()
    typed = {
        "nombre": company.name if company else "",
        "contacto_email": (company and company.contact_email) or administrator().email,
        "contacto_telefono": (company and company.contact_phone) or "",
    }
    return page("first_steps/company", form=PostedForm(typed))


@blueprint.action("/pasos/empresa", BEGINNERS)
def save_first_company() -> BaseResponse:
    """Keep it; a super_admin who has none yet acts for this one from now on."""
    form = read_form(FirstCompanyForm())
    if not form.is_good:
        return page("first_steps/company", 422, form=form)
    company = company_if_any()
    if company is None:
        if administrator().role != Role.SUPER_ADMIN:
            raise Forbidden
        company = companies.create(actor(), **form.values)
        cookie.act_for(company.id)
    else:
        companies.update(actor(), company.id, **form.values)
    return see_other("panel.first_steps", gettext("Listo: su empresa quedó guardada."))
