"""Keep what the RADIUS server answers a login with."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.records import Base, utc_now


class RadiusUser(Base):
    """Keep an access as the server offers it: on its router, or at all of the company's sites.

    Neither name nor password stands here in clear: see `access/radius/secrets.py`; `key_id`
    is the key. What is left is computed when the router asks, by the database's clock. It ends at
    `expires_at`, or `first_use_seconds` after `first_started_at`; after `limit_seconds` online;
    after `limit_bytes`, both ways together. `first_started_at`, `used_seconds` and `used_bytes` are
    written by accounting, which adds to what they held when the row was made. `rate_limit` is in
    the router's words, the customer's upload first.
    """

    __tablename__ = "radius_user"
    __table_args__ = (
        Index("uq_radius_user_name_digest_router_id", "name_digest", "router_id", unique=True),
    )

    access_id: Mapped[str] = mapped_column(
        ForeignKey("access.id", ondelete="CASCADE"), primary_key=True
    )
    company_id: Mapped[str] = mapped_column(ForeignKey("company.id"))
    router_id: Mapped[str] = mapped_column(ForeignKey("router.id"), index=True)
    everywhere: Mapped[bool] = mapped_column(default=False)
    key_id: Mapped[str] = mapped_column(String(20), ForeignKey("radius_key.id"))
    name_digest: Mapped[bytes] = mapped_column(LargeBinary)
    password_cipher: Mapped[bytes] = mapped_column(LargeBinary)
    disabled: Mapped[bool] = mapped_column(default=True)
    profile: Mapped[str] = mapped_column(String(100))
    rate_limit: Mapped[str | None] = mapped_column(String(100))
    max_devices: Mapped[int | None]
    limit_seconds: Mapped[int | None] = mapped_column(BigInteger)
    limit_bytes: Mapped[int | None] = mapped_column(BigInteger)
    first_use_seconds: Mapped[int | None] = mapped_column(BigInteger)
    first_started_at: Mapped[datetime | None]
    expires_at: Mapped[datetime | None]
    used_seconds: Mapped[int] = mapped_column(BigInteger, default=0)
    used_bytes: Mapped[int] = mapped_column(BigInteger, default=0)
    updated_at: Mapped[datetime] = mapped_column(default=utc_now, onupdate=utc_now)
