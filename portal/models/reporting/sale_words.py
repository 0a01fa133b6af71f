"""Keep the words that a sale is found by, beside the sale: writing them costs no buyer time."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.records import Base


class SaleWords(Base):
    """Keep them in one text, a space between two: small letters without accents.

    `created_at` is when the sale was opened, so that the newest are found without it.

    PostgreSQL takes the text apart, and finds every word by its beginning.
    """

    __tablename__ = "sale_words"
    __table_args__ = (Index("ix_sale_words_words", "words", postgresql_using="gin"),)

    sale_id: Mapped[str] = mapped_column(ForeignKey("sale.id"), primary_key=True)
    company_id: Mapped[str] = mapped_column(ForeignKey("company.id"))
    created_at: Mapped[datetime]
    words: Mapped[str] = mapped_column(Text().with_variant(TSVECTOR(), "postgresql"))


class SaleWordsCursor(Base):
    """Keep up to which line of the sales' history words were written."""

    __tablename__ = "sale_words_cursor"
    __table_args__ = (CheckConstraint("id = 1", name="single"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, default=1)
    sale_move_id: Mapped[int] = mapped_column(default=0)
