"""Find the sales that have what somebody typed: by an id or a code whole, else by their words.

How many have a word that begins so, no database can tell beforehand: a plan made for a common one
takes seconds over a rare one. So the newest sales are looked through first, where a common word is
met soon; a rare one is looked up in the index of words; and of a common one that the newest do not
have, since something else narrows the list, all that the list has are looked through.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    cast,
    literal,
    or_,
    select,
    tuple_,
)
from sqlalchemy.dialects.postgresql import TSQUERY, TSVECTOR
from sqlalchemy.orm import Session

from portal.core.records import id_begins_with
from portal.core.statements import row_by_row
from portal.models import Access, Router, Sale, SaleMove, SaleWords
from portal.sales.search.words import Sought, matches, sought, words_of
from portal.sales.search.writing import reached

# `sal_` and eight more.
TOLD_IN_LOGS = 12
MOST_NAMED = 200
# More than a deployment sells in the minutes in which the worker has not written their words.
MOST_FRESH = 2000
# How many of the newest are looked through one by one at first, and at a time from there on.
WINDOW, WIDE = 3000, 30_000
# Words that no more sales have are rare.
RARE = 2000
# Nobody draws a shorter code, nor one with other signs.
CODE = re.compile(r"[0-9A-Za-z_.-]{4,40}")
Place = tuple[datetime, str]
"""When a sale was opened, and its id: where a list goes on."""


def is_named(typed: str) -> ColumnElement[bool]:
    """Tell whether this is the sale's id, or as much of it as logs tell."""
    return Sale.id == typed if len(typed) < TOLD_IN_LOGS else id_begins_with(Sale.id, typed)


def is_after(record: type[Sale | SaleWords], place: Place) -> ColumnElement[bool]:
    """Tell whether a row comes after this place in a list of the newest first."""
    own_id = record.id if record is Sale else SaleWords.sale_id
    last = tuple_(literal(place[0], Sale.created_at.type), literal(place[1]))
    return tuple_(record.created_at, own_id) < last


class Search:
    """Hold what was typed, as it is looked for in one company's sales."""

    def __init__(self, session: Session, company_id: str, typed: str) -> None:
        self._session, self._company_id = session, company_id
        self.named = _named(session, company_id, typed.strip())
        self._wanted = [] if self.named else sought(typed)
        self.fresh = _fresh(session, company_id, self._wanted) if self._wanted else []

    def newest(self, query: Select[Sale], most: int) -> list[Sale]:
        """Read the first of the query's sales, the newest first, that are found."""
        return self.read(self.ids(query, most))

    def read(self, ids: Sequence[str]) -> list[Sale]:
        """Read sales in the order of their ids."""
        found = self._session.scalars(select(Sale).where(Sale.id.in_(ids))) if ids else ()
        return sorted(found, key=lambda sale: ids.index(sale.id))

    def ids(self, query: Select[Sale], most: int) -> list[str]:
        """Name the first of the query's sales, the newest first, that are found."""
        if self.named:
            return self._newest_of(query, self.named, most)
        if not self._wanted:
            return []
        found, place = self._looked_through(query, most, WINDOW)
        if place is None:
            return found
        few = self._few()
        if few is not None:
            return self._newest_of(query, [*few, *self.fresh], most)
        while place is not None:
            rest = query.where(is_after(Sale, place))
            more, place = self._looked_through(rest, most - len(found), WIDE)
            found += more
        return found

    def _looked_through(
        self, query: Select[Sale], most: int, window: int
    ) -> tuple[list[str], Place | None]:
        """Name those among the query's first, and the place to go on from; None: that is all."""
        recent = query.with_only_columns(Sale.id, Sale.created_at).limit(window).subquery()
        # What hides the column keeps PostgreSQL from looking up all that has a common word.
        has = _has(self._session, self._wanted, hidden=True)
        chosen = (
            select(recent.c.id)
            .outerjoin(SaleWords, SaleWords.sale_id == recent.c.id)
            .where(or_(has, recent.c.id.in_(self.fresh)))
            .order_by(recent.c.created_at.desc(), recent.c.id.desc())
        )
        with row_by_row(self._session):
            found = list(self._session.scalars(chosen.limit(most)))
        return found, None if len(found) >= most else self._end_of(query, window)

    def _end_of(self, query: Select[Sale], window: int) -> Place | None:
        """Give the place of the last of so many; None where there are not more."""
        ends = query.with_only_columns(Sale.created_at, Sale.id).offset(window - 1).limit(2)
        places = self._session.execute(ends).all()
        return (places[0][0], places[0][1]) if len(places) == 2 else None

    def _few(self) -> Sequence[str] | None:
        """Name all that have the words where these are rare."""
        having = select(SaleWords.sale_id).where(
            SaleWords.company_id == self._company_id, _has(self._session, self._wanted)
        )
        with row_by_row(self._session):
            found = self._session.scalars(having.limit(RARE + 1)).all()
        return found if len(found) <= RARE else None

    def _newest_of(self, query: Select[Sale], ids: Sequence[str], most: int) -> list[str]:
        """Name those of them that the query has; put in order here, so that ids alone are read."""
        among = query.order_by(None).with_only_columns(Sale.created_at, Sale.id)
        rows = self._session.execute(among.where(Sale.id.in_(ids))).all() if ids else []
        return [row[1] for row in sorted((at, sale_id) for at, sale_id in rows)[::-1][:most]]


def _named(session: Session, company_id: str, typed: str) -> Sequence[str]:
    """Give the sales whose id, order or code this is, by id."""
    mine = select(Sale.id).where(Sale.company_id == company_id).limit(MOST_NAMED)
    found = session.scalars(mine.where(is_named(typed.removesuffix("…")))).all()
    found = found or session.scalars(mine.where(Sale.order_id == typed)).all()
    if found:
        return found
    if not CODE.fullmatch(typed):
        return []
    accesses = session.scalars(_users_named(session, company_id, typed.upper())).all()
    return session.scalars(mine.where(Sale.access_id.in_(accesses))).all() if accesses else []


def _users_named(session: Session, company_id: str, name: str) -> Select[str]:
    """The accesses of this name: it stands sealed, so that only the whole of it finds them."""
    routers = session.scalars(select(Router.id).where(Router.company_id == company_id))
    return select(Access.id).where(Access.named_on(routers, name)).limit(MOST_NAMED)


def _has(session: Session, wanted: list[Sought], *, hidden: bool = False) -> ColumnElement[bool]:
    if session.get_bind().dialect.name == "postgresql":
        nothing = cast(literal(""), TSVECTOR)
        column = SaleWords.words.op("||")(nothing).self_group() if hidden else SaleWords.words
        return column.op("@@")(cast(literal(_query(wanted)), TSQUERY))
    words = literal(" ") + SaleWords.words + " "
    return and_(*(or_(*_ways(words, each)) for each in wanted))


def _ways(words: ColumnElement[str], each: Sought) -> Iterator[ColumnElement[bool]]:
    if each.beginning:
        yield words.contains(f" {each.beginning}", autoescape=True)
    for word in each.exact:
        yield words.contains(f" {word} ", autoescape=True)


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
