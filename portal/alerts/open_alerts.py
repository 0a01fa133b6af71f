"""Tell the operator of what needs a person: a record, and a line in the log."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from portal.alerts.events import event_of
from portal.alerts.kinds import AlertKind
from portal.alerts.outbox import tell
from portal.core.logs import log
from portal.core.records import from_now
from portal.core.rows.columns import truncate_to_columns
from portal.models import Alert, utc_now

# What goes on for so long is worth a second message.
SAID_AGAIN_SECONDS = 12 * 3600.0


def raise_alert(
    session: Session,
    company_id: str,
    kind: AlertKind,
    subject: str,
    message: str,
    *,
    but: str = "",
) -> None:
    """Tell the company's operator; said again of the same subject, it only counts up.

    `but` is the id of a channel by which it is not sent.
    """
    log().warning("alert", company=company_id, alert=kind, subject=subject, message=message)
    said = truncate_to_columns(Alert, {"kind": kind, "subject": subject, "message": message})
    if not _count_up(session, company_id, **said):
        try:
            with session.begin_nested():
                session.add(Alert(company_id=company_id, **said))
        except IntegrityError:
            _count_up(session, company_id, **said)
    event = event_of(kind)
    if event is not None and _is_to_be_sent(session, company_id, kind, said["subject"]):
        tell(session, company_id, event, subject, message, but=but)


def resolve_alerts(session: Session, company_id: str, kind: AlertKind, subject: str) -> bool:
    """Close what was raised about this subject: it is well again. Tell whether anything was."""
    result = session.execute(
        update(Alert).where(*unresolved(company_id, kind, subject)).values(resolved_at=utc_now())
    )
    return bool(getattr(result, "rowcount", 0))


def count_open(session: Session) -> dict[str, int]:
    """Count what is unresolved in all companies, by kind; kinds of which there is none as well."""
    query = select(Alert.kind, func.count()).where(Alert.resolved_at.is_(None))
    counts = {str(kind): 0 for kind in AlertKind}
    for kind, count in session.execute(query.group_by(Alert.kind)):
        counts[kind] = count
    return counts


def _is_to_be_sent(session: Session, company_id: str, kind: str, subject: str) -> bool:
    """Note that it is sent now, where it was not lately; of two at once, one may."""
    unsent = or_(Alert.told_at.is_(None), Alert.told_at < from_now(-SAID_AGAIN_SECONDS))
    result = session.execute(
        update(Alert)
        .where(*unresolved(company_id, kind, subject), unsent)
        .values(told_at=from_now()),
        execution_options={"synchronize_session": False},
    )
    return bool(getattr(result, "rowcount", 0))


def _count_up(session: Session, company_id: str, kind: str, subject: str, message: str) -> bool:
    values = {"times": Alert.times + 1, "last_at": utc_now(), "message": message}
    result = session.execute(
        update(Alert).where(*unresolved(company_id, kind, subject)).values(**values)
    )
    return bool(getattr(result, "rowcount", 0))


def unresolved(company_id: Any, kind: str, subject: Any) -> tuple[Any, ...]:
    """Choose what is open about this subject; company and subject may be columns."""
    return (
        Alert.company_id == company_id,
        Alert.kind == kind,
        Alert.subject == subject,
        Alert.resolved_at.is_(None),
    )
