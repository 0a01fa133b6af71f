"""Keep the ways by which a company's alerts reach a person, and what is to be told by each."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.records import Base, new_id, utc_now
from portal.core.vault import Secret, sealed_column

_waiting = text("due_at IS NOT NULL")


class AlertChannel(Base):
    """Keep a company's `telegram`, `email` or `webhook`, once each.

    `target` is what it leads to: addresses separated by commas, or a URL; Telegram's stands in
    the company. Messages are sent under the channel's lease, so that one trouble at the other
    end is one repeated try, however many messages wait. `problem` is what the operator reads of
    the last failure; `tested_at` bounds how often a test is sent.
    """

    __tablename__ = "alert_channel"
    __table_args__ = (
        UniqueConstraint("company_id", "kind"),
        CheckConstraint("kind IN ('telegram', 'email', 'webhook')", name="kind"),
    )

    id: Mapped[str] = mapped_column(
        String(16), primary_key=True, default=lambda: new_id("ach_", 12, upper=False)
    )
    company_id: Mapped[str] = mapped_column(ForeignKey("company.id"))
    kind: Mapped[str] = mapped_column(String(10))
    active: Mapped[bool] = mapped_column(default=False)
    target: Mapped[str | None] = mapped_column(Text)
    secret_sealed: Mapped[bytes | None] = sealed_column()
    problem: Mapped[str | None] = mapped_column(String(200))
    tested_at: Mapped[datetime | None]
    next_attempt_at: Mapped[datetime] = mapped_column(default=utc_now)
    attempts: Mapped[int] = mapped_column(default=0)
    lease: Mapped[str | None] = mapped_column(String(32))
    lease_until: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=utc_now)

    secret = Secret()


class AlertSubscription(Base):
    """Keep that a channel is to tell of an event, and since when."""

    __tablename__ = "alert_subscription"
    __table_args__ = (Index("ix_alert_subscription_event", "event", "company_id"),)

    channel_id: Mapped[str] = mapped_column(
        ForeignKey("alert_channel.id", ondelete="CASCADE"), primary_key=True
    )
    event: Mapped[str] = mapped_column(String(20), primary_key=True)
    company_id: Mapped[str] = mapped_column(ForeignKey("company.id"))
    created_at: Mapped[datetime] = mapped_column(default=utc_now)


class AlertMessage(Base):
    """Keep one thing to be told by one channel, written in the transaction that makes it so.

    It waits while `due_at` is set; then it was sent or given up. `once` names what is told once
    however often it is found: a sale's move, a day. `amount` is in centavos.
    """

    __tablename__ = "alert_message"
    __table_args__ = (
        UniqueConstraint("channel_id", "once"),
        Index(
            "ix_alert_message_waiting",
            "channel_id",
            "due_at",
            sqlite_where=_waiting,
            postgresql_where=_waiting,
        ),
        Index("ix_alert_message_sent", "channel_id", "event", "sent_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    company_id: Mapped[str] = mapped_column(ForeignKey("company.id"), index=True)
    channel_id: Mapped[str] = mapped_column(ForeignKey("alert_channel.id", ondelete="CASCADE"))
    event: Mapped[str] = mapped_column(String(20))
    subject: Mapped[str] = mapped_column(String(64))
    message: Mapped[str] = mapped_column(String(500))
    amount: Mapped[int | None] = mapped_column(BigInteger)
    currency: Mapped[str | None] = mapped_column(String(3))
    once: Mapped[str | None] = mapped_column(String(40))
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    due_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    given_up_at: Mapped[datetime | None]


class AlertCursor(Base):
    """Keep up to which line of the sales' history everything has been told."""

    __tablename__ = "alert_cursor"
    __table_args__ = (CheckConstraint("id = 1", name="single"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, default=1)
    sale_move_id: Mapped[int] = mapped_column(default=0)
