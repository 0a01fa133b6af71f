"""Write what a company's day brought in, in sentences for whoever reads it on a phone."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from portal.core import formatting
from portal.core.local_time import begin_of, end_of
from portal.models import Alert, MoneyBack, Sale, Voucher

WEEK = timedelta(days=7)
Sums = list[tuple[str, int, int]]
"""A currency, how many, and centavos."""


def day_text(session: Session, company_id: str, day: date, zone: ZoneInfo) -> str:
    """Tell what the day brought in, beside the same a week before, and what waits."""
    named = format_date(day, "EEEE d 'de' MMMM", locale=formatting.LOCALES["es"])
    lines = [f"{named.capitalize()}: {_written(_sold(session, company_id, day, zone), 'venta')}."]
    before = _sold(session, company_id, day - WEEK, zone)
    lines.append(f"Una semana antes: {_written(before, 'venta')}.")
    if cash := _cash(session, company_id, day, zone):
        lines.append(f"En efectivo, aparte: {_written(cash, 'ficha')}.")
    if given_back := _given_back(session, company_id, day, zone):
        lines.append(f"Se devolvió: {_written(given_back, 'pago')}.")
    query = select(func.count()).where(Alert.company_id == company_id, Alert.resolved_at.is_(None))
    if waiting := session.scalar(query):
        lines.append(f"Avisos por atender: {waiting}.")
    return "\n".join(lines)


def _written(sums: Sums, noun: str) -> str:
    if not sums:
        return f"sin {noun}s"
    return " y ".join(
        f"{count} {noun if count == 1 else noun + 's'}, {formatting.price_in_full(total, currency)}"
        for currency, count, total in sums
    )


def _sold(session: Session, company_id: str, day: date, zone: ZoneInfo) -> Sums:
    query = select(Sale.currency, func.count(), func.sum(Sale.amount)).where(
        Sale.company_id == company_id,
        Sale.paid_at >= begin_of(day, zone),
        Sale.paid_at < end_of(day, zone),
    )
    return _by_currency(session, query, Sale.currency)


def _cash(session: Session, company_id: str, day: date, zone: ZoneInfo) -> Sums:
    query = select(Voucher.currency, func.count(), func.sum(Voucher.amount)).where(
        Voucher.company_id == company_id,
        Voucher.sold_at >= begin_of(day, zone),
        Voucher.sold_at < end_of(day, zone),
        Voucher.voided_at.is_(None),
        Voucher.amount > 0,
    )
    return _by_currency(session, query, Voucher.currency)


def _given_back(session: Session, company_id: str, day: date, zone: ZoneInfo) -> Sums:
    query = select(MoneyBack.currency, func.count(), func.sum(MoneyBack.amount)).where(
        MoneyBack.company_id == company_id,
        MoneyBack.at >= begin_of(day, zone),
        MoneyBack.at < end_of(day, zone),
    )
    return _by_currency(session, query, MoneyBack.currency)


def _by_currency(session: Session, query: Select[*tuple[Any, ...]], currency: Any) -> Sums:
    rows = session.execute(query.group_by(currency).order_by(currency))
    return [(code, count, int(total)) for code, count, total in rows]
