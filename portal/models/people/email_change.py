"""Keep who asked for another e-mail address, until the mails about it are sent."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.records import Base, utc_now

_waiting = text("done_at IS NULL")


class EmailChange(Base):
    """Keep that a person asked for `new_email` in place of `old_email`.

    `link_sent_at` is when the new address got its link, `notice_sent_at` when the old one was told
    of it; `done_at`: nothing is sent any more.
    """

    __tablename__ = "email_change"
    __table_args__ = (
        Index(
            "ix_email_change_waiting",
            "asked_at",
            sqlite_where=_waiting,
            postgresql_where=_waiting,
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("admin_user.id"), index=True)
    old_email: Mapped[str] = mapped_column(String(254))
    new_email: Mapped[str] = mapped_column(String(254))
    asked_at: Mapped[datetime] = mapped_column(default=utc_now)
    link_sent_at: Mapped[datetime | None]
    notice_sent_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
