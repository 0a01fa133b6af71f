"""Keep people's second factors: a TOTP secret, and codes for when the telephone is lost."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.records import Base, new_id, utc_now
from portal.core.vault import Secret, sealed_column


class SecondFactor(Base):
    """Keep a person's TOTP (RFC 6238). It is on since `confirmed_at`, when a first code was right.

    `last_step`: the step of 30 seconds of the last code that was taken; none before it is again.
    """

    __tablename__ = "second_factor"

    id: Mapped[str] = mapped_column(
        String(16), primary_key=True, default=lambda: new_id("sfa_", 12, upper=False)
    )
    user_id: Mapped[int] = mapped_column(ForeignKey("admin_user.id"), unique=True)
    secret_sealed: Mapped[bytes | None] = sealed_column()
    last_step: Mapped[int] = mapped_column(BigInteger, default=0)
    confirmed_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=utc_now)

    secret = Secret()


class RecoveryCode(Base):
    """Keep the SHA-256 of a code that lets its person in once without the telephone.

    Drawn with 80 bits, so that nobody finds it by its digest.
    """

    __tablename__ = "recovery_code"

    factor_id: Mapped[str] = mapped_column(
        ForeignKey("second_factor.id", ondelete="CASCADE"), primary_key=True
    )
    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    used_at: Mapped[datetime | None]
