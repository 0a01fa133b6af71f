"""Keep a plan's terms as they were when it was sold, whatever becomes of the plan."""

from __future__ import annotations

from sqlalchemy import BigInteger, String, false
from sqlalchemy.orm import Mapped, mapped_column


class SoldTerms:
    """Have what was sold, at which price: `amount` in centavos, `data_limit` in bytes."""

    plan_name: Mapped[str] = mapped_column(String(100))
    amount: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3))
    profile_name: Mapped[str] = mapped_column(String(100))
    duration_seconds: Mapped[int | None] = mapped_column(BigInteger)
    duration_from: Mapped[str | None] = mapped_column(String(10))
    data_limit: Mapped[int | None] = mapped_column(BigInteger)
    max_devices: Mapped[int | None]
    all_sites: Mapped[bool] = mapped_column(default=False, server_default=false())
