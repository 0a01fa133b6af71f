"""Keep the visit that a sale came from for as long as a way back needs it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.records import Base, utc_now
from portal.core.vault import Secret, sealed_column


class SaleVisit(Base):
    """Keep what the pages need when a buyer comes back without the address they came with.

    `id` is the sale's. `visit_id` is the same for all tries of one visit. `visit` is the visit
    in the pages' own writing, which nobody else reads. `sent_to_bank_at`: the page that leads
    to the bank by itself was shown.
    """

    __tablename__ = "sale_visit"

    id: Mapped[str] = mapped_column(ForeignKey("sale.id"), primary_key=True)
    company_id: Mapped[str] = mapped_column(ForeignKey("company.id"), index=True)
    visit_id: Mapped[str | None] = mapped_column(String(32), index=True)
    visit = Secret()
    visit_sealed: Mapped[bytes | None] = sealed_column()
    sent_to_bank_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
