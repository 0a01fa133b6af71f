"""Let a super_admin choose the company that he acts for."""

from __future__ import annotations

from flask import Response, request
from werkzeug.wrappers import Response as BaseResponse

from portal.operators import companies
from portal.operators.people.acting import existing_company
from portal.panel import cookie
from portal.panel.audience import DEPLOYMENT
from portal.panel.blueprint import blueprint
from portal.panel.paging import offset_asked, paging
from portal.panel.rendering import page, see_other

A_PAGE = 50


@blueprint.page("/empresas", DEPLOYMENT)
def company_list() -> Response:
    """List the companies, by name."""
    found = companies.listing(A_PAGE, offset_asked())
    return page("companies", companies=found.rows, paging=paging(found.total, A_PAGE))


@blueprint.action("/empresas/actuar", DEPLOYMENT)
def act_for_company() -> BaseResponse:
    """Act for the chosen company from now on, or for none."""
    chosen = request.form.get("empresa", "")
    cookie.act_for(existing_company(chosen) if chosen else None)
    return see_other("panel.menu" if chosen else "panel.company_list")
