"""List the sessions that are open, one's own or one's people's, and end one of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, select, update
from sqlalchemy.orm import Session

from portal.core.database import reading, writing
from portal.core.errors import NotFound
from portal.core.records import from_now, sane
from portal.models import AdminSession, AdminUser
from portal.operators.audit import Actor, AuditAction, record
from portal.operators.lookup import ListPage, page
from portal.operators.people.sessions import Administrator

ABSENT = "Sesión no encontrada"


@dataclass(frozen=True)
class OpenSession:
    """Tell whose session it is, from which device and where, since when, and when it was used.

    `seen_at` is true to the minute.
    """

    id: str
    person: AdminUser
    user_agent: str | None
    ip: str | None
    began_at: datetime
    seen_at: datetime
    expires_at: datetime
    is_this: bool


def own(who: Administrator, limit: int, offset: int) -> ListPage[OpenSession]:
    """List one's own, the one used last first."""
    return _listing(who, AdminUser.id == who.user_id, limit, offset)


def of_company(
    who: Administrator, company_id: str, limit: int, offset: int
) -> ListPage[OpenSession]:
    """List those of a company's people, for its owner."""
    return _listing(who, AdminUser.company_id == company_id, limit, offset)


def end_own(actor: Actor, who: Administrator, session_id: str) -> None:
    """End one of one's own. Raises NotFound, also where it has ended already."""
    _end(actor, session_id, AdminUser.id == who.user_id)


def end_of_company(actor: Actor, company_id: str, session_id: str) -> None:
    """End one of a company's people's. Raises NotFound, also for another company's."""
    _end(actor, session_id, AdminUser.company_id == company_id)


def _listing(
    who: Administrator, whose: ColumnElement[bool], limit: int, offset: int
) -> ListPage[OpenSession]:
    query = _open(whose).order_by(AdminSession.seen_at.desc(), AdminSession.id)
    with reading() as session:
        found = page(session, query, limit, offset)
        wanted = {row.user_id for row in found.rows}
        people = session.scalars(select(AdminUser).where(AdminUser.id.in_(wanted)))
        by_id = {person.id: person for person in people}
    return ListPage(found.total, [_told(row, by_id[row.user_id], who) for row in found.rows])


def _told(row: AdminSession, person: AdminUser, who: Administrator) -> OpenSession:
    return OpenSession(
        id=row.id,
        person=person,
        user_agent=row.user_agent,
        ip=row.ip,
        began_at=row.created_at,
        seen_at=row.seen_at,
        expires_at=row.expires_at,
        is_this=row.id == who.session_id,
    )


def _end(actor: Actor, session_id: str, whose: ColumnElement[bool]) -> None:
    with writing() as session:
        found = _one(session, session_id, whose)
        person = session.get_one(AdminUser, found.user_id)
        ended = update(AdminSession).where(AdminSession.id == found.id)
        session.execute(ended.values(ended_at=from_now()))
        record(
            session,
            actor,
            AuditAction.SESSION_END,
            person.id,
            person.company_id,
            began_from=found.ip,
            device=found.user_agent,
        )


def _one(session: Session, session_id: str, whose: ColumnElement[bool]) -> AdminSession:
    query = _open(whose).where(AdminSession.id == session_id)
    found = session.scalar(query) if sane(session_id) else None
    if found is None:
        raise NotFound(ABSENT)
    return found


def _open(whose: ColumnElement[bool]) -> Select[AdminSession]:
    return (
        select(AdminSession)
        .join(AdminUser, AdminUser.id == AdminSession.user_id)
        .where(
            whose,
            AdminUser.active,
            AdminSession.ended_at.is_(None),
            AdminSession.expires_at > from_now(),
        )
    )
