"""Count wrong codes where every process sees them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.records import Base, utc_now


class WrongCode(Base):
    """Count failures in a row of one device on one router. `kind`: what it was trying to enter."""

    __tablename__ = "wrong_code"

    router_id: Mapped[str] = mapped_column(ForeignKey("router.id"), primary_key=True)
    device: Mapped[str] = mapped_column(String(254), primary_key=True)
    kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    failures: Mapped[int] = mapped_column(default=1)
    last_at: Mapped[datetime] = mapped_column(default=utc_now)
    locked_until: Mapped[datetime | None]
