"""Show that a worker lives, plan when it starts, and watch the database's clock."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from portal.access.dial_in.peers import heal
from portal.alerts.worker_absence import workers_are_back
from portal.core.clock_guard import ClockGuard
from portal.core.database import reading, writing
from portal.core.records import from_now
from portal.core.rows.inserting import write_over
from portal.models import WorkerHeartbeat
from portal.worker.due_listener import DueListener
from portal.worker.schedule import PLANNING_SECONDS, keep_planned, look_at_due_times, prepare

FORGOTTEN_AFTER = 86400.0
HEALING_SECONDS = 60.0


class Housekeeping:
    """Do what each worker process does by itself, every so often."""

    def __init__(self, name: str, listener: DueListener) -> None:
        self._name, self._listener = name, listener
        self._planned_at: float | None = None
        self._healed_at: float | None = None
        self._clock: ClockGuard | None = None
        self._clock_is_even = True

    def run(self) -> None:
        """Show that this worker lives; the first time that the database answers, plan as well."""
        beat(self._name, along=self._listener.notify_itself)
        workers_are_back()
        self._plan()
        self._watch_clock()
        self._heal()

    def _plan(self) -> None:
        now = monotonic()
        if self._planned_at is None:
            prepare()
        elif now < self._planned_at + PLANNING_SECONDS:
            return
        else:
            keep_planned()
        self._planned_at = now

    def _heal(self) -> None:
        """See to this machine's list of the tunnel's peers, which no other worker can."""
        now = monotonic()
        if self._healed_at is None or now >= self._healed_at + HEALING_SECONDS:
            self._healed_at = now
            heal()

    def _watch_clock(self) -> None:
        """Where the database's clock was moved, or is trusted again, look at all due times."""
        self._clock = self._clock or ClockGuard(wall=_database_seconds)
        was_even, self._clock_is_even = self._clock_is_even, self._clock.is_trusted()
        if was_even != self._clock_is_even:
            look_at_due_times()


def beat(name: str, along: Callable[[Session], object] = lambda session: None) -> None:
    """Show that a worker lives; `along` is done in the same transaction."""
    with writing() as session:
        write_over(session, WorkerHeartbeat, {"name": name, "at": from_now()})
        forgotten = WorkerHeartbeat.at < from_now(-FORGOTTEN_AFTER)
        session.execute(delete(WorkerHeartbeat).where(forgotten))
        along(session)


def _database_seconds() -> float:
    """Give what time it is by the database's clock, in seconds."""
    with reading() as session:
        return session.scalars(select(from_now())).one().timestamp()
