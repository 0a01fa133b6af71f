"""Keep this deployment's identity, which marks what it owns on routers and at gateways."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.records import Base, new_id, utc_now


class Deployment(Base):
    """Keep one row. It travels with a backup, so a restored database knows its own objects."""

    __tablename__ = "deployment"
    __table_args__ = (CheckConstraint("id = 1", name="single"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, default=1)
    name: Mapped[str] = mapped_column(String(16), default=lambda: new_id("", 12, upper=False))
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
