"""Report what codes brought in: by seller, by batch and by plan, in the company's own days."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.core.database import reading
from portal.core.local_time import When, begin_of, day_of, end_of
from portal.models import Voucher, VoucherSeller, utc_now
from portal.operators.lookup import by_id, company_in
from portal.ports import time_zone_of

USUAL_DAYS = 30


@dataclass(frozen=True)
class CodesSold:
    """Sum the codes sold under one key, in one currency: `amount` in centavos.

    `courtesies` were given away, and are not among the `sold`.
    """

    key: str
    name: str
    currency: str
    sold: int
    courtesies: int
    amount: int


@dataclass(frozen=True)
class VoucherReport:
    """Report on the codes sold from `since` on and before `until`, but for those voided."""

    since: datetime
    until: datetime
    time_zone: str
    totals: Sequence[CodesSold]
    per_seller: Sequence[CodesSold]
    per_batch: Sequence[CodesSold]
    per_plan: Sequence[CodesSold]


def voucher_report(
    company_id: str, since: When | None = None, until: When | None = None
) -> VoucherReport:
    """Report on one company, of its last 30 days if nothing is said. Raises NotFound.

    Days are the company's, and both count; of moments, `until` does not.
    """
    with reading() as session:
        zone = time_zone_of(company_in(session, company_id))
        begin, end = _period(since, until, zone)
        sold = (
            Voucher.company_id == company_id,
            Voucher.sold_at >= begin,
            Voucher.sold_at < end,
            Voucher.voided_at.is_(None),
        )
        per_seller = _sums(session, sold, Voucher.seller_id)
        names = by_id(session, VoucherSeller, {int(row.key) for row in per_seller})
        return VoucherReport(
            since=begin,
            until=end,
            time_zone=zone.key,
            totals=_sums(session, sold),
            per_seller=[_named(row, names[int(row.key)].name) for row in per_seller],
            per_batch=_sums(session, (*sold, Voucher.batch_id.is_not(None)), Voucher.batch_id),
            per_plan=_sums(session, sold, Voucher.plan_name),
        )


def _period(since: When | None, until: When | None, zone: ZoneInfo) -> tuple[datetime, datetime]:
    end = end_of(until, zone) if until else utc_now()
    last_day = day_of(end - timedelta(microseconds=1), zone)
    return begin_of(since or last_day - timedelta(days=USUAL_DAYS - 1), zone), end


def _sums(session: Session, sold: tuple[Any, ...], key: Any = None) -> list[CodesSold]:
    """Sum by a column, and by currency; with a batch's or a plan's own name as it was."""
    keys = [] if key is None else [key]
    query = (
        select(
            Voucher.currency,
            func.count().filter(Voucher.amount > 0),
            func.count().filter(Voucher.amount == 0),
            func.sum(Voucher.amount),
            func.max(Voucher.plan_name),
            *keys,
        )
        .where(*sold)
        .group_by(Voucher.currency, *keys)
        .order_by(*keys, Voucher.currency)
    )
    return [_row(*row) for row in session.execute(query)]


def _row(
    currency: str, sold: int, courtesies: int, amount: Any, name: str, key: Any = ""
) -> CodesSold:
    return CodesSold(str(key), name, currency, sold, courtesies, int(amount or 0))


def _named(row: CodesSold, name: str) -> CodesSold:
    return CodesSold(row.key, name, row.currency, row.sold, row.courtesies, row.amount)
