"""Give time back that customers could not use."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from flask import Response, request
from werkzeug.wrappers import Response as BaseResponse

from portal.access.outages import GivenBack
from portal.core import formatting
from portal.core.errors import Conflict, Invalid
from portal.core.i18n import gettext, ngettext
from portal.operators import router_recovery, routers
from portal.panel.audience import OWNERS
from portal.panel.blueprint import blueprint
from portal.panel.rendering import page, see_other
from portal.panel.request import actor, company, company_id
from portal.ports import time_zone_of


@blueprint.page("/routers/<router_id>/interrupcion", OWNERS)
def router_outage(router_id: str) -> Response:
    """Ask from when to when there was no service, by the company's clocks."""
    return _shown(router_id)


@blueprint.action("/routers/<router_id>/interrupcion", OWNERS)
def declare_router_outage(router_id: str) -> BaseResponse:
    """Give the time back, once however often it is declared."""
    routers.get(company_id(), router_id)
    try:
        began, ended = _moment("desde"), _moment("hasta")
        given = router_recovery.declare(actor(), company_id(), router_id, began, ended)
    except (Invalid, Conflict) as problem:
        return _shown(router_id, problem.detail, problem.status)
    return see_other("panel.router_page", _said(given), router_id=router_id)


def _moment(name: str) -> datetime:
    """Read what a browser's field for date and time sends, which knows no zone."""
    zone: ZoneInfo = time_zone_of(company())
    try:
        return datetime.fromisoformat(request.form.get(name, "")).replace(tzinfo=zone)
    except ValueError:
        said = gettext("Indique desde cuándo y hasta cuándo no hubo servicio.")
        raise Invalid(said) from None


def _said(given: GivenBack) -> str:
    if not given.accesses:
        return gettext("Listo: quedó declarada; nadie perdió tiempo en ese rato.")
    said = ngettext(
        "Listo: %(num)d acceso recupera su tiempo, %(time)s en total.",
        "Listo: %(num)d accesos recuperan su tiempo, %(time)s en total.",
        given.accesses,
    )
    return said % {"num": given.accesses, "time": formatting.time_left(given.seconds)}


def _shown(router_id: str, problem: str | None = None, status: int = 200) -> Response:
    router = routers.get(company_id(), router_id)
    typed = {name: request.form.get(name, "") for name in ("desde", "hasta")}
    zone = time_zone_of(company()).key
    return page("routers/outage", status, router=router, typed=typed, problem=problem, zone=zone)
