"""Show the open alerts, and settle them."""

from __future__ import annotations

from flask import Response
from werkzeug.wrappers import Response as BaseResponse

from portal.alerts.channels import channels_of
from portal.alerts.kinds import AlertKind
from portal.core.i18n import gettext
from portal.models import Alert
from portal.operators import alerts
from portal.panel.audience import OWNERS
from portal.panel.blueprint import blueprint
from portal.panel.paging import offset_asked, paging
from portal.panel.rendering import page, see_other
from portal.panel.request import actor, company_id

A_PAGE = 50


@blueprint.page("/alertas", OWNERS)
def alert_list() -> Response:
    """List what is open, the latest first."""
    found = alerts.page_of(company_id(), A_PAGE, offset_asked(), resolved=False)
    states = channels_of(company_id())
    return page(
        "alerts/list",
        alerts=[(alert, meaning_of(alert)) for alert in found.rows],
        paging=paging(found.total, A_PAGE),
        channels={kind: state for kind, state in states.items() if state.active},
    )


@blueprint.action("/alertas/<int:alert_id>/resolver", OWNERS)
def resolve_alert(alert_id: int) -> BaseResponse:
    """Settle one."""
    alerts.resolve(actor(), alert_id, company_id())
    return see_other("panel.alert_list", gettext("Listo: la alerta quedó resuelta."))


def meaning_of(alert: Alert) -> str:
    """Say what its kind means; nothing of a kind that is not known any more."""
    return AlertKind(alert.kind).meaning if alert.kind in set(AlertKind) else ""
