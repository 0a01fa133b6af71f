"""Read the trail: whose, of what, between which days, the newest entry first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypedDict, Unpack
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session

from portal.core.database import reading
from portal.core.local_time import When, begin_of, end_of
from portal.models import AuditEntry
from portal.models.audit_entry import DEPLOYMENT
from portal.operators.lookup import ListPage, company_in, page
from portal.operators.trail.values import values_in
from portal.ports import time_zone_of

BATCH = 500


class TrailFilters(TypedDict, total=False):
    """Say which entries.

    `who` is looked for in the actor's name. `action` is one (`plan.update`) or a kind of them
    (`plan`), `target` the whole id. `since` and `until` as `transactions.Filters` has them.
    """

    who: str | None
    action: str | None
    target: str | None
    since: When | None
    until: When | None


def listing(
    company_id: str | None, limit: int, offset: int, **filters: Unpack[TrailFilters]
) -> ListPage[AuditEntry]:
    """List the company's entries that fit, or the deployment's own. Raises NotFound."""
    query = _newest_first(company_id, filters)
    with reading() as session:
        if any(filters.values()):
            return page(session, query, limit, offset)
        # A chain has no gaps: how long it is, its last entry says.
        last = session.scalar(query.with_only_columns(AuditEntry.position).limit(1)) or 0
        rows = session.scalars(query.where(AuditEntry.position <= last - offset).limit(limit))
        return ListPage(last, rows.all())


def every(company_id: str | None, **filters: Unpack[TrailFilters]) -> Iterator[AuditEntry]:
    """Read all of them that fit, in batches: no connection is held while one is used.

    Raises NotFound at once, not when the first is asked for.
    """
    query = _newest_first(company_id, filters)
    return _onwards(query, _batch(query))


def _onwards(query: Select[AuditEntry], rows: Sequence[AuditEntry]) -> Iterator[AuditEntry]:
    while rows:
        yield from rows
        rows = _batch(query.where(AuditEntry.position < rows[-1].position))


def _batch(query: Select[AuditEntry]) -> Sequence[AuditEntry]:
    with reading() as session:
        return session.scalars(query.limit(BATCH)).all()


def _newest_first(company_id: str | None, filters: TrailFilters) -> Select[AuditEntry]:
    with reading() as session:
        company = company_in(session, company_id) if company_id is not None else None
        # A company's chain is its id, and the chain's indexes have its entries in order.
        chain = company.id if company is not None else DEPLOYMENT
        conditions = _conditions(session, chain, time_zone_of(company), filters)
        query = select(AuditEntry).where(AuditEntry.chain == chain, *conditions)
    return query.order_by(AuditEntry.position.desc())


def _conditions(
    session: Session, chain: str, zone: ZoneInfo, filters: TrailFilters
) -> Iterator[ColumnElement[bool]]:
    if who := filters.get("who"):
        known = values_in(session, chain, AuditEntry.actor)
        yield AuditEntry.actor.in_([one for one in known if who.casefold() in one.casefold()])
    if action := filters.get("action"):
        known = values_in(session, chain, AuditEntry.action)
        kind = (one for one in known if one == action or one.startswith(f"{action}."))
        yield AuditEntry.action.in_(list(kind))
    if target := filters.get("target"):
        yield AuditEntry.target == target
    if since := filters.get("since"):
        yield AuditEntry.at >= begin_of(since, zone)
    if until := filters.get("until"):
        yield AuditEntry.at < end_of(until, zone)
