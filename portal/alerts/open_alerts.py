"""Tell the operator of what needs a person: a record, and a line in the log."""

from __future__ import annotations

from typing import Any

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from portal.alerts.kinds import AlertKind
from portal.core.logs import log
from portal.core.statements import truncate_to_columns
from portal.models import Alert, utc_now


def raise_alert(
    session: Session, company_id: str, kind: AlertKind, subject: str, message: str
) -> None:
    """Tell the company's operator; said again of the same subject, it only counts up."""
    log().warning("alert", company=company_id, alert=kind, subject=subject, message=message)
    said = truncate_to_columns(Alert, {"kind": kind, "subject": subject, "message": message})
    if _count_up(session, company_id, **said):
        return
    alert = Alert(company_id=company_id, **said)
    try:
        with session.begin_nested():
            session.add(alert)
    except IntegrityError:
        _count_up(session, company_id, **said)


def resolve_alerts(session: Session, company_id: str, kind: AlertKind, subject: str) -> None:
    """Close what was raised about this subject: it is well again."""
    session.execute(
        update(Alert).where(*_unresolved(company_id, kind, subject)).values(resolved_at=utc_now())
    )


def _count_up(session: Session, company_id: str, kind: str, subject: str, message: str) -> bool:
    values = {"times": Alert.times + 1, "last_at": utc_now(), "message": message}
    result = session.execute(
        update(Alert).where(*_unresolved(company_id, kind, subject)).values(**values)
    )
    return bool(getattr(result, "rowcount", 0))


def _unresolved(company_id: str, kind: str, subject: str) -> tuple[Any, ...]:
    return (
        Alert.company_id == company_id,
        Alert.kind == kind,
        Alert.subject == subject,
        Alert.resolved_at.is_(None),
    )
