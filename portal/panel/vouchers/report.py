"""Show what codes brought in, by seller, batch and plan."""

from __future__ import annotations

from datetime import timedelta

from flask import Response, request
from marshmallow import ValidationError

from portal.core.local_time import When, day_of
from portal.models import utc_now
from portal.operators.vouchers.report import USUAL_DAYS, voucher_report
from portal.panel.audience import OWNERS
from portal.panel.blueprint import blueprint
from portal.panel.rendering import page
from portal.panel.request import company, company_id
from portal.ports import time_zone_of
from portal.web.operator_schemas.fields import MomentField


@blueprint.page("/fichas/reporte", OWNERS)
def voucher_takings() -> Response:
    """Show them for the days asked for, or the last thirty."""
    today = day_of(utc_now(), time_zone_of(company()))
    since = _day("desde") or today - timedelta(days=USUAL_DAYS - 1)
    until = _day("hasta") or today
    return page(
        "vouchers/report",
        report=voucher_report(company_id(), since, until),
        since=since,
        until=until,
    )


def _day(name: str) -> When | None:
    """Read a day that was asked for; None where it is none."""
    if not request.args.get(name):
        return None
    try:
        found: When = MomentField().deserialize(request.args[name])
    except ValidationError:
        return None
    return found
