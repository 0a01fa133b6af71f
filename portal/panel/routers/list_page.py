"""List the company's routers, and what is known of each."""

from __future__ import annotations

from flask import Response, request
from werkzeug.wrappers import Response as BaseResponse

from portal.core.i18n import gettext
from portal.operators import routers
from portal.operators.online.router_state import state_of, states_of
from portal.panel.audience import OWNERS, STAFF
from portal.panel.blueprint import blueprint
from portal.panel.paging import offset_asked, paging
from portal.panel.rendering import page, see_other
from portal.panel.request import actor, company_id, is_owner

A_PAGE = 50


@blueprint.page("/routers", STAFF)
def router_list() -> Response:
    """List them, by name."""
    found = routers.listing(company_id(), A_PAGE, offset_asked())
    turned = paging(found.total, A_PAGE)
    states = states_of(found.rows)
    return page(
        "routers/list", routers=found.rows, states=states, paging=turned, may_change=is_owner()
    )


@blueprint.page("/routers/<router_id>", STAFF)
def router_page(router_id: str) -> Response:
    """Show one, with what can be done with it."""
    router = routers.get(company_id(), router_id)
    state = state_of(router)
    return page("routers/router", router=router, state=state, may_change=is_owner())


@blueprint.action("/routers/<router_id>/pausa", OWNERS)
def pause_router(router_id: str) -> BaseResponse:
    """Pause its sales, or let them go on."""
    wanted = request.form.get("activo") == "1"
    router = routers.toggle(actor(), company_id(), router_id, wanted)
    on, off = gettext("Listo: el router vende de nuevo."), gettext("Listo: está en pausa.")
    return see_other("panel.router_page", on if router.active else off, router_id=router_id)
