"""Look up the company's sales for its operators."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypedDict, Unpack

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from portal.core.database import reading
from portal.core.local_time import When, begin_of, end_of
from portal.models import Access, Company, Plan, Router, Sale, SaleMove
from portal.models.sale import CARD_REFUSED, GIVEN_UP_OTHERWISE
from portal.models.sale_states import UNDECIDED
from portal.operators.lookup import ListPage, company_in, owned_in
from portal.ports import time_zone_of
from portal.sales.purchase import PUBLIC_STATES, PublicState, SaleStatus
from portal.sales.search.finding import Place, Search, is_after

PUBLIC_WORDS = tuple(state.value for state in PublicState)
ENDED_UNPAID = tuple(
    state
    for state, public in PUBLIC_STATES.items()
    if public not in (PublicState.PENDING, PublicState.PAID)
)
BATCH = 500
MOST_COUNTED = 500


class Filters(TypedDict, total=False):
    """Say which sales. `state` is one of PUBLIC_WORDS.

    `since` and `until` are days of the company's, which both count, or moments, of which
    `until` does not.
    `text` is our id or its beginning, or the whole of the order's id or the code; else each word
    of it begins a word of name, e-mail, telephone or MAC address, or is the amount or the end of
    the card. `parked`: only those that wait for a person.
    """

    state: str | None
    parked: bool
    router_id: str | None
    plan_id: int | None
    since: When | None
    until: When | None
    text: str | None


@dataclass(frozen=True)
class SalePart:
    """Hold some of a list of sales; `following` names what comes after it, None at its end."""

    rows: Sequence[SaleStatus]
    following: Place | None


@dataclass(frozen=True)
class Told(SaleStatus):
    """Hold a sale with its history, oldest move first."""

    moves: Sequence[SaleMove]


def listing(
    company_id: str, limit: int, offset: int, **filters: Unpack[Filters]
) -> ListPage[SaleStatus]:
    """List the sales that fit, the newest first. Raises NotFound (the router too).

    Of what was typed no more are counted than MOST_COUNTED, or than stand up to this part's end
    and one: whoever goes on finds more.
    """
    with reading() as session:
        query = _newest_first(session, company_id, filters)
        if text := filters.get("text"):
            search = Search(session, company_id, text)
            ids = search.ids(query, max(MOST_COUNTED, offset + limit + 1))
            found = search.read(ids[offset : offset + limit])
            return ListPage(len(ids), _standings(session, found))
        rows = _far_down(session, query, limit, offset)
        return ListPage(_counted(session, company_id, query, filters), _standings(session, rows))


def part(
    company_id: str, limit: int, after: Place | None = None, **filters: Unpack[Filters]
) -> SalePart:
    """List the first sales that fit, or the first after a place: the last are found as quickly.

    Raises NotFound.
    """
    with reading() as session:
        sales = _read(session, company_id, filters, after, limit + 1)
        shown = sales[:limit]
        following = (shown[-1].created_at, shown[-1].id) if len(sales) > limit else None
        return SalePart(_standings(session, shown), following)


def every(company_id: str, **filters: Unpack[Filters]) -> Iterator[SaleStatus]:
    """Read all sales that fit, in batches: no connection is held while one is used.

    Raises NotFound at once, not when the first is asked for.
    """
    return _onwards(company_id, filters, _batch(company_id, filters))


def get(company_id: str, sale_id: str) -> Told:
    """Find one sale. Raises NotFound."""
    with reading() as session:
        sale = owned_in(session, Sale, sale_id, company_id)
        access = session.get_one(Access, sale.access_id)
        moves = select(SaleMove).where(SaleMove.sale_id == sale.id).order_by(SaleMove.id)
        return Told(sale, access, session.scalars(moves).all())


def _onwards(company_id: str, filters: Filters, rows: Sequence[SaleStatus]) -> Iterator[SaleStatus]:
    while rows:
        yield from rows
        rows = _batch(company_id, filters, (rows[-1].sale.created_at, rows[-1].sale.id))


def _batch(company_id: str, filters: Filters, after: Place | None = None) -> Sequence[SaleStatus]:
    """The first sales that fit, or the first after a place: what comes in meanwhile moves none."""
    with reading() as session:
        return _standings(session, _read(session, company_id, filters, after, BATCH))


def _read(
    session: Session, company_id: str, filters: Filters, after: Place | None, most: int
) -> Sequence[Sale]:
    """The newest first."""
    query = _newest_first(session, company_id, filters)
    if after is not None:
        query = query.where(is_after(Sale, after))
    if text := filters.get("text"):
        return Search(session, company_id, text).newest(query, most)
    return session.scalars(query.limit(most)).all()


def _far_down(session: Session, query: Select[Sale], limit: int, offset: int) -> Sequence[Sale]:
    """Read a part of the list; what is passed over is never read, its index alone is."""
    ids = session.scalars(query.with_only_columns(Sale.id).limit(limit).offset(offset)).all()
    rows = session.scalars(select(Sale).where(Sale.id.in_(ids))) if ids else ()
    return sorted(rows, key=lambda sale: ids.index(sale.id))


def _counted(session: Session, company_id: str, query: Select[Sale], filters: Filters) -> int:
    """Count the sales that fit."""
    asked = {name: value for name, value in filters.items() if value}
    if asked == {"state": PublicState.PAID}:
        return _count_paid(session, company_id)
    return session.scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0


def _count_paid(session: Session, company_id: str) -> int:
    """Nearly all are: the others have indexes, and what is left needs not be looked at."""
    mine = select(func.count()).where(Sale.company_id == company_id)
    others = (mine.where(Sale.state.in_(some)) for some in (UNDECIDED, ENDED_UNPAID))
    return (session.scalar(mine) or 0) - sum(session.scalar(query) or 0 for query in others)


def _newest_first(session: Session, company_id: str, filters: Filters) -> Select[Sale]:
    """Narrow the list; what was typed is looked for apart."""
    company = company_in(session, company_id)
    if router_id := filters.get("router_id"):
        owned_in(session, Router, router_id, company_id)
    conditions = _conditions(session, company, filters)
    query = select(Sale).where(Sale.company_id == company_id, *conditions)
    return query.order_by(Sale.created_at.desc(), Sale.id.desc())


def _conditions(
    session: Session, company: Company, filters: Filters
) -> Iterator[ColumnElement[bool]]:
    if state := filters.get("state"):
        yield _in_state(state)
    if filters.get("parked"):
        yield Sale.parked_reason.is_not(None)
    if plan_id := filters.get("plan_id"):
        yield Sale.plan_id == owned_in(session, Plan, plan_id, company.id).id
    if router_id := filters.get("router_id"):
        yield Sale.router_id == router_id
    if since := filters.get("since"):
        yield Sale.created_at >= begin_of(since, time_zone_of(company))
    if until := filters.get("until"):
        yield Sale.created_at < end_of(until, time_zone_of(company))


def _in_state(word: str) -> Any:
    """The sales whose `SaleStatus.public_state` is this word."""
    if word == PublicState.DECLINED:
        # Money that comes late takes the reason away, so that it says enough.
        return CARD_REFUSED
    if word == PublicState.CANCELED:
        return GIVEN_UP_OTHERWISE
    return Sale.state.in_([state for state, public in PUBLIC_STATES.items() if public == word])


def _standings(session: Session, sales: Sequence[Sale]) -> list[SaleStatus]:
    wanted = select(Access).where(Access.id.in_([sale.access_id for sale in sales]))
    accesses = {access.id: access for access in session.scalars(wanted)}
    return [SaleStatus(sale, accesses[sale.access_id]) for sale in sales]
