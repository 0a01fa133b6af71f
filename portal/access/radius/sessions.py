"""Read sessions as the accounting told them: who is online, and which have been forgotten.

One that has not been heard of for three reports is stale: it counts for nobody's being online, but
it may still be under way where the line to the router is cut. It is over when the router says so,
or has been heard since and said nothing of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from portal.core.records import from_now
from portal.hotspot.presence import Session as Online
from portal.models import Access, RadiusRouter, RadiusSession, utc_now
from portal.ports import settings

STALE_AFTER = 3
# A router that was away for so long, in seconds, has no session left from before.
LONGEST_SILENCE = 86400.0
LOST = "Lost"


def stale_seconds() -> float:
    """Give the seconds after which a session that was not heard of counts no more."""
    return float(STALE_AFTER * settings().radius_interim)


def is_open() -> ColumnElement[bool]:
    """Tell whether a session has not ended, as far as anybody said."""
    return RadiusSession.ended_at.is_(None)


def is_fresh() -> ColumnElement[bool]:
    """Tell whether a session is under way for certain."""
    return is_open() & (RadiusSession.heard_at > from_now(-stale_seconds()))


def is_stale(session: RadiusSession) -> bool:
    """Tell the opposite of a session as it was read."""
    return session.heard_at <= utc_now() - timedelta(seconds=stale_seconds())


def open_of(session: Session, access_id: str) -> Sequence[RadiusSession]:
    """List the sessions by which somebody may be in with this access, wherever that is."""
    mine = select(RadiusSession).where(RadiusSession.access_id == access_id, is_open())
    return session.scalars(mine.order_by(RadiusSession.id)).all()


def online(session: Session, *which: ColumnElement[bool]) -> list[tuple[RadiusSession, Access]]:
    """List the sessions that are under way, with their accesses."""
    query = select(RadiusSession, Access).join(Access, Access.id == RadiusSession.access_id)
    rows: Sequence[Any] = session.execute(query.where(is_fresh(), *which)).all()
    return [(row[0], row[1]) for row in rows]


def shown(session: RadiusSession, access: Access, mark: str) -> Online:
    """Give a session as any router's is shown. Raises VaultError."""
    lasted = int((utc_now() - session.started_at).total_seconds())
    return Online(
        id=f"*{session.id:X}",
        user=access.name,
        address=session.address,
        mac=session.mac,
        uptime=max(session.seconds, lasted),
        bytes_in=session.bytes_in,
        bytes_out=session.bytes_out,
        mark=mark,
    )


def close_forgotten(session: Session, *which: ColumnElement[bool]) -> int:
    """End what a router has forgotten: it was heard after three reports that are missing.

    Of a Stop that was lost nothing else is ever heard. One that goes on all the same is open again
    with its next report.
    """
    heard = select(RadiusRouter.heard_at).where(RadiusRouter.router_id == RadiusSession.router_id)
    missing = RadiusSession.heard_at < from_now(-stale_seconds())
    spoke = heard.scalar_subquery() > from_now(-settings().radius_interim)
    forgotten = missing & (spoke | (RadiusSession.heard_at < from_now(-LONGEST_SILENCE)))
    return _close(session, is_open(), forgotten, *which)


def close_unknown(session: Session, session_id: int) -> int:
    """End a stale session of which its router says itself that it knows nothing."""
    missing = RadiusSession.heard_at < from_now(-stale_seconds())
    return _close(session, RadiusSession.id == session_id, is_open(), missing)


def _close(session: Session, *which: ColumnElement[bool]) -> int:
    ended = {"ended_at": RadiusSession.heard_at, "ended_because": LOST}
    result: Any = session.execute(
        update(RadiusSession).where(*which).values(ended),
        execution_options={"synchronize_session": False},
    )
    return int(result.rowcount)
