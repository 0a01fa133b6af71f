"""Keep which keys of this deployment RADIUS works with, while one replaces another."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.records import Base, utc_now


class RadiusKey(Base):
    """Keep a key by the secret of the same id. The one used last makes all that is new.

    It is not used before `in_use_since`. Its `slot`, 0 or 1, is that of the server's ports and of
    the role by which it is served: a key and the one that it replaces have each another. A user's
    record names the key that it is sealed with, so that no key goes while one needs it.
    """

    __tablename__ = "radius_key"

    id: Mapped[str] = mapped_column(
        String(20), ForeignKey("deployment_secret.id"), primary_key=True
    )
    slot: Mapped[int] = mapped_column(unique=True)
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    in_use_since: Mapped[datetime | None]
