"""Keep a company: whoever sells WiFi here."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.records import Base, new_id, utc_now
from portal.core.vault import Secret, sealed_column
from portal.payments.methods import Method

USUAL_HOURS = 24
# One to pay with, and one for whom ten minutes were too few.
PASSES_PER_DEVICE = 2
# Two at a time on average: half a megabit of a line, and nothing to live on with invented MACs.
PASSES_PER_ROUTER = 12


class Company(Base):
    """Keep a tenant. `refund_after_minutes`: how long a paid sale may wait for its router.

    `keep_personal_days`: how long customers' names and addresses are kept. `pin_digits`: how
    long its PINs are. `portal_credentials`: what its pages sell, `pin` or `user_password`.
    `time_zone`: an IANA name, in which its days are counted; None is the deployment's.
    `vat_rate`: the IVA that its prices include, in basis points. `cash_minimum`: in centavos, the
    least price that can be paid in a shop; None is what the gateway takes. `payment_methods`: how
    it wants to be paid, names of `Method` with commas between; `hours_to_pay`: how long a
    deferred payment may take. `passes_per_device` in 24 hours and `passes_per_router` in an
    hour: how many payment passes are given at most; none where either is 0.
    """

    __tablename__ = "company"
    __table_args__ = (
        CheckConstraint("refund_after_minutes > 0", name="refund_after_minutes"),
        CheckConstraint("keep_personal_days > 0", name="keep_personal_days"),
        CheckConstraint("pin_digits BETWEEN 6 AND 8", name="pin_digits"),
        CheckConstraint(
            "portal_credentials IN ('pin', 'user_password')", name="portal_credentials"
        ),
        CheckConstraint("vat_rate IN (0, 800, 1600)", name="vat_rate"),
        CheckConstraint("cash_minimum > 0", name="cash_minimum"),
        CheckConstraint("passes_per_device >= 0", name="passes_per_device"),
        CheckConstraint("passes_per_router >= 0", name="passes_per_router"),
        CheckConstraint("hours_to_pay BETWEEN 1 AND 720", name="hours_to_pay"),
    )

    id: Mapped[str] = mapped_column(
        String(14), primary_key=True, default=lambda: new_id("EMP_", 10)
    )
    name: Mapped[str] = mapped_column(String(100))
    contact_email: Mapped[str | None] = mapped_column(String(254))
    contact_phone: Mapped[str | None] = mapped_column(String(32))
    color: Mapped[str | None] = mapped_column(String(7))
    logo_url: Mapped[str | None] = mapped_column(String(500))
    active: Mapped[bool] = mapped_column(default=True)
    refund_after_minutes: Mapped[int] = mapped_column(default=30)
    privacy_notice: Mapped[str | None] = mapped_column(Text)
    terms: Mapped[str | None] = mapped_column(Text)
    refund_policy: Mapped[str | None] = mapped_column(Text)
    complaints: Mapped[str | None] = mapped_column(Text)
    legal_name: Mapped[str | None] = mapped_column(String(200))
    rfc: Mapped[str | None] = mapped_column(String(13))
    address: Mapped[str | None] = mapped_column(String(300))
    vat_rate: Mapped[int] = mapped_column(default=1600)
    cash_minimum: Mapped[int | None]
    passes_per_device: Mapped[int] = mapped_column(
        default=PASSES_PER_DEVICE, server_default=str(PASSES_PER_DEVICE)
    )
    passes_per_router: Mapped[int] = mapped_column(
        default=PASSES_PER_ROUTER, server_default=str(PASSES_PER_ROUTER)
    )
    payment_methods: Mapped[str] = mapped_column(
        String(40), default=Method.CARD.value, server_default=Method.CARD.value
    )
    hours_to_pay: Mapped[int] = mapped_column(default=USUAL_HOURS, server_default=str(USUAL_HOURS))
    keep_personal_days: Mapped[int] = mapped_column(default=365)
    pin_digits: Mapped[int] = mapped_column(default=6)
    portal_credentials: Mapped[str] = mapped_column(String(16), default="pin")
    time_zone: Mapped[str | None] = mapped_column(String(64))
    telegram_chat_id: Mapped[str | None] = mapped_column(String(64))
    telegram_notifications: Mapped[bool] = mapped_column(default=False)
    telegram_bot_token_sealed: Mapped[bytes | None] = sealed_column()
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    updated_at: Mapped[datetime] = mapped_column(default=utc_now, onupdate=utc_now)

    telegram_bot_token = Secret()
