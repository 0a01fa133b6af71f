"""Keep a session as a router's accounting told it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import (
    BigInteger,
    ForeignKey,
    Index,
    Integer,
    String,
    UniqueConstraint,
    false,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.records import Base

OPEN = text("ended_at IS NULL")


class RadiusSession(Base):
    """Keep one session of one login, written by the accounting alone.

    Its moments are by the database's clock, never by the router's. `login` is the Class of the
    login, which no other has: a router begins its session ids anew when it boots; `class_tags` is
    what proved that it was made here, whose key may go meanwhile. It is open until `ended_at`;
    `stopped` when the router itself said so. `access_id` is null where it is none of ours. What the
    customer used is `bytes_in` and `bytes_out` together; `seconds` are the router's count. No user
    name stands here, since a PIN is a password too.
    """

    __tablename__ = "radius_session"
    __table_args__ = (
        UniqueConstraint("router_id", "acct_session_id", "login"),
        Index("ix_radius_session_open", "router_id", sqlite_where=OPEN, postgresql_where=OPEN),
    )

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    company_id: Mapped[str] = mapped_column(ForeignKey("company.id"))
    router_id: Mapped[str] = mapped_column(ForeignKey("router.id", ondelete="CASCADE"))
    access_id: Mapped[str | None] = mapped_column(
        ForeignKey("access.id", ondelete="SET NULL"), index=True
    )
    acct_session_id: Mapped[str] = mapped_column(String(64))
    login: Mapped[str] = mapped_column(String(48))
    class_tags: Mapped[str | None] = mapped_column(String(41))
    mac: Mapped[str] = mapped_column(String(17))
    address: Mapped[str] = mapped_column(String(45))
    started_at: Mapped[datetime]
    heard_at: Mapped[datetime]
    ended_at: Mapped[datetime | None] = mapped_column(index=True)
    ended_because: Mapped[str | None] = mapped_column(String(40))
    stopped: Mapped[bool] = mapped_column(default=False, server_default=false())
    seconds: Mapped[int] = mapped_column(BigInteger, default=0)
    bytes_in: Mapped[int] = mapped_column(BigInteger, default=0)
    bytes_out: Mapped[int] = mapped_column(BigInteger, default=0)
