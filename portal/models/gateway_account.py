"""Keep a company's account at a payment gateway, one row a version of its credentials."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.records import Base, new_id, utc_now
from portal.core.vault import Secret, sealed_column


class GatewayAccount(Base):
    """Keep credentials as they were entered: a sale keeps the version it was opened with.

    Replaced credentials stay until their last sale is final. `refused_at` says since when
    the gateway refuses the key; `webhook_public_key` is the PEM that its webhooks are
    signed for, `webhook_secret` the secret of a provider whose notices both sides sign alike.
    `answers_live` is whether the key was seen to act in live mode, null while it was not tried.
    `preferred`: of several gateways of the company's, new sales are paid here.
    """

    __tablename__ = "gateway_account"
    __table_args__ = (
        UniqueConstraint("company_id", "provider", "version"),
        Index(
            "uq_gateway_account_current",
            "company_id",
            "provider",
            unique=True,
            sqlite_where=text("current"),
            postgresql_where=text("current"),
        ),
        CheckConstraint("mode IN ('test', 'live')", name="mode"),
        CheckConstraint("version > 0", name="version"),
    )

    id: Mapped[str] = mapped_column(
        String(20), primary_key=True, default=lambda: new_id("gwa_", 16, upper=False)
    )
    company_id: Mapped[str] = mapped_column(ForeignKey("company.id"))
    provider: Mapped[str] = mapped_column(String(20))
    version: Mapped[int] = mapped_column(default=1)
    current: Mapped[bool] = mapped_column(default=True)
    preferred: Mapped[bool] = mapped_column(default=False)
    mode: Mapped[str] = mapped_column(String(4), default="test")
    public_key: Mapped[str | None] = mapped_column(String(200))
    private_key_sealed: Mapped[bytes | None] = sealed_column()
    webhook_public_key: Mapped[str | None] = mapped_column(Text)
    webhook_secret_sealed: Mapped[bytes | None] = sealed_column()
    refused_at: Mapped[datetime | None]
    answers_live: Mapped[bool | None]
    created_at: Mapped[datetime] = mapped_column(default=utc_now)

    private_key = Secret()
    webhook_secret = Secret()

    @property
    def is_signed_for(self) -> bool:
        """Tell whether notices about it can be known by their signature."""
        return bool(self.webhook_public_key or self.webhook_secret_sealed)
