"""Add what several purchases bring to one access, take it away, put it back.

They are used up one after the other in the order in which their money came, so that of each
it is known what is left of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Any

from sqlalchemy import and_, func, or_, select, update
from sqlalchemy.orm import Session

from portal.access.provisioning import expiry
from portal.models import Access, Sale, utc_now
from portal.models.access import AccessState


@dataclass(frozen=True)
class Amount:
    """Hold time in seconds and data in bytes."""

    seconds: int
    data: int


def lengthen(session: Session, sale: Sale, access: Access) -> None:
    """Add what the sale bought to what is left, in the transaction that books the money."""
    add(session, access, Amount(sale.duration_seconds or 0, sale.data_limit or 0))


def add(session: Session, access: Access, amount: Amount) -> None:
    """Add so much to what is left; what is not limited stays without a limit.

    What was used beyond the limit before is not charged to what is added.
    """
    now = _as_it_stands(session, access)
    seconds, data = _used_seconds(now), now.total_bytes
    _change(
        session,
        access,
        duration_seconds=_sum(now.duration_seconds, amount.seconds, at_least=seconds),
        data_limit=_sum(now.data_limit, amount.data, at_least=data),
        expires_at=_later(now, amount.seconds),
    )


def shorten(session: Session, sale: Sale, access: Access) -> None:
    """Take what is left of what the sale bought away, in the transaction that gives money back."""
    now = _as_it_stands(session, access)
    left = _left_of(session, now, sale)
    _set(session, sale, {"taken_seconds": left.seconds, "taken_data": left.data})
    _move(session, sale, access, now, -1)


def put_back(session: Session, sale: Sale, access: Access) -> None:
    """Undo `shorten`, in the transaction that keeps the money after all.

    Of an access that was never delivered the time runs from now, or it would never end.
    """
    now = _as_it_stands(session, access)
    _move(session, sale, access, now, 1)
    _set(session, sale, {"taken_seconds": None, "taken_data": None})
    begins = utc_now()
    if access.started_at is None and (ends := expiry(access, begins)) is not None:
        _set(session, access, {"started_at": begins, "expires_at": ends})


def _move(session: Session, sale: Sale, access: Access, now: Access, sign: int) -> None:
    seconds, data = sign * (sale.taken_seconds or 0), sign * (sale.taken_data or 0)
    bought = seconds if now.duration_from == "connected" else sign * (sale.duration_seconds or 0)
    _change(
        session,
        access,
        duration_seconds=_sum(now.duration_seconds, bought),
        data_limit=_sum(now.data_limit, data),
        expires_at=_moved(now.expires_at, seconds),
    )


def _left_of(session: Session, access: Access, sale: Sale) -> Amount:
    """Give what is not used up of this sale: of all that is left, the last to be used came last."""
    after = _bought_after(session, sale)
    seconds = _seconds_left(access) - after.seconds
    data = (access.data_limit or 0) - access.total_bytes - after.data
    return Amount(
        min(max(0, seconds), sale.duration_seconds or 0), min(max(0, data), sale.data_limit or 0)
    )


def _bought_after(session: Session, sale: Sale) -> Amount:
    """Give what the access got by money that came later, less what was taken back of it."""
    later = or_(Sale.paid_at > sale.paid_at, and_(Sale.paid_at == sale.paid_at, Sale.id > sale.id))
    seconds = Sale.duration_seconds - func.coalesce(Sale.taken_seconds, 0)
    data = Sale.data_limit - func.coalesce(Sale.taken_data, 0)
    query = select(func.sum(seconds), func.sum(data)).where(Sale.access_id == sale.access_id, later)
    found = session.execute(query).one()
    return Amount(int(found[0] or 0), int(found[1] or 0))


def _seconds_left(access: Access) -> int:
    if access.expires_at is not None:
        return ceil((access.expires_at - utc_now()).total_seconds())
    return (access.duration_seconds or 0) - _used_seconds(access)


def _used_seconds(access: Access) -> int:
    """Give the seconds used of a limit that the router counts; a clock has its end."""
    return access.total_seconds if access.duration_from == "connected" else 0


def _as_it_stands(session: Session, access: Access) -> Access:
    """Read the row again and lock it: another purchase may have added to it since it was read."""
    query = select(Access).where(Access.id == access.id).with_for_update()
    return session.scalars(query.execution_options(populate_existing=True)).one()


def _sum(had: int | None, change: int | None, *, at_least: int = 0) -> int | None:
    return None if had is None else max(had, at_least) + (change or 0)


def _later(access: Access, seconds: int) -> datetime | None:
    """Without anything to add, what has ended stays as it ended."""
    if access.expires_at is None or not seconds:
        return access.expires_at
    return _moved(max(access.expires_at, utc_now()), seconds)


def _moved(moment: datetime | None, seconds: int) -> datetime | None:
    return None if moment is None else moment + timedelta(seconds=seconds)


def _change(session: Session, access: Access, **values: Any) -> None:
    # The router's limits are behind now: unknown makes whoever works on it set them.
    _set(session, access, values | {"actual": AccessState.UNKNOWN})


def _set(session: Session, record: Access | Sale, values: dict[str, Any]) -> None:
    kind = type(record)
    session.execute(
        update(kind).where(kind.id == record.id).values(**values),
        execution_options={"synchronize_session": False},
    )
    for name, value in values.items():
        setattr(record, name, value)
