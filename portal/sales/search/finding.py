"""Find the sales that have what somebody typed: by an id or a code whole, else by their words."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    cast,
    false,
    literal,
    or_,
    select,
    true,
    union,
)
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.orm import Session

from portal.models import Access, Router, Sale, SaleMove, SaleWords
from portal.sales.search.words import Sought, matches, sought, words_of
from portal.sales.search.writing import reached

# `sal_` and eight more.
TOLD_IN_LOGS = 12
MOST_NAMED = 200
# More than a deployment sells in the minutes in which the worker has not written their words.
MOST_FRESH = 2000
# Ids end in small hexadecimal digits, all of which come before this letter.
PAST_DIGITS = "g"


def found_by(session: Session, company_id: str, text: str) -> ColumnElement[bool]:
    """Give the condition that a sale of the company is found by the text."""
    named = _named(session, company_id, text.strip())
    if named:
        return Sale.id.in_(named)
    wanted = sought(text)
    if not wanted:
        return false()
    known = select(SaleWords.sale_id).where(SaleWords.company_id == company_id)
    known = known.where(_has(session, wanted))
    fresh = _fresh(session, company_id, wanted)
    if not fresh:
        return Sale.id.in_(known)
    return Sale.id.in_(union(known, select(Sale.id).where(Sale.id.in_(fresh))))


def id_begins_with(text: str) -> ColumnElement[bool]:
    """Tell whether it is the sale's id, or as much of it as logs tell."""
    if len(text) < TOLD_IN_LOGS:
        return Sale.id == text
    return and_(
        Sale.id >= text, Sale.id < text + PAST_DIGITS, Sale.id.startswith(text, autoescape=True)
    )


def _named(session: Session, company_id: str, text: str) -> Sequence[str]:
    """Give the sales whose id, order or code this is, by id."""
    mine = select(Sale.id).where(Sale.company_id == company_id).limit(MOST_NAMED)
    found = session.scalars(mine.where(id_begins_with(text.removesuffix("…")))).all()
    found = found or session.scalars(mine.where(Sale.order_id == text)).all()
    if found:
        return found
    accesses = session.scalars(_users_named(session, company_id, text.upper())).all()
    return session.scalars(mine.where(Sale.access_id.in_(accesses))).all() if accesses else []


def _users_named(session: Session, company_id: str, name: str) -> Select[str]:
    """The accesses of this name: it stands sealed, so that only the whole of it finds them."""
    routers = session.scalars(select(Router.id).where(Router.company_id == company_id))
    named = [Access.named(router_id, name) for router_id in routers]
    return select(Access.id).where(or_(false(), *named)).limit(MOST_NAMED)


def _has(session: Session, wanted: list[Sought]) -> ColumnElement[bool]:
    if session.get_bind().dialect.name == "postgresql":
        return SaleWords.words.op("@@")(cast(literal(_query(wanted)), TSQUERY))
    words = literal(" ") + SaleWords.words + " "
    return and_(
        *(
            or_(
                words.contains(f" {each.beginning}", autoescape=True)
                if each.beginning
                else ~true(),
                *(words.contains(f" {word} ", autoescape=True) for word in each.exact),
            )
            for each in wanted
        )
    )


def _query(wanted: list[Sought]) -> str:
    """Write it as PostgreSQL looks for words; none of ours has a quote in it."""
    groups = []
    for each in wanted:
        ways = [f"'{each.beginning}':*"] if each.beginning else []
        groups.append(" | ".join([*ways, *(f"'{word}'" for word in each.exact)]))
    return " & ".join(f"({group})" for group in groups)


def _fresh(session: Session, company_id: str, wanted: list[Sought]) -> list[str]:
    """Look through the sales whose history went on since words were last written."""
    newest = (
        select(SaleMove.sale_id)
        .where(SaleMove.id > reached(session))
        .order_by(SaleMove.id.desc())
        .limit(MOST_FRESH)
    )
    moved = set(session.scalars(newest))
    mine = select(Sale).where(Sale.company_id == company_id, Sale.id.in_(moved))
    sales = session.scalars(mine).all() if moved else []
    return [sale.id for sale in sales if matches(words_of(sale), wanted)]
