"""Read the trail: whose, of what, between which days, the newest entry first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypedDict, Unpack

from sqlalchemy import ColumnElement, Select, or_, select

from portal.core.database import reading
from portal.core.local_time import When, begin_of, end_of
from portal.models import AuditEntry, Company
from portal.operators.lookup import ListPage, company_in, page
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
    company_id: str, limit: int, offset: int, **filters: Unpack[TrailFilters]
) -> ListPage[AuditEntry]:
    """List the company's entries that fit. Raises NotFound."""
    query = _newest_first(company_id, filters)
    with reading() as session:
        return page(session, query, limit, offset)


def every(company_id: str, **filters: Unpack[TrailFilters]) -> Iterator[AuditEntry]:
    """Read all entries that fit, in batches: no connection is held while one is used.

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


def _newest_first(company_id: str, filters: TrailFilters) -> Select[AuditEntry]:
    with reading() as session:
        company = company_in(session, company_id)
    # A company's chain is its id, and the chain's index has its entries in order.
    query = select(AuditEntry).where(AuditEntry.chain == company.id, *_conditions(company, filters))
    return query.order_by(AuditEntry.position.desc())


def _conditions(company: Company, filters: TrailFilters) -> Iterator[ColumnElement[bool]]:
    zone = time_zone_of(company)
    if who := filters.get("who"):
        yield AuditEntry.actor.icontains(who, autoescape=True)
    if action := filters.get("action"):
        kind = AuditEntry.action.startswith(f"{action}.", autoescape=True)
        yield or_(AuditEntry.action == action, kind)
    if target := filters.get("target"):
        yield AuditEntry.target == target
    if since := filters.get("since"):
        yield AuditEntry.at >= begin_of(since, zone)
    if until := filters.get("until"):
        yield AuditEntry.at < end_of(until, zone)
