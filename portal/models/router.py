"""Keep a MikroTik router whose hotspot is sold."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.records import Base, new_id, utc_now
from portal.core.vault import Secret, sealed_column


class Router(Base):
    """Keep how to reach a router, and the hosts its login form may live on (`login_hosts`).

    `delivery` says by what it is served: `api`. `kit_password` is what the last kit gives to the
    API's user, until the router has let us in with it. `password_place` says for which address the
    password was entered, while that is not the one on record. `setup_missing` counts what the last
    check of its set-up, at `setup_checked_at`, found missing.
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
    kit_password_sealed: Mapped[bytes | None] = sealed_column()
    password_place: Mapped[str | None] = mapped_column(String(400))
    delivery: Mapped[str] = mapped_column(String(10), default="api", server_default="api")
    location: Mapped[str | None] = mapped_column(String(200))
    tls: Mapped[str] = mapped_column(String(10), default="none")
    tls_fingerprint: Mapped[str | None] = mapped_column(String(95))
    login_hosts: Mapped[list[Any]] = mapped_column(JSON, default=list)
    active: Mapped[bool] = mapped_column(default=True)
    setup_checked_at: Mapped[datetime | None]
    setup_missing: Mapped[int | None]
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    updated_at: Mapped[datetime] = mapped_column(default=utc_now, onupdate=utc_now)

    password = Secret()
    kit_password = Secret()

    @property
    def place(self) -> str:
        """Say where the password is sent, and to whom: host, port and what protects the line."""
        return f"{self.host}|{self.port}|{self.tls}|{self.tls_fingerprint or ''}"

    @property
    def is_password_withheld(self) -> bool:
        """Tell whether the stored password was entered for another address than this."""
        is_elsewhere = self.password_place not in (None, self.place)
        return is_elsewhere and self.password_sealed is not None

    @property
    def is_waiting_for_kit(self) -> bool:
        """Tell whether its only password is the kit's, with which nobody has been let in yet."""
        return self.password_sealed is None and self.kit_password_sealed is not None
