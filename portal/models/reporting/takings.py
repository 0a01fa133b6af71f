"""Keep sums of days that are over, so that a year is a few rows; the sales remain the truth."""

from __future__ import annotations

from datetime import date

from sqlalchemy import BigInteger, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.records import Base


class TakingsSums:
    """Have what was taken: amounts in centavos.

    `charged_vat` and `refunded_vat` are the tax within; `fees` what the gateway kept, as far as it
    told of it, which it did of `fees_told` sales.
    """

    sales: Mapped[int]
    charged: Mapped[int] = mapped_column(BigInteger)
    charged_vat: Mapped[int] = mapped_column(BigInteger)
    refunds: Mapped[int]
    refunded: Mapped[int] = mapped_column(BigInteger)
    refunded_vat: Mapped[int] = mapped_column(BigInteger)
    fees: Mapped[int] = mapped_column(BigInteger)
    fees_told: Mapped[int]


class TakingsDay(TakingsSums, Base):
    """Keep what one router took on one of its company's days, in one currency."""

    __tablename__ = "takings_day"

    company_id: Mapped[str] = mapped_column(ForeignKey("company.id"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    router_id: Mapped[str] = mapped_column(ForeignKey("router.id"), primary_key=True)
    currency: Mapped[str] = mapped_column(String(3), primary_key=True)


class TakingsHour(TakingsSums, Base):
    """Keep what a company took in one hour of one of its days, in one currency, as a day does."""

    __tablename__ = "takings_hour"

    company_id: Mapped[str] = mapped_column(ForeignKey("company.id"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    hour: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    currency: Mapped[str] = mapped_column(String(3), primary_key=True)


class TakingsState(Base):
    """Keep up to which day, that one included, a company's days are summed, and in which zone."""

    __tablename__ = "takings_state"

    company_id: Mapped[str] = mapped_column(ForeignKey("company.id"), primary_key=True)
    time_zone: Mapped[str] = mapped_column(String(64))
    through: Mapped[date]
