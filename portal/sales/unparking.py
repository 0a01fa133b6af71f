"""Back from the operator to the worker: a sale that waited for a person is tried again."""

from __future__ import annotations

from sqlalchemy import update
from sqlalchemy.orm import Session

from portal.alerts.kinds import AlertKind
from portal.alerts.open_alerts import resolve_alerts
from portal.core.records import from_now
from portal.models import Sale


def unpark(session: Session, sale: Sale) -> None:
    """Let the sale be due at once, and close the alert about it."""
    session.execute(
        update(Sale)
        .where(Sale.id == sale.id, Sale.parked_reason.is_not(None))
        .values(parked_reason=None, attempts=0, next_attempt_at=from_now()),
        execution_options={"synchronize_session": False},
    )
    sale.parked_reason, sale.attempts = None, 0
    resolve_alerts(session, sale.company_id, AlertKind.PARKED, sale.id)
