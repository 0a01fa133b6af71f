"""Show the page that an operator opens first, and do what it offers."""

from __future__ import annotations

from flask import Response
from werkzeug.wrappers import Response as BaseResponse

from portal.alerts.kinds import AlertKind
from portal.core.i18n import gettext
from portal.models import Alert
from portal.operators import alerts
from portal.operators.takings import attention, router_check
from portal.operators.takings.overview import overviews
from portal.operators.takings.records import Overview
from portal.operators.takings.spans import SpanKind
from portal.panel.audience import OWNERS, STAFF
from portal.panel.blueprint import blueprint
from portal.panel.rendering import page, see_other
from portal.panel.request import actor, administrator, company_id
from portal.panel.today.charts import day_bars, hour_squares
from portal.sales.deferred.part_payment import holds_part
from portal.web.sale_history.sentences import parked_because


@blueprint.page("/", STAFF)
def today() -> Response:
    """Show takings, charts, routers and what needs a hand."""
    mine = company_id()
    found = overviews(mine)
    return page(
        "today/today",
        needs=attention.look(mine),
        parked_because=parked_because,
        holds_part=holds_part,
        overviews=[_drawn(overview) for overview in found],
        has_sold=any(overview.has_sold for overview in found),
        spans=_span_words(),
        is_about_router=is_about_router,
    )


@blueprint.action("/avisos/<int:alert_id>/atendido", OWNERS)
def settle_alert(alert_id: int) -> BaseResponse:
    """Mark an alert as settled."""
    alerts.resolve(actor(), alert_id, company_id())
    return see_other("panel.today", gettext("Listo: el aviso quedó atendido."))


@blueprint.action("/hoy/routers/<router_id>/revisar", STAFF)
def ask_router(router_id: str) -> BaseResponse:
    """Ask a router now whether it is there."""
    found = router_check.ask(administrator().user_id, company_id(), router_id)
    said = gettext("%(router)s responde (versión %(version)s).")
    return see_other("panel.today", said % {"router": found.name, "version": found.version})


def is_about_router(alert: Alert) -> bool:
    """Tell whether the one thing to do is to ask the router again."""
    return alert.kind == AlertKind.ROUTER_AWAY


def _span_words() -> dict[SpanKind, tuple[str, str]]:
    """Name each stretch, and what it is laid beside."""
    return {
        SpanKind.DAY: (gettext("Hoy"), gettext("ayer hasta esta hora")),
        SpanKind.WEEK: (gettext("Esta semana"), gettext("la semana pasada hasta este momento")),
        SpanKind.MONTH: (gettext("Este mes"), gettext("el mes pasado hasta este día y hora")),
    }


def _drawn(overview: Overview) -> dict[str, object]:
    return {
        "currency": overview.currency,
        "spans": overview.spans,
        "days": overview.days,
        "bars": day_bars(overview.days),
        "has_cash": overview.has_cash,
        "by_hour": overview.by_hour,
        "squares": hour_squares(overview.by_hour),
    }
