"""Keep the work that comes round by itself, and the workers that do it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from sqlalchemy import ForeignKey, Index, String, false, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.records import Base, utc_now

# Told as text and not as values, so that a claim that says it the same way meets the index.
AT_HOME, AWAY = text("NOT away"), text("away")
_due = text("next_attempt_at IS NOT NULL AND NOT away")
_due_away = text("next_attempt_at IS NOT NULL AND away")


class JobKind(StrEnum):
    """Name a kind of work that comes round: the first part of a job's id."""

    USAGE_SYNC = "usage_sync"
    ORPHANED_USERS = "orphaned_users"
    PIN_DENSITY = "pin_density"
    ORPHAN_ORDERS = "orphan_orders"
    RETENTION = "retention"
    ATTEMPT_LIMITS = "attempt_limits"
    RECEIPTS = "receipts"
    SALE_ALERTS = "sale_alerts"
    UNDECIDED_SALES = "undecided_sales"
    EXPIRING_KEYS = "expiring_keys"
    ROUTER_REACH = "router_reach"
    DAILY_SUMMARY = "daily_summary"
    PASSWORD_LINKS = "password_links"  # noqa: S105 - a kind of work, no password
    SALE_WORDS = "sale_words"
    TAKINGS = "takings"
    WITHDRAWN_RECEIPTS = "withdrawn_receipts"
    VOUCHERS = "vouchers"
    SESSION_CHANGES = "session_changes"
    PLANNING = "planning"
    DUE_TIMES = "due_times"

    def about(self, subject: str) -> str:
        """Name the job of this kind about a subject, as its row is found."""
        return f"{self}:{subject}"


class Pace(NamedTuple):
    """Say how a job goes on: in how many seconds, and how often it has been so in a row.

    `away`: its router does not answer; None where that was not found out.
    """

    seconds: float
    attempts: int | None = None
    away: bool | None = False


class Job(Base):
    """Keep a job of a kind about a subject, `kind:subject`, due again and again.

    `company_id` is whose it is; nobody's where it is about the whole deployment. `attempts` counts
    what came of the last times, in a row: tries in vain, or looks at a router where nobody was
    online. `away`: its router does not answer, so that it waits apart from the others.
    """

    __tablename__ = "job"
    __table_args__ = (
        Index("ix_job_due", "next_attempt_at", sqlite_where=_due, postgresql_where=_due),
        Index("ix_job_away", "next_attempt_at", sqlite_where=_due_away, postgresql_where=_due_away),
    )

    id: Mapped[str] = mapped_column(String(80), primary_key=True)
    company_id: Mapped[str | None] = mapped_column(ForeignKey("company.id"))
    next_attempt_at: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    away: Mapped[bool] = mapped_column(default=False, server_default=false())
    lease: Mapped[str | None] = mapped_column(String(32))
    lease_until: Mapped[datetime | None]


class WorkerHeartbeat(Base):
    """Keep when a worker last showed itself."""

    __tablename__ = "worker_heartbeat"

    name: Mapped[str] = mapped_column(String(80), primary_key=True)
    at: Mapped[datetime] = mapped_column(default=utc_now)
