"""Write the words of sales whose history went on; a job of the worker's.

History is written by many at once and may be seen out of its order, as `alerts.sales_history`
says: what is younger than a few minutes is left for later, and looked at by itself meanwhile.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import Select, delete, func, select, update
from sqlalchemy.orm import Session

from portal.core.database import reading, writing
from portal.core.rows.inserting import insert_new
from portal.core.statements import add_rows
from portal.hotspot.deadline import Deadline
from portal.models import Sale, SaleMove, SaleWords, SaleWordsCursor, utc_now
from portal.sales.search.words import words_of

UNSURE = timedelta(minutes=10)
AT_ONCE = 2000
SECONDS = 20.0


def write_words() -> int:
    """Write the words of every sale whose history was not followed yet; how many sales."""
    deadline, written = Deadline(SECONDS), 0
    while not deadline.passed:
        with reading() as session:
            since = reached(session)
            until = _until(session, since)
            sales = session.scalars(_moved(since, until)).all() if until > since else []
        if until <= since:
            break
        _write(sales, until)
        written += len(sales)
    return written


def reached(session: Session) -> int:
    """Tell up to which line of the history words are written."""
    return session.scalar(select(SaleWordsCursor.sale_move_id)) or 0


def _until(session: Session, since: int) -> int:
    """Go as far as no earlier line can appear any more, and no further than is read at once."""
    sure = select(func.max(SaleMove.id)).where(
        SaleMove.id > since, SaleMove.id <= since + AT_ONCE, SaleMove.at < utc_now() - UNSURE
    )
    return session.scalar(sure) or _after_a_gap(session, since)


def _after_a_gap(session: Session, since: int) -> int:
    """Pass over numbers that no line has: a database may leave out many."""
    following = session.scalar(select(func.min(SaleMove.id)).where(SaleMove.id > since + AT_ONCE))
    old = select(SaleMove.id).where(SaleMove.id == following, SaleMove.at < utc_now() - UNSURE)
    return following - 1 if following and session.scalar(old) else since


def _moved(since: int, until: int) -> Select[Sale]:
    moved = select(SaleMove.sale_id).where(SaleMove.id > since, SaleMove.id <= until)
    return select(Sale).where(Sale.id.in_(moved))


def _write(sales: Sequence[Sale], until: int) -> None:
    rows = [
        {
            "sale_id": sale.id,
            "company_id": sale.company_id,
            "created_at": sale.created_at,
            "words": words_of(sale),
        }
        for sale in sales
    ]
    with writing() as session:
        if rows:
            ids = [sale.id for sale in sales]
            session.execute(delete(SaleWords).where(SaleWords.sale_id.in_(ids)))
            add_rows(session, SaleWords, *rows)
        insert_new(session, SaleWordsCursor, {"id": 1, "sale_move_id": 0})
        session.execute(
            update(SaleWordsCursor)
            .where(SaleWordsCursor.sale_move_id < until)
            .values(sale_move_id=until)
        )
