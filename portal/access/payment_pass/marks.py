"""Know payment passes by their users' marks and names, wherever a router's users are looked at."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from portal.access.payment_pass.terms import NAME_BEGINS
from portal.access.provisioning import mark_of
from portal.core.database import reading
from portal.models import PaymentPass
from portal.models.passes.payment_pass import PASS_STANDS

# SQLite binds at most 32,766 values.
BATCH = 500
Place = tuple[str, str]


def standing_marks(session: Session, ids: Collection[str]) -> set[str]:
    """Give the marks of those of these passes that may stand: each is taken off in its time."""
    mine = PaymentPass.id.in_(ids)
    return {
        mark_of(found) for found in session.scalars(select(PaymentPass.id).where(mine, PASS_STANDS))
    }


def passes_at(places: Collection[Place]) -> Mapping[Place, PaymentPass]:
    """Give the passes whose users these are, by router's id and user's name."""
    named = sorted({place for place in places if place[1].startswith(NAME_BEGINS)})
    found: dict[Place, PaymentPass] = {}
    for start in range(0, len(named), BATCH):
        some = tuple_(PaymentPass.router_id, PaymentPass.name).in_(named[start : start + BATCH])
        with reading() as session:
            standing = session.scalars(select(PaymentPass).where(some, PASS_STANDS)).all()
        found |= {(one.router_id, one.name): one for one in standing}
    return found
