"""Count wrong passwords where every process sees them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.records import Base, utc_now


class LoginFailure(Base):
    """Count wrong passwords in a row for one user from one origin: a network, device or session.

    Of the origin `*`, which stands for all of them, `locked_until` is when the budget of wrong
    passwords an hour is whole again.
    """

    __tablename__ = "login_failure"

    user_id: Mapped[int] = mapped_column(ForeignKey("admin_user.id"), primary_key=True)
    origin: Mapped[str] = mapped_column(String(64), primary_key=True)
    failures: Mapped[int] = mapped_column(default=0)
    last_at: Mapped[datetime] = mapped_column(default=utc_now)
    locked_until: Mapped[datetime | None]
