"""Show the sessions that are open, one's own and one's people's, each to be closed by itself."""

from __future__ import annotations

from flask import Response
from werkzeug.wrappers import Response as BaseResponse

from portal.core.errors import NotFound
from portal.core.i18n import gettext
from portal.operators.people import open_sessions
from portal.panel.audience import ANYBODY_LOGGED_IN
from portal.panel.blueprint import blueprint
from portal.panel.rendering import page, see_other
from portal.panel.request import actor, administrator, company_if_any, is_owner
from portal.web.devices import device_name

MOST = 100


@blueprint.page("/sesiones", ANYBODY_LOGGED_IN)
def session_list() -> Response:
    """List one's own, and an owner's people's."""
    who, company = administrator(), company_if_any()
    own = open_sessions.own(who, MOST, 0)
    theirs = []
    if company is not None and is_owner():
        found = open_sessions.of_company(who, company.id, MOST, 0)
        theirs = [row for row in found.rows if row.person.id != who.user_id]
    return page("people/sessions", own=own.rows, theirs=theirs, device=device_name)


@blueprint.action("/sesiones/<session_id>/cerrar", ANYBODY_LOGGED_IN)
def close_session(session_id: str) -> BaseResponse:
    """Close one."""
    company = company_if_any() if is_owner() else None
    try:
        open_sessions.end_own(actor(), administrator(), session_id)
    except NotFound:
        if company is None:
            raise
        open_sessions.end_of_company(actor(), company.id, session_id)
    return see_other("panel.session_list", gettext("Listo: esa sesión quedó cerrada."))
