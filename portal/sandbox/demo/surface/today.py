"""Gather what the demo's owner sees of the shop: today's sales, and what needs a person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, tzinfo

from babel.dates import get_timezone

from portal.models import Alert, utc_now
from portal.models.sale_states import SaleState
from portal.operators import alerts, companies, reports, transactions
from portal.operators.takings.income import Income
from portal.ports import settings
from portal.sales.purchase import SaleStatus

SHOWN = 10
REFUNDABLE = (SaleState.PAID, SaleState.DELIVERED)


@dataclass(frozen=True)
class Line:
    """Hold a sale as it is listed; `at` is its time of day, `can_be_refunded` by a press."""

    told: SaleStatus
    at: str

    @property
    def can_be_refunded(self) -> bool:
        return self.told.sale.state in REFUNDABLE

    @property
    def can_be_paid(self) -> bool:
        """Tell whether a transfer or cash for it is waited for."""
        sale = self.told.sale
        return sale.is_deferred and sale.state == SaleState.PENDING and sale.order_id is not None

    @property
    def is_being_refunded(self) -> bool:
        return self.told.sale.state == SaleState.REFUNDING


@dataclass(frozen=True)
class Today:
    """Since midnight where the company is; `sales` the newest first, a few of `begun`."""

    earned: Sequence[Income]
    sales: Sequence[Line]
    begun: int
    alerts: Sequence[Alert]


def today(company_id: str) -> Today:
    """Look at the shop now. Raises NotFound."""
    zone = get_timezone(companies.get(company_id).time_zone or settings().time_zone)
    since = midnight(zone)
    found = transactions.listing(company_id, SHOWN, 0, since=since)
    return Today(
        reports.of_company(company_id, since).totals,
        [Line(row, f"{row.sale.created_at.astimezone(zone):%H:%M}") for row in found.rows],
        found.total,
        alerts.listing(company_id),
    )


def midnight(zone: tzinfo) -> datetime:
    """Tell when today began there."""
    naive = datetime.combine(utc_now().astimezone(zone).date(), time.min)
    # A zone of pytz, which Babel may use, must place a moment itself.
    localize = getattr(zone, "localize", None)
    found: datetime = localize(naive) if localize else naive.replace(tzinfo=zone)
    return found
