"""Keep what the RADIUS server let in and no router has told of yet."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.records import Base


class RadiusGrant(Base):
    """Keep that a device was let in by an access, until its first report.

    Written by the server's functions alone. Devices at all sites are counted by it as they come;
    where a router reports nothing, the time of its logins runs from here.
    """

    __tablename__ = "radius_grant"
    __table_args__ = (Index("ix_radius_grant_router_id", "router_id", "granted_at"),)

    access_id: Mapped[str] = mapped_column(
        ForeignKey("access.id", ondelete="CASCADE"), primary_key=True
    )
    mac: Mapped[str] = mapped_column(String(17), primary_key=True)
    router_id: Mapped[str] = mapped_column(ForeignKey("router.id", ondelete="CASCADE"))
    granted_at: Mapped[datetime] = mapped_column(index=True)
