"""Keep a link by which a router fetches its set-up script."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.records import Base, utc_now


class KitLink(Base):
    """Keep a link that works once; only its SHA-256 is kept, and what the script is made with."""

    __tablename__ = "kit_link"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_digest: Mapped[str] = mapped_column(String(64), unique=True)
    company_id: Mapped[str] = mapped_column(ForeignKey("company.id"))
    router_id: Mapped[str] = mapped_column(ForeignKey("router.id"), index=True)
    options: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    used_from: Mapped[str | None] = mapped_column(String(45))
