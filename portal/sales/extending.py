"""What several purchases have brought to one access: added, taken away, put back."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from portal.models import Access, utc_now
from portal.sales.work import Work


def lengthen(session: Session, work: Work) -> None:
    """Add what the sale bought to what is left, in the transaction that books the money."""
    sale, access = work.sale, _as_it_stands(session, work.access)
    _change(
        session,
        work.access,
        duration_seconds=_sum(access.duration_seconds, sale.duration_seconds),
        data_limit=_sum(access.data_limit, sale.data_limit),
        expires_at=_later(access, sale.duration_seconds),
        profile_name=sale.profile_name,
    )


def shorten(session: Session, work: Work) -> None:
    """Take what the sale bought away, in the transaction that gives the money back."""
    _move(session, work, -1)


def put_back(session: Session, work: Work) -> None:
    """Undo `shorten`, in the transaction that keeps the money after all."""
    _move(session, work, 1)


def _move(session: Session, work: Work, sign: int) -> None:
    sale, access = work.sale, _as_it_stands(session, work.access)
    seconds, data = sign * (sale.duration_seconds or 0), sign * (sale.data_limit or 0)
    _change(
        session,
        work.access,
        duration_seconds=_sum(access.duration_seconds, seconds),
        data_limit=_sum(access.data_limit, data),
        expires_at=_moved(access.expires_at, seconds),
    )


def _as_it_stands(session: Session, access: Access) -> Access:
    """The row itself, locked: another purchase may have added to it since it was read."""
    query = select(Access).where(Access.id == access.id).with_for_update()
    return session.scalars(query.execution_options(populate_existing=True)).one()


def _sum(had: int | None, change: int | None) -> int | None:
    return None if had is None else had + (change or 0)


def _later(access: Access, seconds: int | None) -> datetime | None:
    if access.duration_from == "connected" or access.expires_at is None:
        return access.expires_at
    return _moved(max(access.expires_at, utc_now()), seconds or 0)


def _moved(moment: datetime | None, seconds: int) -> datetime | None:
    return None if moment is None else moment + timedelta(seconds=seconds)


def _change(session: Session, access: Access, **values: object) -> None:
    # The router's limits are behind now: unknown makes whoever works on it set them.
    values["actual"] = "unknown"
    session.execute(
        update(Access).where(Access.id == access.id).values(**values),
        execution_options={"synchronize_session": False},
    )
    for name, value in values.items():
        setattr(access, name, value)
