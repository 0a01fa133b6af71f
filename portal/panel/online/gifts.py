"""Give time or data to somebody, with a reason that stays on record."""

from __future__ import annotations

from flask import Response
from werkzeug.wrappers import Response as BaseResponse

from portal.core.errors import Conflict, Invalid
from portal.core.i18n import gettext
from portal.operators.online import courtesy
from portal.operators.online.holding import access_and_router
from portal.panel.audience import OWNERS
from portal.panel.blueprint import blueprint
from portal.panel.forms import PostedForm, read_form
from portal.panel.online.pages import left_of
from portal.panel.rendering import page, see_other
from portal.panel.request import actor, company_id
from portal.web.operator_schemas.online_schemas import CourtesyBody

USUAL_MINUTES, USUAL_MEGABYTES = (15, 30, 60, 180), (100, 500, 1024)


@blueprint.page("/accesos/<access_id>/regalo", OWNERS)
def gift(access_id: str) -> Response:
    """Ask how much, and why."""
    return _form(access_id, PostedForm())


@blueprint.action("/accesos/<access_id>/regalo", OWNERS)
def give(access_id: str) -> BaseResponse:
    """Give it, and say how the access stands."""
    access_and_router(company_id(), access_id)
    form = read_form(CourtesyBody())
    if not form.is_good:
        return _form(access_id, form, 422)
    try:
        given = courtesy.give(actor(), company_id(), access_id, **form.values)
    except (Invalid, Conflict) as problem:
        wrong = Invalid(problem.detail)
        return _form(access_id, form.with_problem(wrong), problem.status)
    return see_other("panel.why_access", _said(given), access_id=access_id)


def _form(access_id: str, form: PostedForm, status: int = 200) -> Response:
    access, router = access_and_router(company_id(), access_id)
    return page(
        *("online/gift", status),
        access=access,
        router=router,
        form=form,
        left=left_of(access),
        usual_minutes=USUAL_MINUTES,
        usual_megabytes=USUAL_MEGABYTES,
    )


def _said(given: courtesy.Gift) -> str:
    if given.is_renamed:
        return gettext("Listo, pero su código ya se había vendido: ahora es %(code)s.") % {
            "code": given.access.shown_name
        }
    if not given.is_applied:
        return gettext("Listo: lo recibe en cuanto el router responda.")
    return gettext("Listo: ya lo tiene.")
