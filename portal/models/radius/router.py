"""Keep which routers ask the RADIUS server, and when they were heard there."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.records import Base


class RadiusRouter(Base):
    """Keep a router that RADIUS knows. Its shared secret follows from a key of the deployment.

    `address` is its own in our tunnel, which no other router's packets come from: then it has a
    secret of its own. Another `secret_generation` makes another secret. `proof` is what its signed
    name ended with when it was heard last, which tells its key: the server that cannot work it out
    has another one. `boots` counts how often it
    said that it had started; `heard_from` is the address that its accounting came from last.
    """

    __tablename__ = "radius_router"

    router_id: Mapped[str] = mapped_column(
        ForeignKey("router.id", ondelete="CASCADE"), primary_key=True
    )
    company_id: Mapped[str] = mapped_column(ForeignKey("company.id"), index=True)
    address: Mapped[str | None] = mapped_column(String(45))
    proof: Mapped[bytes] = mapped_column(LargeBinary)
    secret_generation: Mapped[int] = mapped_column(default=1)
    boots: Mapped[int] = mapped_column(default=0)
    heard_at: Mapped[datetime | None]
    heard_from: Mapped[str | None] = mapped_column(String(45))
