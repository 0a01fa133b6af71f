"""Keep a router's API key, which a portal page shows to buy and to look."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.records import Base, new_id, utc_now


class ApiKey(Base):
    """Keep a key that was handed out once; only its SHA-256 is kept.

    `revoked_at` may lie ahead: a replaced key lives on for its grace period.
    """

    __tablename__ = "api_key"

    id: Mapped[str] = mapped_column(
        String(20), primary_key=True, default=lambda: new_id("key_", 16, upper=False)
    )
    router_id: Mapped[str] = mapped_column(ForeignKey("router.id"), index=True)
    token_digest: Mapped[str] = mapped_column(String(64), unique=True)
    issued_at: Mapped[datetime] = mapped_column(default=utc_now)
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
