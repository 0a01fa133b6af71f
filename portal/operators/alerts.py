"""List what the operators were told, and settle it."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from portal.core.database import reading, writing
from portal.core.errors import NotFound
from portal.core.records import LARGEST_INTEGER
from portal.models import Alert, utc_now
from portal.operators.audit import Actor, AuditAction, record
from portal.operators.lookup import ListPage, apply, page

MOST = 200


def listing(company_id: str | None = None, *, resolved: bool = False) -> Sequence[Alert]:
    """List what is unresolved, the latest first, 200 at most; with `resolved`, all.

    Of one company, or of all.
    """
    query = select(Alert).order_by(Alert.last_at.desc(), Alert.id.desc()).limit(MOST)
    if company_id is not None:
        query = query.where(Alert.company_id == company_id)
    if not resolved:
        query = query.where(Alert.resolved_at.is_(None))
    with reading() as session:
        return session.scalars(query).all()


def page_of(company_id: str, limit: int, offset: int, *, resolved: bool) -> ListPage[Alert]:
    """List a company's, the latest first: what is unresolved; with `resolved`, all."""
    query = select(Alert).where(Alert.company_id == company_id)
    if not resolved:
        query = query.where(Alert.resolved_at.is_(None))
    with reading() as session:
        return page(session, query.order_by(Alert.last_at.desc(), Alert.id.desc()), limit, offset)


def resolve(actor: Actor, alert_id: int, company_id: str | None = None) -> Alert:
    """Mark it as settled; once more changes nothing. Raises NotFound."""
    with writing() as session:
        alert = session.get(Alert, alert_id) if 0 < alert_id <= LARGEST_INTEGER else None
        if alert is None or company_id not in (None, alert.company_id):
            raise NotFound("Aviso no encontrado")
        if alert.resolved_at is None:
            changed = apply(alert, {"resolved_at": utc_now()})
            record(
                session,
                actor,
                AuditAction.ALERT_RESOLVE,
                alert_id,
                alert.company_id,
                changed,
                kind=alert.kind,
            )
    return alert
