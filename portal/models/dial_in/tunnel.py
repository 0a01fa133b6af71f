"""Keep the places in our tunnel, and the router that each belongs to."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.records import Base, new_id, utc_now
from portal.core.vault import Secret, sealed_column


class DialIn(StrEnum):
    """Name by what a router dials in."""

    WIREGUARD = "wireguard"
    L2TP = "l2tp"


class Tunnel(Base):
    """Keep an address of the tunnel, and by what its router comes to it.

    `router_id` is null once the router is gone, `released_at` since when: the address waits then,
    so that nobody else's router answers where the old one is still known. `public_key` is
    WireGuard's, since `key_at`, as it came from the address `key_from`; `secret` the password of
    L2TP. The router posts its key by a link that works once, of which the SHA-256 is kept.
    """

    __tablename__ = "tunnel"
    __table_args__ = (CheckConstraint("kind IN ('wireguard', 'l2tp')", name="kind"),)

    id: Mapped[str] = mapped_column(
        String(24), primary_key=True, default=lambda: new_id("tnl_", 20, upper=False)
    )
    address: Mapped[str] = mapped_column(String(15), unique=True)
    company_id: Mapped[str] = mapped_column(ForeignKey("company.id"), index=True)
    router_id: Mapped[str | None] = mapped_column(
        ForeignKey("router.id", ondelete="SET NULL"), unique=True
    )
    kind: Mapped[str] = mapped_column(String(10))
    public_key: Mapped[str | None] = mapped_column(String(44), unique=True)
    key_at: Mapped[datetime | None]
    key_from: Mapped[str | None] = mapped_column(String(45))
    secret_sealed: Mapped[bytes | None] = sealed_column()
    token_digest: Mapped[str | None] = mapped_column(String(64), unique=True)
    token_expires_at: Mapped[datetime | None]
    token_used_at: Mapped[datetime | None]
    released_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=utc_now)

    secret = Secret()
