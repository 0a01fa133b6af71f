"""Keep a company's account with whoever issues its invoices, and the receipts registered there."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.records import Base, new_id, utc_now
from portal.core.vault import Secret, sealed_column

STANDING = text("withdrawn_at IS NULL")


class InvoiceAccount(Base):
    """Keep the key that a company entered. `active`: its buyers are offered invoices.

    `refused_at` says since when the key is refused.
    """

    __tablename__ = "invoice_account"

    id: Mapped[str] = mapped_column(
        String(20), primary_key=True, default=lambda: new_id("inv_", 16, upper=False)
    )
    company_id: Mapped[str] = mapped_column(ForeignKey("company.id"), unique=True)
    provider: Mapped[str] = mapped_column(String(20))
    active: Mapped[bool] = mapped_column(default=True)
    key_sealed: Mapped[bytes | None] = sealed_column()
    refused_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=utc_now)

    key = Secret()


class InvoiceReceipt(Base):
    """Keep the receipt of a sale: at `url` its buyer makes the invoice, until `expires_at`.

    `withdrawn_at`: it was canceled there, since the money went back.
    """

    __tablename__ = "invoice_receipt"
    __table_args__ = (
        Index(
            "ix_invoice_receipt_standing",
            "company_id",
            sqlite_where=STANDING,
            postgresql_where=STANDING,
        ),
    )

    sale_id: Mapped[str] = mapped_column(ForeignKey("sale.id"), primary_key=True)
    company_id: Mapped[str] = mapped_column(ForeignKey("company.id"))
    receipt_id: Mapped[str] = mapped_column(String(64))
    url: Mapped[str] = mapped_column(String(2048))
    expires_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
