"""Read what operators ask of batches, in their own days, and choose what is printed of them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from portal.core.local_time import end_of
from portal.operators import companies
from portal.operators.vouchers.batches import BatchOrder, get_batch
from portal.operators.vouchers.codes import codes_of_batch
from portal.vouchers.printing.ticket import Ticket
from portal.web.operator_schemas.voucher_schemas import last_of
from portal.web.voucher_tickets import tickets


def batch_order(company_id: str, values: dict[str, Any]) -> BatchOrder:
    """Give the order; a day until which codes are used is the company's, and counts whole."""
    until: date | datetime | None = values.get("use_before")
    if until is not None:
        values = values | {"use_before": end_of(until, companies.zone_of(company_id))}
    return BatchOrder(**values)


def printed_tickets(company_id: str, batch_id: str, query: dict[str, Any]) -> Iterator[Ticket]:
    """Give the tickets of a batch from `first` to `last`, of those that are still to be used.

    Raises NotFound at once.
    """
    batch = get_batch(company_id, batch_id).batch
    last = last_of(query["first"], query.get("last"))
    codes = codes_of_batch(company_id, batch_id, query["first"], last)
    return tickets(companies.get(company_id), codes, batch.number, query["ssid"])
