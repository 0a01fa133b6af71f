"""An operator's desk: what is chosen there, and what comes in."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from portal.alerts.batches import claim_channel
from portal.alerts.kinds import AlertKind
from portal.alerts.open_alerts import raise_alert
from portal.alerts.sending import send_alerts
from portal.core.database import reading, writing
from portal.core.leases import Claim
from portal.models import AlertChannel, AlertMessage, Company, Job, utc_now
from portal.operators import companies
from portal.worker.schedule import do_job, plan_jobs
from tests.support.shop import Shop
from tests.support.tenants import ACTOR

BOT = "123456789:AAplantedBotTokenPlantedBotTokenPlanted"
CHAT = "-100123"
SECRET = "whsec_planted_0123456789"
PAST = timedelta(seconds=1)


class Desk:
    """One company's alerts: chosen as the API does, sent as the worker does."""

    def __init__(self, shop: Shop) -> None:
        self.shop, self.app = shop, shop.app

    def set(self, **values: Any) -> None:
        """Set what the company says of itself."""
        with self.app.app_context():
            companies.update(ACTOR, self.shop.company_id, **values)

    def use_telegram(self, *events: str) -> None:
        """Hear of these by Telegram; of what is usual where none is named."""
        chosen = {"alerts": {"telegram": {"events": list(events)}}} if events else {}
        self.set(
            telegram_bot_token=BOT, telegram_chat_id=CHAT, telegram_notifications=True, **chosen
        )

    def use_email(self, addresses: str, *events: str) -> None:
        self.set(alerts={"email": {"target": addresses, "events": list(events)}})

    def use_webhook(self, url: str, *events: str) -> None:
        values = {"target": url, "secret": SECRET, "events": list(events)}
        self.set(alerts={"webhook": values})

    def alert(self, kind: AlertKind, subject: str, message: str = "Algo pasó.") -> None:
        with self.app.app_context(), writing() as session:
            raise_alert(session, self.shop.company_id, kind, subject, message)

    def send(self) -> int:
        """Let the worker send all that is due now; how many channels it served."""
        served = 0
        with self.app.app_context():
            while claim := claim_channel():
                send_alerts(claim)
                served += 1
        return served

    def pass_time(self, seconds: float) -> None:
        """Let what is sent, waits and is tried again lie so many seconds further back."""
        back = timedelta(seconds=seconds)
        for record, names in (
            (AlertChannel, ["next_attempt_at", "tested_at"]),
            (AlertMessage, ["due_at", "sent_at", "created_at"]),
        ):
            for row in self.rows(record):
                moments = {n: getattr(row, n) - back for n in names if getattr(row, n)}
                with self.app.app_context(), writing() as session:
                    session.execute(sa.update(record).where(record.id == row.id).values(**moments))

    def do(self, kind: str, subject: str) -> None:
        """Do a job that comes round, as a worker does when it is due."""
        job = f"{kind}:{subject}"
        with self.app.app_context():
            plan_jobs()
            with writing() as session:
                due = sa.update(Job).where(Job.id == job)
                session.execute(due.values(next_attempt_at=utc_now() - PAST, lease="test"))
            do_job(Claim(job, "test"))

    def rows(self, record: Any) -> list[Any]:
        with self.app.app_context(), reading() as session:
            return list(session.scalars(sa.select(record).order_by(record.id)))

    def channel(self, kind: str = "telegram") -> AlertChannel:
        [found] = [channel for channel in self.rows(AlertChannel) if channel.kind == kind]
        assert isinstance(found, AlertChannel)
        return found

    def company(self) -> Company:
        with self.app.app_context(), reading() as session:
            return session.get_one(Company, self.shop.company_id)
