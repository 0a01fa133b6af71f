"""Give a plan its picture, and take it away."""

from __future__ import annotations

from werkzeug.wrappers import Response as BaseResponse

from portal.core.errors import Invalid
from portal.core.i18n import gettext
from portal.operators import pictures, plans
from portal.panel.audience import OWNERS
from portal.panel.blueprint import blueprint
from portal.panel.rendering import see_other
from portal.panel.request import actor, company_id
from portal.web.uploads import LARGEST_UPLOAD, uploaded_picture


@blueprint.action("/planes/<int:plan_id>/imagen", OWNERS, largest=LARGEST_UPLOAD)
def set_plan_picture(plan_id: int) -> BaseResponse:
    """Take the uploaded picture in place of the one before."""
    plans.get(company_id(), plan_id)
    raw = uploaded_picture()
    if not raw:
        said = gettext("Elija primero una imagen.")
    else:
        try:
            pictures.set_plan_picture(actor(), company_id(), plan_id, raw)
            said = gettext("Listo: la imagen quedó guardada.")
        except Invalid as problem:
            said = problem.detail
    return see_other("panel.edit_plan", said, plan_id=plan_id)


@blueprint.action("/planes/<int:plan_id>/sin-imagen", OWNERS)
def remove_plan_picture(plan_id: int) -> BaseResponse:
    """Show the plan without a picture."""
    plans.update(actor(), company_id(), plan_id, image_url=None)
    return see_other("panel.edit_plan", gettext("Listo: sin imagen."), plan_id=plan_id)
