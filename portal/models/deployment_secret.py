"""Keep a secret of this deployment's own that it drew by itself."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.records import Base, utc_now
from portal.core.vault import Secret, sealed_column


class DeploymentSecret(Base):
    """Keep a secret under the name of what it is for."""

    __tablename__ = "deployment_secret"

    id: Mapped[str] = mapped_column(String(20), primary_key=True)
    value_sealed: Mapped[bytes | None] = sealed_column()
    created_at: Mapped[datetime] = mapped_column(default=utc_now)

    value = Secret()
