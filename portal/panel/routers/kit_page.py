"""Hand out a router's kit: as a file, or by a link that the router fetches itself."""

from __future__ import annotations

import re

from flask import Response, request
from werkzeug.wrappers import Response as BaseResponse

from portal.core.errors import Invalid
from portal.operators import routers
from portal.operators.router_kit import kit, kit_links
from portal.operators.router_kit.kit import KitOptions
from portal.panel.audience import OWNERS
from portal.panel.blueprint import blueprint
from portal.panel.first_steps.steps_page import current_progress
from portal.panel.forms import PostedForm
from portal.panel.rendering import page
from portal.panel.request import actor, company_id

FIELDS = ("desde", "hotspot", "certificado", "reemplazar_compartidas")
SEPARATED = re.compile(r"[\s,;]+")


@blueprint.page("/routers/<router_id>/kit", OWNERS, fresh=True)
def router_kit(router_id: str) -> Response:
    """Offer both ways, with what else may be said of the kit folded away."""
    return _shown(router_id, PostedForm())


@blueprint.action("/routers/<router_id>/kit", OWNERS, fresh=True)
def make_router_kit(router_id: str) -> BaseResponse:
    """Make the kit. The link is shown this once: a reload makes another, which ends this one."""
    typed = {name: request.form.get(name, "") for name in FIELDS}
    asked = (actor(), company_id(), router_id, _options(typed), request.host_url)
    try:
        if request.form.get("forma") == "descarga":
            return _download(kit.make_kit(*asked).script, router_id)
        link = kit_links.new_link(*asked)
    except Invalid as problem:
        return _shown(router_id, PostedForm(typed, errors={"": problem.detail}), status=422)
    return _shown(router_id, PostedForm(typed), link)


def _download(script: str, router_id: str) -> Response:
    response = Response(script, mimetype="application/octet-stream")
    response.headers["Content-Disposition"] = f'attachment; filename="portal-{router_id}.rsc"'
    return response


def _options(typed: dict[str, str]) -> KitOptions:
    return KitOptions(
        allowed_from=tuple(filter(None, SEPARATED.split(typed["desde"]))),
        server=typed["hotspot"].strip() or None,
        certificate=typed["certificado"].strip() or None,
        replace_shared=bool(typed["reemplazar_compartidas"]),
    )


def _shown(
    router_id: str,
    form: PostedForm,
    link: kit_links.NewKitLink | None = None,
    status: int = 200,
) -> Response:
    router = routers.get(company_id(), router_id)
    return page(
        "routers/kit", status, router=router, form=form, link=link, progress=current_progress()
    )
