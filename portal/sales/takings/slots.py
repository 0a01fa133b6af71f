"""Sum sales themselves by quarters of an hour: clocks everywhere differ from UTC by whole ones."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import (
    and_,
    case,
    func,
    literal,
    or_,
    select,
)
from sqlalchemy.orm import Session

from portal.models import MoneyBack, Sale
from portal.sales.takings.amounts import Takings
from portal.sales.takings.clock import unix_seconds
from portal.sales.takings.vat import vat_column

SLOT_SECONDS = 900
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
Span = tuple[datetime, datetime]


@dataclass(frozen=True)
class Slot:
    """Hold what was taken in a quarter of an hour, in one currency."""

    begins: datetime
    currency: str
    takings: Takings

    def local(self, zone: ZoneInfo) -> tuple[date, int]:
        """Give day and hour there."""
        there = self.begins.astimezone(zone)
        return there.date(), there.hour


@dataclass(frozen=True)
class RouterPart:
    """Hold what a router took in one part of a span, counted from 0, in one currency."""

    part: int
    router_id: str
    currency: str
    takings: Takings


def slots(session: Session, company_id: str, spans: Sequence[Span]) -> Iterator[Slot]:
    """Sum the company's movements within the spans; a span's end is not in it. Two queries."""

    def keys(record: Any, moment: Any) -> list[Any]:
        slot = unix_seconds(session, moment) // SLOT_SECONDS
        return [slot.label("slot"), record.currency]

    for number, currency, *sums in _summed(session, company_id, spans, keys):
        begins = EPOCH + timedelta(seconds=int(number) * SLOT_SECONDS)
        yield Slot(begins, currency, Takings(*map(int, sums)))


def by_router(
    session: Session, company_id: str, span: Span, ends: Sequence[datetime] = ()
) -> Iterator[RouterPart]:
    """Sum them by router, in parts that end at these moments and at the span's end. Two queries."""

    def keys(record: Any, moment: Any) -> list[Any]:
        # No constant, which a database would take for the place of a column.
        parts = [(moment < end, number) for number, end in enumerate([*ends, span[1]])]
        part = case(*parts, else_=len(parts))
        return [part.label("part"), record.router_id, record.currency]

    for part, router_id, currency, *sums in _summed(session, company_id, [span], keys):
        yield RouterPart(int(part), router_id, currency, Takings(*map(int, sums)))


def _summed(
    session: Session,
    company_id: str,
    spans: Sequence[Span],
    keys: Callable[[Any, Any], list[Any]],
) -> Iterator[Any]:
    for record, moment, sums in _sums():
        columns = keys(record, moment)
        within = [and_(moment >= since, moment < until) for since, until in spans]
        query = select(*columns, *sums).where(record.company_id == company_id, or_(*within))
        yield from session.execute(query.group_by(*columns))


def _sums() -> Iterator[tuple[Any, Any, list[Any]]]:
    """Name what is summed of charges, and of what went back, each with when it was."""
    none = [literal(0)] * 3
    vat = vat_column(Sale.amount, Sale.vat_rate)
    fees = [func.coalesce(func.sum(Sale.fee), 0), func.count(Sale.fee)]
    yield Sale, Sale.paid_at, [func.count(), func.sum(Sale.amount), func.sum(vat), *none, *fees]
    vat = vat_column(MoneyBack.amount, MoneyBack.vat_rate)
    back = [func.count(), func.sum(MoneyBack.amount), func.sum(vat)]
    yield MoneyBack, MoneyBack.at, [*none, *back]
