"""Sum up a company's day for whoever wants to read it the next morning, by the company's clock."""

from __future__ import annotations

from datetime import datetime, time

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.alerts.day_sums import day_text
from portal.alerts.events import AlertEvent
from portal.alerts.outbox import tell_once
from portal.core.database import reading, writing
from portal.core.local_time import DAY, day_of
from portal.models import AlertChannel, AlertMessage, AlertSubscription, Company, utc_now
from portal.ports import time_zone_of

LOOK_SECONDS = 600.0
MORNING = time(8)


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
        text = day_text(session, company_id, yesterday, zone) if channels else ""
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
