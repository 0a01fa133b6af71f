"""Who did what, kept for good."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from portal.models import AuditEntry


@dataclass(frozen=True)
class Actor:
    """Who acts: an administrator's e-mail, or `cli:` and the system's user."""

    name: str
    request_id: str | None = None
    ip: str | None = None


def record(
    session: Session,
    actor: Actor,
    action: str,
    target: str | int | None = None,
    company_id: str | None = None,
    **details: Any,
) -> None:
    """Write the deed in the transaction that does it. `details` must hold no secret."""
    entry = AuditEntry(
        actor=actor.name,
        action=action,
        target=None if target is None else str(target),
        company_id=company_id,
        details=details,
        request_id=actor.request_id,
        ip=actor.ip,
    )
    session.add(entry)
