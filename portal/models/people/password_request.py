"""Keep who says that a password was forgotten, until the worker has seen to it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.records import Base, utc_now

_waiting = text("done_at IS NULL")


class PasswordRequest(Base):
    """Keep an address that was typed, whether or not it is anybody's: only the worker looks.

    `network` is where it was typed. `done_at`: a link was sent, at `sent_at` then, or it was
    nobody's, too late or one too many.
    """

    __tablename__ = "password_request"
    __table_args__ = (
        Index(
            "ix_password_request_waiting",
            "asked_at",
            sqlite_where=_waiting,
            postgresql_where=_waiting,
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(254), index=True)
    network: Mapped[str] = mapped_column(String(64), index=True)
    asked_at: Mapped[datetime] = mapped_column(default=utc_now)
    done_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
