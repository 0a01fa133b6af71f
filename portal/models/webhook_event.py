"""Keep what the gateway told us by itself: stored first, believed only after asking."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.records import Base, utc_now

# What stands in the place of a body that named a buyer.
ERASED = "(eliminado)"
# Told as text and not as values, so that a query that says it the same way meets the index.
NAMES_BUYER = text(f"body != '{ERASED}'")
_due = text("next_attempt_at IS NOT NULL")


class WebhookOutcome(StrEnum):
    """Say what came of an event: about nothing of ours, followed, or left for want of an answer."""

    NOT_OURS = "not_ours"
    REFRESHED = "refreshed"
    UNANSWERED = "unanswered"


class WebhookEvent(Base):
    """Keep one event of one company, once however often it is delivered.

    `order_id` and `reference` are what it claims to be about; the reference is that of our sale
    where the sale was known as it came. `outcome` says what came of it.
    """

    __tablename__ = "webhook_event"
    __table_args__ = (
        UniqueConstraint("company_id", "event_id"),
        Index("ix_webhook_event_due", "next_attempt_at", sqlite_where=_due, postgresql_where=_due),
        Index("ix_webhook_event_company_id_reference", "company_id", "reference"),
        Index(
            "ix_webhook_event_names_buyer",
            "company_id",
            "received_at",
            "id",
            sqlite_where=NAMES_BUYER,
            postgresql_where=NAMES_BUYER,
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    company_id: Mapped[str] = mapped_column(ForeignKey("company.id"))
    event_id: Mapped[str] = mapped_column(String(64))
    type: Mapped[str] = mapped_column(String(60))
    order_id: Mapped[str | None] = mapped_column(String(64))
    reference: Mapped[str | None] = mapped_column(String(64))
    body: Mapped[str] = mapped_column(Text)
    signed: Mapped[bool] = mapped_column(default=False)
    outcome: Mapped[str | None] = mapped_column(String(40))
    received_at: Mapped[datetime] = mapped_column(default=utc_now)
    next_attempt_at: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    lease: Mapped[str | None] = mapped_column(String(32))
    lease_until: Mapped[datetime | None]
