"""Read a part of what is said of a company, and save it."""

from __future__ import annotations

from typing import Any

from portal.core.errors import Invalid
from portal.operators import companies
from portal.panel.forms import PostedForm, read_form
from portal.panel.request import actor, company, company_id
from portal.web.operator_schemas.company_schemas import CompanySchema


def shown(names: tuple[str, ...]) -> PostedForm:
    """Give the form as the company is now."""
    return PostedForm(CompanySchema(only=names).dump(company()))


def saved(names: tuple[str, ...]) -> PostedForm:
    """Save what was posted of these; what is wrong stands in the form, and nothing is saved."""
    form = read_form(CompanySchema(only=names, partial=True), partial=True)
    if not form.is_good:
        return form
    values: dict[str, Any] = form.values
    try:
        companies.update(actor(), company_id(), **values)
    except Invalid as problem:
        return form.with_problem(problem)
    return form
