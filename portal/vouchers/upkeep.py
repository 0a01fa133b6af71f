"""See which codes were used, and let those go that nobody used in their time."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, case, func, select, update
from sqlalchemy.orm import Session

from portal.access.rounds.pace import seen_within
from portal.core.clock_guard import clock_is_trusted
from portal.core.database import writing
from portal.core.logs import log
from portal.core.records import from_now
from portal.core.statements import row_by_row
from portal.models import Access, Company, Voucher
from portal.models.access import AccessState
from portal.models.voucher import UNUSED

# A use is learnt when a router's users are read: one that began just in time is not cut short.
# Rounds are now and then late by this much.
GRACE_SECONDS = 300.0
# Codes let go in one go; the next round goes on with the rest.
BATCH = 1_000

WAS_USED = (Access.started_at.is_not(None)) | (
    Access.used_seconds + Access.seen_seconds + Access.session_seconds > 0
)


def keep_vouchers(company_id: str) -> tuple[int, int]:
    """Note the company's codes that were used, and end the old ones; how many of each.

    A code of a batch is sold when it is first used: its seller has the cash by then.
    """
    with writing() as session:
        used = _note_used(session, company_id)
        expired = _expire(session, company_id) if clock_is_trusted() else 0
    if used or expired:
        log().info("vouchers kept", company=company_id, used=used, expired=expired)
    return used, expired


def close_accesses(session: Session, access_ids: ColumnElement[bool]) -> None:
    """Want these accesses gone from their routers, which the worker sees to."""
    values = {"wanted": AccessState.ABSENT, "next_attempt_at": from_now(), "attempts": 0}
    _run(session, update(Access).where(access_ids).values(**values))


def _note_used(session: Session, company_id: str) -> int:
    began = select(Access.started_at).where(Access.id == Voucher.access_id).scalar_subquery()
    first = func.coalesce(began, from_now())
    used = select(Access.id).where(Access.id == Voucher.access_id, WAS_USED).exists()
    statement = update(Voucher).where(Voucher.company_id == company_id, UNUSED, used)
    unsold = Voucher.sold_at.is_(None)
    rate = select(Company.vat_rate).where(Company.id == company_id).scalar_subquery()
    values = {
        "used_at": first,
        "sold_at": case((unsold, first), else_=Voucher.sold_at),
        "vat_rate": case((unsold, rate), else_=Voucher.vat_rate),
    }
    # Few are unused among all that were ever sold.
    with row_by_row(session):
        return _run(session, statement.values(values))


def _expire(session: Session, company_id: str) -> int:
    over = Voucher.use_before < from_now(-GRACE_SECONDS - seen_within())
    old = (Voucher.company_id == company_id, UNUSED, over)
    query = select(Voucher.id, Voucher.access_id).where(*old).limit(BATCH)
    found = session.execute(query.with_for_update()).all()
    if found:
        ids = [voucher for voucher, _ in found]
        _run(session, update(Voucher).where(Voucher.id.in_(ids)).values(expired_at=from_now()))
        close_accesses(session, Access.id.in_([access for _, access in found]))
    return len(found)


def _run(session: Session, statement: Any) -> int:
    result: Any = session.execute(statement, execution_options={"synchronize_session": False})
    return int(result.rowcount)
