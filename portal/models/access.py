"""Keep an access: a hotspot user as it should be on the router, and as it is known to be."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    column,
    false,
    select,
    text,
    tuple_,
    values,
)
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.records import Base, new_id, utc_now
from portal.core.vault import FindableSecret, Secret, VaultError, sealed_column

# What is counted of an access, here and in what the router has forgotten.
COUNTERS = (
    "used_seconds",
    "used_bytes",
    "seen_seconds",
    "seen_bytes",
    "session_seconds",
    "session_bytes",
    "sessions_apart",
)


class AccessState(StrEnum):
    """Name how a hotspot user is on its router, or should be."""

    ABSENT = "absent"
    DISABLED = "disabled"
    ENABLED = "enabled"
    # From the moment something is asked of the router until its answer is recorded.
    UNKNOWN = "unknown"


STANDING = text("wanted != 'absent' OR actual != 'absent'")

_due = text("next_attempt_at IS NOT NULL AND parked_reason IS NULL")

PIN_COVER = "••••"


class Access(Base):
    """Keep the router's side of what was sold.

    `wanted` and `actual` are absent, disabled or enabled; `actual` is unknown from the moment
    something is asked of the router until its answer is recorded. `duration_seconds` and
    `data_limit` (bytes) are all that was bought; `speed` is what the plan promised, `all_sites`
    that the code opens at each of the company's routers that ask us at a login.
    `pin_digits` is how long a PIN is, which its sealed name does not tell. `seen_seconds` and
    `seen_bytes` are what the router's counters said at `seen_at`; `used_seconds` and
    `used_bytes` what they had come to when the router last forgot this user. `session_seconds`
    and `session_bytes` are what the sessions under way had used then, `sessions_apart` whether
    the counters did not hold that. `enabled_at` is since when the router has the user enabled as
    far as we know, and `blocked_at` when it was found disabled by somebody else all the same.
    """

    __tablename__ = "access"
    __table_args__ = (
        Index(
            "uq_access_router_id_name_digest",
            "router_id",
            "name_digest",
            unique=True,
            sqlite_where=STANDING,
            postgresql_where=STANDING,
        ),
        Index("ix_access_router_id_name_digest", "router_id", "name_digest"),
        Index("ix_access_company_id_mac", "company_id", "mac"),
        Index("ix_access_company_id_created_at", "company_id", "created_at", "id"),
        Index("ix_access_due", "next_attempt_at", sqlite_where=_due, postgresql_where=_due),
        CheckConstraint("wanted IN ('absent', 'disabled', 'enabled')", name="wanted"),
        CheckConstraint("actual IN ('absent', 'disabled', 'enabled', 'unknown')", name="actual"),
        CheckConstraint("kind IN ('user_password', 'pin')", name="kind"),
        CheckConstraint(
            "duration_from IN ('purchase', 'first_use', 'connected')", name="duration_from"
        ),
    )

    id: Mapped[str] = mapped_column(
        String(24), primary_key=True, default=lambda: new_id("acc_", 20, upper=False)
    )
    company_id: Mapped[str] = mapped_column(ForeignKey("company.id"))
    router_id: Mapped[str] = mapped_column(ForeignKey("router.id"))
    kind: Mapped[str] = mapped_column(String(16))
    name_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    name_digest: Mapped[str] = mapped_column(String(64))
    pin_digits: Mapped[int | None]
    password_sealed: Mapped[bytes | None] = sealed_column()
    wanted: Mapped[str] = mapped_column(String(8))
    actual: Mapped[str] = mapped_column(String(8))
    profile_name: Mapped[str] = mapped_column(String(100))
    duration_seconds: Mapped[int | None] = mapped_column(BigInteger)
    duration_from: Mapped[str | None] = mapped_column(String(10))
    data_limit: Mapped[int | None] = mapped_column(BigInteger)
    max_devices: Mapped[int | None]
    all_sites: Mapped[bool] = mapped_column(default=False, server_default=false())
    speed: Mapped[str | None] = mapped_column(String(40))
    mac: Mapped[str | None] = mapped_column(String(17))
    used_seconds: Mapped[int] = mapped_column(BigInteger, default=0)
    used_bytes: Mapped[int] = mapped_column(BigInteger, default=0)
    seen_seconds: Mapped[int] = mapped_column(BigInteger, default=0)
    seen_bytes: Mapped[int] = mapped_column(BigInteger, default=0)
    session_seconds: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    session_bytes: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    sessions_apart: Mapped[bool] = mapped_column(default=False, server_default=false())
    seen_at: Mapped[datetime | None]
    started_at: Mapped[datetime | None]
    expires_at: Mapped[datetime | None] = mapped_column(index=True)
    enabled_at: Mapped[datetime | None]
    blocked_at: Mapped[datetime | None]
    next_attempt_at: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    lease: Mapped[str | None] = mapped_column(String(32))
    lease_until: Mapped[datetime | None]
    parked_reason: Mapped[str | None] = mapped_column(String(200))
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    updated_at: Mapped[datetime] = mapped_column(default=utc_now, onupdate=utc_now)

    # A PIN is its own password, and what is drawn on one router says nothing of another's.
    name = FindableSecret(within="router_id")
    password = Secret()

    @classmethod
    def named(cls, router_id: str, *names: str) -> ColumnElement[bool]:
        """Tell whether it is this router's, and has one of these names."""
        digests = cls.name.digests(router_id, *names)
        return (cls.router_id == router_id) & cls.name_digest.in_(digests)

    @classmethod
    def named_on(cls, router_ids: Iterable[str], *names: str) -> ColumnElement[bool]:
        """Tell whether it is one of these routers', and has one of these names."""
        pairs = [(each, digest) for each in router_ids for digest in cls.name.digests(each, *names)]
        if not pairs:
            return false()
        # Joined: of a list of conditions PostgreSQL plans every single one.
        columns = (column("router_id", String), column("name_digest", String))
        looked_for = values(*columns, name="looked_for").data(pairs).cte("looked_for")
        return tuple_(cls.router_id, cls.name_digest).in_(select(looked_for))

    @property
    def total_seconds(self) -> int:
        """Sum the time online that we know of, in seconds."""
        return self.used_seconds + self.seen_seconds + self.session_seconds * self.sessions_apart

    @property
    def total_bytes(self) -> int:
        """Sum the traffic that we know of, in bytes."""
        return self.used_bytes + self.seen_bytes + self.session_bytes * self.sessions_apart

    @property
    def shown_name(self) -> str:
        """Give the name as operators see it. A PIN is a password too: only its end is shown.

        Nothing is shown of what cannot be read any more: the sale can be looked at all the same.
        """
        try:
            name: str = self.name
        except VaultError:
            return PIN_COVER
        return f"{PIN_COVER}{name[-2:]}" if self.kind == "pin" else name
