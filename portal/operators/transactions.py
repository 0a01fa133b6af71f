"""Look up the company's sales for its operators."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypedDict, Unpack

from sqlalchemy import ColumnElement, Select, and_, false, or_, select
from sqlalchemy.orm import Session

from portal.core.database import reading
from portal.core.local_time import When, begin_of, end_of
from portal.models import Access, Company, Router, Sale, SaleMove
from portal.operators.lookup import ListPage, company_in, owned_in, page
from portal.ports import time_zone_of
from portal.sales.status import DECLINED, PUBLIC_STATES, PublicState, SaleStatus

PUBLIC_WORDS = tuple(state.value for state in PublicState)
BATCH = 500
# `sal_` and eight more.
TOLD_IN_LOGS = 12


class Filters(TypedDict, total=False):
    """Say which sales. `state` is one of PUBLIC_WORDS.

    `since` and `until` are days of the company's, which both count, or moments, of which
    `until` does not.
    `text` is looked for in name, e-mail and MAC address, and at the beginning of our id; of the
    order's id and the hotspot user's name it is the whole.
    """

    state: str | None
    router_id: str | None
    since: When | None
    until: When | None
    text: str | None


@dataclass(frozen=True)
class Told(SaleStatus):
    """Hold a sale with its history, oldest move first."""

    moves: Sequence[SaleMove]


def listing(
    company_id: str, limit: int, offset: int, **filters: Unpack[Filters]
) -> ListPage[SaleStatus]:
    """List the sales that fit, the newest first. Raises NotFound (the router too)."""
    with reading() as session:
        found = page(session, _newest_first(session, company_id, filters), limit, offset)
        return ListPage(found.total, _standings(session, found.rows))


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
        rows = _batch(company_id, filters, rows[-1].sale)


def _batch(company_id: str, filters: Filters, last: Sale | None = None) -> Sequence[SaleStatus]:
    """The first sales that fit, or the first after `last`: what comes in meanwhile moves none."""
    with reading() as session:
        query = _newest_first(session, company_id, filters)
        if last is not None:
            same_moment = and_(Sale.created_at == last.created_at, Sale.id > last.id)
            query = query.where(or_(Sale.created_at < last.created_at, same_moment))
        return _standings(session, session.scalars(query.limit(BATCH)).all())


def _newest_first(session: Session, company_id: str, filters: Filters) -> Select[Sale]:
    company = company_in(session, company_id)
    if router_id := filters.get("router_id"):
        owned_in(session, Router, router_id, company_id)
    conditions = _conditions(session, company, filters)
    query = select(Sale).where(Sale.company_id == company_id, *conditions)
    return query.order_by(Sale.created_at.desc(), Sale.id)


def _conditions(
    session: Session, company: Company, filters: Filters
) -> Iterator[ColumnElement[bool]]:
    if state := filters.get("state"):
        yield _in_state(state)
    if router_id := filters.get("router_id"):
        yield Sale.router_id == router_id
    if since := filters.get("since"):
        yield Sale.created_at >= begin_of(since, time_zone_of(company))
    if until := filters.get("until"):
        yield Sale.created_at < end_of(until, time_zone_of(company))
    if text := filters.get("text"):
        yield _mentions(text, _users_named(session, company.id, text.upper()))


def _in_state(word: str) -> ColumnElement[bool]:
    """The sales whose `Standing.public_state` is this word."""
    shown = PublicState.CANCELED if word == PublicState.DECLINED else word
    states = [state for state, public in PUBLIC_STATES.items() if public == shown]
    declined = and_(Sale.cancel_reason.is_not(None), Sale.cancel_reason.in_(DECLINED))
    if word == PublicState.DECLINED:
        return and_(Sale.state.in_(states), declined)
    return and_(Sale.state.in_(states), ~declined if word == PublicState.CANCELED else ~false())


def _users_named(session: Session, company_id: str, name: str) -> Select[str]:
    """The accesses of this name: it stands sealed, so that only the whole of it finds them."""
    routers = session.scalars(select(Router.id).where(Router.company_id == company_id))
    named = [Access.named(router_id, name) for router_id in routers]
    return select(Access.id).where(or_(false(), *named))


def id_begins_with(text: str) -> ColumnElement[bool]:
    """Tell whether it is the sale's id, or as much of it as logs tell."""
    if len(text) < TOLD_IN_LOGS:
        return Sale.id == text
    return Sale.id.startswith(text, autoescape=True)


def _mentions(text: str, users: Select[str]) -> ColumnElement[bool]:
    return or_(
        id_begins_with(text.removesuffix("…")),
        Sale.order_id == text,
        Sale.customer_name.icontains(text, autoescape=True),
        Sale.customer_email.icontains(text, autoescape=True),
        Sale.mac.icontains(text, autoescape=True),
        Sale.access_id.in_(users),
    )


def _standings(session: Session, sales: Sequence[Sale]) -> list[SaleStatus]:
    wanted = select(Access).where(Access.id.in_([sale.access_id for sale in sales]))
    accesses = {access.id: access for access in session.scalars(wanted)}
    return [SaleStatus(sale, accesses[sale.access_id]) for sale in sales]
