"""Keep time without service that the operator gives back."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.records import Base, utc_now


class Outage(Base):
    """Keep a router's outage, as its operator declared it."""

    __tablename__ = "outage"
    __table_args__ = (CheckConstraint("ends_at > starts_at", name="order"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    router_id: Mapped[str] = mapped_column(ForeignKey("router.id"), index=True)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    declared_at: Mapped[datetime] = mapped_column(default=utc_now)
