"""Keep pictures that operators upload: logos and plans' pictures, always re-encoded by us."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.records import Base, new_id, utc_now


class Image(Base):
    """Keep a picture as it is served. Its address changes with its content, so it can be cached."""

    __tablename__ = "image"
    __table_args__ = (CheckConstraint("purpose IN ('logo', 'plan')", name="purpose"),)

    id: Mapped[str] = mapped_column(
        String(36), primary_key=True, default=lambda: new_id("img_", 32, upper=False)
    )
    company_id: Mapped[str] = mapped_column(ForeignKey("company.id"), index=True)
    purpose: Mapped[str] = mapped_column(String(8))
    mimetype: Mapped[str] = mapped_column(String(20))
    content: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
