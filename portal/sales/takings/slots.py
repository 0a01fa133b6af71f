"""Sum sales themselves by quarters of an hour: clocks everywhere differ from UTC by whole ones."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Integer,
    Select,
    and_,
    cast,
    extract,
    func,
    literal,
    or_,
    select,
)
from sqlalchemy.orm import Session

from portal.models import MoneyBack, Sale
from portal.sales.takings.amounts import Takings
from portal.sales.takings.vat import vat_column

SLOT_SECONDS = 900
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
Span = tuple[datetime, datetime]


@dataclass(frozen=True)
class Slot:
    """Hold what one router took in a quarter of an hour, in one currency."""

    begins: datetime
    router_id: str
    currency: str
    takings: Takings

    def local(self, zone: ZoneInfo) -> tuple[date, int]:
        """Give day and hour there."""
        there = self.begins.astimezone(zone)
        return there.date(), there.hour


def slots(session: Session, company_id: str, spans: Sequence[Span]) -> Iterator[Slot]:
    """Sum the company's movements within the spans; a span's end is not in it. Two queries."""
    for query in (_charged(session, company_id, spans), _gone_back(session, company_id, spans)):
        for number, router_id, currency, *sums in session.execute(query):
            begins = EPOCH + timedelta(seconds=int(number) * SLOT_SECONDS)
            yield Slot(begins, router_id, currency, Takings(*map(int, sums)))


def _charged(session: Session, company_id: str, spans: Sequence[Span]) -> Select[Any]:
    vat = vat_column(Sale.amount, Sale.vat_rate)
    sums = (func.count(), func.sum(Sale.amount), func.sum(vat), *[literal(0)] * 3)
    fees = (func.coalesce(func.sum(Sale.fee), 0), func.count(Sale.fee))
    return _grouped(session, Sale, Sale.paid_at, company_id, spans, (*sums, *fees))


def _gone_back(session: Session, company_id: str, spans: Sequence[Span]) -> Select[Any]:
    vat = vat_column(MoneyBack.amount, MoneyBack.vat_rate)
    sums = (*[literal(0)] * 3, func.count(), func.sum(MoneyBack.amount), func.sum(vat))
    return _grouped(session, MoneyBack, MoneyBack.at, company_id, spans, sums)


def _grouped(
    session: Session,
    record: Any,
    moment: Any,
    company_id: str,
    spans: Sequence[Span],
    sums: Sequence[Any],
) -> Select[Any]:
    number = _slot(session, moment).label("slot")
    within = [and_(moment >= since, moment < until) for since, until in spans]
    return (
        select(number, record.router_id, record.currency, *sums)
        .where(record.company_id == company_id, or_(*within))
        .group_by(number, record.router_id, record.currency)
    )


def _slot(session: Session, moment: ColumnElement[Any]) -> ColumnElement[Any]:
    if session.get_bind().dialect.name == "sqlite":
        # It rounds to milliseconds, which would push the last of a slot into the next.
        whole_second = func.substr(moment, 1, len("2025-01-31 23:59:59"))
        return cast(func.strftime("%s", whole_second), Integer) // SLOT_SECONDS
    return cast(func.floor(extract("epoch", moment) / SLOT_SECONDS), BigInteger)
