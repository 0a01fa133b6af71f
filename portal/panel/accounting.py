"""Show months as an accountant wants them, and give every movement as a line."""

from __future__ import annotations

from flask import Response, request
from werkzeug.wrappers import Response as BaseResponse

from portal.core import formatting
from portal.core.local_time import day_of
from portal.models import utc_now
from portal.operators import companies
from portal.operators.accounting.months import bounds, month_of, year_of
from portal.operators.accounting.movements import movements
from portal.panel.audience import OWNERS
from portal.panel.blueprint import blueprint
from portal.panel.rendering import page
from portal.panel.request import company, company_id
from portal.sales.takings.reading import Month
from portal.web.spreadsheets.download import EITHER, attached
from portal.web.spreadsheets.movements import movements_table


@blueprint.page("/contabilidad", OWNERS)
def accounting() -> Response:
    """Show a month by router, and its year by month."""
    month = _asked()
    year = year_of(company_id(), month)
    return page(
        "accounting/month",
        month=month,
        text=_text(month),
        named=formatting.month(*month),
        name_of=lambda line: formatting.month(*line.month),
        year=year,
        vat_rate=f"{company().vat_rate / 100:g}",
        before=_text(_beside(month, -1)),
        after=_text(_beside(month, 1)),
        text_of=_text,
    )


@blueprint.page(f"/contabilidad/movimientos.{EITHER}", OWNERS)
def movements_file(kind: str) -> BaseResponse:
    """Give a month's movements, one line each."""
    month = _asked()
    found = movements(company_id(), month)
    table = movements_table(found, companies.zone_of(company_id()))
    return attached(table, f"movimientos-{_text(month)}", kind)


def _asked() -> Month:
    """Read which month, the one at hand where none is named. Raises Invalid."""
    if text := request.args.get("mes"):
        return month_of(text)
    today = day_of(utc_now(), companies.zone_of(company_id()))
    return today.year, today.month


def _beside(month: Month, step: int) -> Month:
    year, number = month
    months = year * 12 + number - 1 + step
    return months // 12, months % 12 + 1


def _text(month: Month) -> str:
    first, _ = bounds(month)
    return f"{first:%Y-%m}"
