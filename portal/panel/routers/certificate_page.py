"""Take another certificate for a router's, at the word of an owner who has shown who he is."""

from __future__ import annotations

from flask import Response
from werkzeug.wrappers import Response as BaseResponse

from portal.core.errors import Invalid, Unavailable
from portal.core.i18n import gettext
from portal.operators import routers
from portal.operators.router_kit.first_contact import certificate_shown, trust_certificate
from portal.panel.audience import OWNERS
from portal.panel.blueprint import blueprint
from portal.panel.rendering import page, see_other
from portal.panel.request import actor, company_id
from portal.panel.routers.connection_page import posted_fingerprint


@blueprint.page("/routers/<router_id>/certificado", OWNERS, fresh=True)
def router_certificate(router_id: str) -> Response:
    """Show the certificate on record beside the one that answers."""
    router = routers.get(company_id(), router_id)
    try:
        shown, problem = certificate_shown(company_id(), router_id), ""
    except (Invalid, Unavailable) as away:
        shown, problem = "", away.detail
    return page("routers/certificate", router=router, shown=shown, problem=problem)


@blueprint.action("/routers/<router_id>/certificado", OWNERS, fresh=True)
def replace_certificate(router_id: str) -> BaseResponse:
    """Hold the router to the other one from now on."""
    routers.get(company_id(), router_id)
    shown = posted_fingerprint()
    trust_certificate(actor(), company_id(), router_id, shown, trusted=True)
    said = gettext("Listo: desde ahora solo se habla con el equipo que tiene ese certificado.")
    return see_other("panel.router_connection", said, router_id=router_id)
