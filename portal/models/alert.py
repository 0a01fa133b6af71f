"""Keep what the operator must know and act on."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.records import Base, utc_now

UNRESOLVED = text("resolved_at IS NULL")


class Alert(Base):
    """Keep a thing that needs a person; at most one unresolved of a kind about a subject.

    `told_at`: when it was last sent to whoever wants to hear of it.
    """

    __tablename__ = "alert"
    __table_args__ = (
        Index("ix_alert_company_id_last_at", "company_id", "last_at", "id"),
        Index(
            "uq_alert_unresolved",
            "company_id",
            "kind",
            "subject",
            unique=True,
            sqlite_where=UNRESOLVED,
            postgresql_where=UNRESOLVED,
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    company_id: Mapped[str] = mapped_column(ForeignKey("company.id"))
    kind: Mapped[str] = mapped_column(String(40))
    subject: Mapped[str] = mapped_column(String(64))
    message: Mapped[str] = mapped_column(String(500))
    times: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    last_at: Mapped[datetime] = mapped_column(default=utc_now)
    told_at: Mapped[datetime | None]
    resolved_at: Mapped[datetime | None]
