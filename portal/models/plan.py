"""Keep a plan: what a customer can buy."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    Text,
    false,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.records import Base, utc_now

LIVE_ON_ROUTER = text("active AND router_id IS NOT NULL")
LIVE_EVERYWHERE = text("active AND router_id IS NULL")


class Plan(Base):
    """Keep a price and what it buys, on one router or (router_id null) on all of the company's.

    `amount` is in centavos, `duration_seconds` counts from `duration_from`, `data_limit` is
    in bytes. The router's user profile is known by its name; `profile_id` is only shown.
    `all_sites`: a code opens at each router of the company that asks us at a login.
    """

    __tablename__ = "plan"
    __table_args__ = (
        Index(
            "uq_plan_router_id_name",
            "router_id",
            "name",
            unique=True,
            sqlite_where=LIVE_ON_ROUTER,
            postgresql_where=LIVE_ON_ROUTER,
        ),
        Index(
            "uq_plan_company_id_name",
            "company_id",
            "name",
            unique=True,
            sqlite_where=LIVE_EVERYWHERE,
            postgresql_where=LIVE_EVERYWHERE,
        ),
        CheckConstraint("amount > 0", name="amount"),
        CheckConstraint("currency IN ('MXN', 'USD')", name="currency"),
        CheckConstraint(
            "duration_from IN ('purchase', 'first_use', 'connected')", name="duration_from"
        ),
        CheckConstraint(
            "(duration_seconds IS NULL) = (duration_from IS NULL)", name="duration_complete"
        ),
        CheckConstraint("duration_seconds > 0", name="duration_seconds"),
        CheckConstraint("data_limit > 0", name="data_limit"),
        CheckConstraint("max_devices > 0", name="max_devices"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    company_id: Mapped[str] = mapped_column(ForeignKey("company.id"), index=True)
    router_id: Mapped[str | None] = mapped_column(ForeignKey("router.id"), index=True)
    name: Mapped[str] = mapped_column(String(100))
    amount: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3), default="MXN")
    profile_name: Mapped[str] = mapped_column(String(100))
    profile_id: Mapped[str | None] = mapped_column(String(20))
    description: Mapped[str | None] = mapped_column(Text)
    details: Mapped[list[Any]] = mapped_column(JSON, default=list)
    image_url: Mapped[str | None] = mapped_column(String(500))
    active: Mapped[bool] = mapped_column(default=True)
    position: Mapped[int] = mapped_column(default=0)
    featured: Mapped[bool] = mapped_column(default=False)
    duration_seconds: Mapped[int | None]
    duration_from: Mapped[str | None] = mapped_column(String(10))
    data_limit: Mapped[int | None] = mapped_column(BigInteger)
    max_devices: Mapped[int | None]
    all_sites: Mapped[bool] = mapped_column(default=False, server_default=false())
    speed: Mapped[str | None] = mapped_column(String(40))
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    updated_at: Mapped[datetime] = mapped_column(default=utc_now, onupdate=utc_now)

    @property
    def is_unlimited(self) -> bool:
        """Tell whether neither time nor data ends it."""
        return self.duration_seconds is None and self.data_limit is None
