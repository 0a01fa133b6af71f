"""Keep a payment pass: a short access by which one device reaches its bank."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.records import Base, new_id, utc_now

# Told as text and not as values, so that a query that says it the same way meets the index.
PASS_STANDS = text("removed_at IS NULL")


class PaymentPass(Base):
    """Keep a pass that was given for an undecided sale, to the device that the sale is kept for.

    `name` is its user's on the router; its password stands nowhere, since our key makes it anew.
    `expires_at`: by then it ends, whatever becomes of the sale. `ended_at`: its sale was decided,
    or somebody took it away before. `removed_at`: the router has it no more, for certain; until
    then `next_attempt_at` says when a worker takes it off.
    """

    __tablename__ = "payment_pass"
    __table_args__ = (
        Index(
            "uq_payment_pass_sale",
            "sale_id",
            unique=True,
            sqlite_where=PASS_STANDS,
            postgresql_where=PASS_STANDS,
        ),
        Index(
            "uq_payment_pass_device",
            "router_id",
            "mac",
            unique=True,
            sqlite_where=PASS_STANDS,
            postgresql_where=PASS_STANDS,
        ),
        Index(
            "ix_payment_pass_due",
            "next_attempt_at",
            sqlite_where=PASS_STANDS,
            postgresql_where=PASS_STANDS,
        ),
        Index("ix_payment_pass_company_id_mac", "company_id", "mac", "created_at"),
        Index("ix_payment_pass_router_id_created_at", "router_id", "created_at"),
        Index("ix_payment_pass_company_id_created_at", "company_id", "created_at", "id"),
        Index("ix_payment_pass_sale_id", "sale_id"),
    )

    id: Mapped[str] = mapped_column(
        String(24), primary_key=True, default=lambda: new_id("pas_", 20, upper=False)
    )
    company_id: Mapped[str] = mapped_column(ForeignKey("company.id"))
    router_id: Mapped[str] = mapped_column(ForeignKey("router.id"))
    sale_id: Mapped[str] = mapped_column(ForeignKey("sale.id"))
    mac: Mapped[str] = mapped_column(String(17))
    name: Mapped[str] = mapped_column(String(24))
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    removed_at: Mapped[datetime | None]
    next_attempt_at: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    lease: Mapped[str | None] = mapped_column(String(32))
    lease_until: Mapped[datetime | None]
