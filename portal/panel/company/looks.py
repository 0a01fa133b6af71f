"""Choose the logo and the colour of the customers' pages."""

from __future__ import annotations

from flask import Response, request
from werkzeug.wrappers import Response as BaseResponse

from portal.core.errors import Invalid
from portal.core.i18n import gettext
from portal.operators import pictures
from portal.panel.audience import OWNERS
from portal.panel.blueprint import blueprint
from portal.panel.company.form import saved, shown
from portal.panel.forms import PostedForm
from portal.panel.rendering import page, see_other
from portal.panel.request import actor, company, company_id
from portal.web.colors import OURS, theme_of
from portal.web.picture_paths import own_path
from portal.web.uploads import LARGEST_UPLOAD, uploaded_picture

NAMES = ("color",)


@blueprint.page("/empresa/aspecto", OWNERS)
def company_looks() -> Response:
    """Show logo and colour as customers see them."""
    return _form(shown(NAMES))


@blueprint.action("/empresa/aspecto", OWNERS)
def save_company_looks() -> BaseResponse:
    """Save the colour, or only show how it would look."""
    if request.form.get("accion") == "vista":
        return _form(PostedForm({"color": request.form.get("color", "")}))
    form = saved(NAMES)
    if not form.is_good:
        return _form(form, 422)
    return see_other("panel.company_looks", gettext("Listo: el color quedó guardado."))


@blueprint.action("/empresa/logo", OWNERS, largest=LARGEST_UPLOAD)
def set_company_logo() -> BaseResponse:
    """Take the uploaded picture in place of the one before."""
    raw = uploaded_picture()
    if not raw:
        return see_other("panel.company_looks", gettext("Elija primero una imagen."))
    try:
        pictures.set_logo(actor(), company_id(), raw)
    except Invalid as problem:
        return see_other("panel.company_looks", problem.detail)
    return see_other("panel.company_looks", gettext("Listo: el logo quedó guardado."))


def _form(form: PostedForm, status: int = 200) -> Response:
    color = str(form.typed.get("color") or OURS)
    logo = own_path(company().logo_url)
    return page("company/looks", status, form=form, color=color, tried=theme_of(color), logo=logo)
