"""Work that comes round by itself, and the workers that do it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from portal.models.base import Base, utc_now


class Job(Base):
    """A job of a kind about a subject, `kind:subject`, due again and again."""

    __tablename__ = "job"

    id: Mapped[str] = mapped_column(String(80), primary_key=True)
    next_attempt_at: Mapped[datetime | None] = mapped_column(index=True)
    attempts: Mapped[int] = mapped_column(default=0)
    lease: Mapped[str | None] = mapped_column(String(32))
    lease_until: Mapped[datetime | None]


class WorkerHeartbeat(Base):
    """When a worker last showed itself."""

    __tablename__ = "worker_heartbeat"

    name: Mapped[str] = mapped_column(String(80), primary_key=True)
    at: Mapped[datetime] = mapped_column(default=utc_now)
