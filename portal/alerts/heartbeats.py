"""Count the workers that are there to finish what requests leave undone."""

from __future__ import annotations

from contextlib import suppress

from sqlalchemy import Select, func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from portal.alerts.worker_absence import tell_of_absence
from portal.core.database import reading
from portal.core.logs import log
from portal.core.metrics import show_workers
from portal.core.records import from_now
from portal.models import WorkerHeartbeat

ABSENT_SECONDS = 120.0


def count_workers(session: Session) -> int:
    """Count the workers that showed themselves lately; tell the log and the metrics.

    Where there is none, tell also whoever wants to hear of it.
    """
    workers = seen_lately(session)
    show_workers(workers)
    if not workers:
        log().warning("no worker", seconds=ABSENT_SECONDS)
        tell_of_absence(session)
    return workers


def seen_lately(session: Session) -> int:
    """Count the workers that showed themselves lately."""
    return session.scalar(_seen()) or 0


def look_for_workers() -> None:
    """Count them beside a sale. Never raises: nobody waits for it."""
    with suppress(SQLAlchemyError), reading() as session:
        count_workers(session)


def _seen() -> Select[int]:
    lately = WorkerHeartbeat.at > from_now(-ABSENT_SECONDS)
    return select(func.count()).select_from(WorkerHeartbeat).where(lately)
