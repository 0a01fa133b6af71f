"""Keep when money went back, whoever gave or took it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.records import Base, utc_now


class BackBy(StrEnum):
    """Name who gave money back: us, somebody at the gateway, or the buyer's bank took it.

    By hand: the operator, past the gateway, which cannot give back what came by that method.
    """

    REFUND = "refund"
    OUTSIDE = "outside"
    CHARGEBACK = "chargeback"
    BY_HAND = "by_hand"


class MoneyBack(Base):
    """Keep one movement of money back to a buyer; `amount` in centavos, never more than was paid.

    Written along with what changes the sale, so that a sale's lines add up to what left it.
    `router_id`, `currency` and `vat_rate` are the sale's own.
    """

    __tablename__ = "money_back"
    __table_args__ = (
        Index("ix_money_back_company_id_at", "company_id", "at"),
        CheckConstraint("amount > 0", name="amount"),
        CheckConstraint("kind IN ('refund', 'outside', 'chargeback', 'by_hand')", name="kind"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    sale_id: Mapped[str] = mapped_column(ForeignKey("sale.id"), index=True)
    company_id: Mapped[str] = mapped_column(ForeignKey("company.id"))
    router_id: Mapped[str] = mapped_column(ForeignKey("router.id"))
    at: Mapped[datetime] = mapped_column(default=utc_now)
    kind: Mapped[str] = mapped_column(String(10))
    amount: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3))
    vat_rate: Mapped[int]
