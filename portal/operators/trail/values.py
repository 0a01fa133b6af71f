"""Name who acted in a chain and what was done: few words, however long the chain is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from portal.models import AuditEntry


def values_in(session: Session, chain: str, column: InstrumentedAttribute[str]) -> Sequence[str]:
    """List the values that a column has in a chain, in the database's order.

    From one to the next greater by the index of chain and column; to select them distinct would
    read all of the chain.
    """
    first = _least(chain, column).scalar_subquery()
    known = select(first.label("value")).cte("known", recursive=True)
    following = _least(chain, column, column > known.c.value).scalar_subquery()
    known = known.union_all(select(following).where(known.c.value.is_not(None)))
    return session.scalars(select(known.c.value).where(known.c.value.is_not(None))).all()


def _least(chain: str, column: InstrumentedAttribute[str], *which: Any) -> Any:
    return select(func.min(column)).where(AuditEntry.chain == chain, *which)
