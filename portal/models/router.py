"""Keep a MikroTik router whose hotspot is sold, and when it was last heard of."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.records import Base, new_id, utc_now
from portal.core.vault import Secret, sealed_column


class Router(Base):
    """Keep how to reach a router, and the hosts its login form may live on (`login_hosts`).

    `delivery` says by what it is served: `api`.
    """

    __tablename__ = "router"
    __table_args__ = (
        CheckConstraint("port BETWEEN 1 AND 65535", name="port"),
        CheckConstraint("tls IN ('none', 'verified', 'pinned', 'anonymous')", name="tls"),
    )

    id: Mapped[str] = mapped_column(String(12), primary_key=True, default=lambda: new_id("RTR_", 8))
    company_id: Mapped[str] = mapped_column(ForeignKey("company.id"), index=True)
    name: Mapped[str] = mapped_column(String(100))
    host: Mapped[str] = mapped_column(String(253))
    port: Mapped[int] = mapped_column(default=8728)
    username: Mapped[str] = mapped_column(String(100))
    password_sealed: Mapped[bytes | None] = sealed_column()
    delivery: Mapped[str] = mapped_column(String(10), default="api", server_default="api")
    location: Mapped[str | None] = mapped_column(String(200))
    tls: Mapped[str] = mapped_column(String(10), default="none")
    tls_fingerprint: Mapped[str | None] = mapped_column(String(95))
    login_hosts: Mapped[list[Any]] = mapped_column(JSON, default=list)
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    updated_at: Mapped[datetime] = mapped_column(default=utc_now, onupdate=utc_now)

    password = Secret()


class RouterContact(Base):
    """Keep what was heard of a router: when last, its version, and since when it is silent.

    Apart from the router's own record, which is read with each sale and seldom changes.
    """

    __tablename__ = "router_contact"

    router_id: Mapped[str] = mapped_column(
        ForeignKey("router.id", ondelete="CASCADE"), primary_key=True
    )
    company_id: Mapped[str] = mapped_column(ForeignKey("company.id"), index=True)
    version: Mapped[str | None] = mapped_column(String(60))
    answered_at: Mapped[datetime | None]
    silent_since: Mapped[datetime | None]
