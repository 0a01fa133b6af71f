"""Sum up a company's day for whoever wants to read it the next morning, by the company's clock."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from babel.dates import format_date
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.alerts.events import AlertEvent
from portal.alerts.outbox import tell_once
from portal.core import formatting
from portal.core.database import reading, writing
from portal.core.local_time import DAY, begin_of, day_of, end_of
from portal.models import (
    Alert,
    AlertChannel,
    AlertMessage,
    AlertSubscription,
    Company,
    MoneyBack,
    Sale,
    Voucher,
    utc_now,
)
from portal.ports import time_zone_of

LOOK_SECONDS = 600.0
MORNING = time(8)
WEEK = timedelta(days=7)
Sums = list[tuple[str, int, int]]
"""A currency, how many, and centavos."""


def tell_of_yesterday(company_id: str) -> None:
    """Queue the summary of the company's last day from eight in its morning on, once a day."""
    with reading() as session:
        company = session.get_one(Company, company_id)
        zone = time_zone_of(company)
        now = utc_now()
        today = day_of(now, zone)
        morning, yesterday = datetime.combine(today, MORNING, zone), today - DAY
        once = f"day:{yesterday.isoformat()}"
        channels = _untold(session, company_id, morning, once) if now >= morning else []
        text = _summary(session, company_id, yesterday, zone) if channels else ""
    with writing() as session:
        for channel_id in channels:
            tell_once(
                session,
                channel_id,
                once,
                company_id=company_id,
                event=AlertEvent.DAILY_SUMMARY,
                subject=yesterday.isoformat(),
                message=text,
            )


def _untold(session: Session, company_id: str, morning: datetime, once: str) -> list[str]:
    """Find the channels that were to tell of it when the morning came, and have not."""
    told = select(AlertMessage.id).where(
        AlertMessage.channel_id == AlertChannel.id, AlertMessage.once == once
    )
    query = (
        select(AlertChannel.id)
        .join(AlertSubscription, AlertSubscription.channel_id == AlertChannel.id)
        .where(
            AlertChannel.company_id == company_id,
            AlertChannel.active,
            AlertSubscription.event == AlertEvent.DAILY_SUMMARY,
            AlertSubscription.created_at <= morning,
            ~told.exists(),
        )
    )
    return list(session.scalars(query))


def _summary(session: Session, company_id: str, day: date, zone: ZoneInfo) -> str:
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
    begins, ends = begin_of(day, zone), end_of(day, zone)
    query = (
        select(Sale.currency, func.count(), func.sum(Sale.amount))
        .where(
            Sale.company_id == company_id,
            Sale.paid_at >= begins,
            Sale.paid_at < ends,
        )
        .group_by(Sale.currency)
        .order_by(Sale.currency)
    )
    return [(currency, count, int(total)) for currency, count, total in session.execute(query)]


def _cash(session: Session, company_id: str, day: date, zone: ZoneInfo) -> Sums:
    query = (
        select(Voucher.currency, func.count(), func.sum(Voucher.amount))
        .where(
            Voucher.company_id == company_id,
            Voucher.sold_at >= begin_of(day, zone),
            Voucher.sold_at < end_of(day, zone),
            Voucher.voided_at.is_(None),
            Voucher.amount > 0,
        )
        .group_by(Voucher.currency)
        .order_by(Voucher.currency)
    )
    return [(currency, count, int(total)) for currency, count, total in session.execute(query)]


def _given_back(session: Session, company_id: str, day: date, zone: ZoneInfo) -> Sums:
    query = (
        select(MoneyBack.currency, func.count(), func.sum(MoneyBack.amount))
        .where(
            MoneyBack.company_id == company_id,
            MoneyBack.at >= begin_of(day, zone),
            MoneyBack.at < end_of(day, zone),
        )
        .group_by(MoneyBack.currency)
        .order_by(MoneyBack.currency)
    )
    return [(currency, count, int(total)) for currency, count, total in session.execute(query)]
