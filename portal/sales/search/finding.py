"""Find the sales that have what somebody typed: by an id or a code whole, else by their words.

How many have a word that begins so, no database can tell beforehand: a plan made for a common one
takes seconds over a rare one. So the newest sales are looked through first, where a common word is
met soon; and only a rare one is looked up in the index of words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    cast,
    literal,
    or_,
    select,
    text,
    true,
    tuple_,
)
from sqlalchemy.dialects.postgresql import TSQUERY, TSVECTOR
from sqlalchemy.orm import Session

from portal.models import Access, Router, Sale, SaleMove, SaleWords
from portal.sales.search.words import Sought, matches, sought, words_of
from portal.sales.search.writing import reached

# `sal_` and eight more.
TOLD_IN_LOGS = 12
MOST_NAMED = 200
# More than a deployment sells in the minutes in which the worker has not written their words.
MOST_FRESH = 2000
# The newest that are looked through one by one, and the rare that are looked up at once.
WINDOW, WIDE, BATCH = 3000, 30_000, 5000
# More than this nobody wants counted.
MOST_COUNTED = 10_000
# Ids end in small hexadecimal digits, all of which come before this letter.
PAST_DIGITS = "g"
# Nobody draws a shorter code, nor one with other signs.
CODE = re.compile(r"[0-9A-Za-z_.-]{4,40}")
Place = tuple[datetime, str]
"""When a sale was opened, and its id: where a list goes on."""


def id_begins_with(beginning: str) -> ColumnElement[bool]:
    """Tell whether it is the sale's id, or as much of it as logs tell."""
    if len(beginning) < TOLD_IN_LOGS:
        return Sale.id == beginning
    between = and_(Sale.id >= beginning, Sale.id < beginning + PAST_DIGITS)
    return and_(between, Sale.id.startswith(beginning, autoescape=True))


def is_after(record: type[Sale | SaleWords], place: Place) -> ColumnElement[bool]:
    """Tell whether a row comes after this place in a list of the newest first."""
    own_id = record.id if record is Sale else SaleWords.sale_id
    last = tuple_(literal(place[0], Sale.created_at.type), literal(place[1]))
    return tuple_(record.created_at, own_id) < last


def found_by(session: Session, company_id: str, typed: str) -> ColumnElement[bool]:
    """Give the condition that a sale of the company is found by what was typed.

    Of words that more sales have than MOST_COUNTED, it is the newest so many.
    """
    search = Search(session, company_id, typed)
    if search.named:
        return Sale.id.in_(search.named)
    return Sale.id.in_([*search.fresh, *search.by_words(None, MOST_COUNTED)])


class Search:
    """Hold what was typed, as it is looked for in one company's sales."""

    def __init__(self, session: Session, company_id: str, typed: str) -> None:
        self._session, self._company_id = session, company_id
        self.named = _named(session, company_id, typed.strip())
        self._wanted = [] if self.named else sought(typed)
        self.fresh = _fresh(session, company_id, self._wanted) if self._wanted else []

    def newest(self, query: Select[Sale], after: Place | None, most: int) -> Sequence[Sale]:
        """Read the first of the query's sales, which begin after a place, that are found."""
        if self.named:
            return self._session.scalars(query.where(Sale.id.in_(self.named)).limit(most)).all()
        if not self._wanted:
            return []
        recent = self._among_recent(query, most, WINDOW)
        if len(recent) >= most or self._is_all(query, WINDOW):
            return self._session.scalars(query.where(Sale.id.in_(recent))).all()
        return self._looked_up(query, after, most)

    def by_words(self, after: Place | None, most: int) -> Sequence[str]:
        """Give the newest sales that have the words, by id."""
        return [sale_id for _, sale_id in self._places(after, most)]

    def _among_recent(self, query: Select[Sale], most: int, window: int) -> Sequence[str]:
        recent = query.with_only_columns(Sale.id, Sale.created_at).limit(window).subquery()
        # What hides the column keeps PostgreSQL from looking up all that has a common word.
        has = _has(self._session, self._wanted, hidden=True)
        found = or_(has, recent.c.id.in_(self.fresh))
        chosen = (
            select(recent.c.id)
            .outerjoin(SaleWords, SaleWords.sale_id == recent.c.id)
            .where(found)
            .order_by(recent.c.created_at.desc(), recent.c.id.desc())
        )
        with _by_the_index(self._session):
            return self._session.scalars(chosen.limit(most)).all()

    def _is_all(self, query: Select[Sale], window: int) -> bool:
        """Tell whether the newest that were looked through are all there are."""
        beyond = query.with_only_columns(Sale.id).offset(window).limit(1)
        return self._session.scalar(beyond) is None

    def _looked_up(self, query: Select[Sale], after: Place | None, most: int) -> list[Sale]:
        fresh = query.where(Sale.id.in_(self.fresh)).limit(most)
        found = list(self._session.scalars(fresh)) if self.fresh else []
        known = 0
        while known < most:
            places = self._places(after, BATCH)
            named = [sale_id for _, sale_id in places if sale_id not in self.fresh]
            rows = self._session.scalars(query.where(Sale.id.in_(named)).limit(most - known)).all()
            found, known = [*found, *rows], known + len(rows)
            if len(places) < BATCH:
                break
            if self._is_all(query, WIDE):
                # A common word among few sales: these are sooner looked through.
                recent = self._among_recent(query, most, WIDE)
                return list(self._session.scalars(query.where(Sale.id.in_(recent))))
            after = places[-1]
        return sorted(found, key=lambda sale: (sale.created_at, sale.id), reverse=True)[:most]

    def _places(self, after: Place | None, most: int) -> list[Place]:
        if not self._wanted:
            return []
        query = select(SaleWords.created_at, SaleWords.sale_id).where(
            SaleWords.company_id == self._company_id,
            _has(self._session, self._wanted),
            true() if after is None else is_after(SaleWords, after),
        )
        ordered = query.order_by(SaleWords.created_at.desc(), SaleWords.sale_id.desc())
        with _by_the_index(self._session):
            return [(at, sale_id) for at, sale_id in self._session.execute(ordered.limit(most))]


@contextmanager
def _by_the_index(session: Session) -> Iterator[None]:
    """Keep PostgreSQL from reading the whole table, which it thinks is as quick."""
    if session.get_bind().dialect.name != "postgresql":
        yield
        return
    session.execute(text("SET enable_seqscan = off"))
    try:
        yield
    finally:
        session.execute(text("RESET enable_seqscan"))


def _named(session: Session, company_id: str, typed: str) -> Sequence[str]:
    """Give the sales whose id, order or code this is, by id."""
    mine = select(Sale.id).where(Sale.company_id == company_id).limit(MOST_NAMED)
    found = session.scalars(mine.where(id_begins_with(typed.removesuffix("…")))).all()
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
    named = [
        (router_id, digest)
        for router_id in routers
        for digest in Access.name.digests(router_id, name)
    ]
    pair = tuple_(Access.router_id, Access.name_digest)
    return select(Access.id).where(pair.in_(named)).limit(MOST_NAMED)


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
