"""Whether workers are there to finish what requests leave undone, and who is told if not."""

from __future__ import annotations

from contextlib import suppress
from threading import Lock
from time import monotonic

from flask import current_app
from sqlalchemy import Select, func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from portal.core.clock import from_now
from portal.core.database import reading
from portal.core.logs import log
from portal.core.metrics import show_workers
from portal.models import WorkerHeartbeat

ABSENT_SECONDS = 120.0
LOOK_SECONDS = 60.0


class Looks:
    """Says in each process when it is time to look again."""

    def __init__(self) -> None:
        self._next = 0.0
        self._lock = Lock()

    def is_time(self) -> bool:
        """Once in LOOK_SECONDS."""
        with self._lock:
            due = monotonic() >= self._next
            if due:
                self._next = monotonic() + LOOK_SECONDS
            return due


def count_workers(session: Session) -> int:
    """How many workers showed themselves lately; the log and the metrics are told."""
    workers = session.scalar(_seen()) or 0
    show_workers(workers)
    if not workers:
        log().warning("no worker", seconds=ABSENT_SECONDS)
    return workers


def look_now_and_then() -> None:
    """Count them, unless this process did a moment ago. Never raises: nobody waits for it."""
    looks: Looks = current_app.extensions.setdefault("looks", Looks())
    if looks.is_time():
        with suppress(SQLAlchemyError), reading() as session:
            count_workers(session)


def _seen() -> Select[int]:
    lately = WorkerHeartbeat.at > from_now(-ABSENT_SECONDS)
    return select(func.count()).select_from(WorkerHeartbeat).where(lately)
