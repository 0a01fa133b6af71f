"""Hear at once of what has become due, so that a worker need not look all the time.

On PostgreSQL whoever writes something that is due notifies the workers in the same transaction, by
triggers of the tables (LISTEN and NOTIFY). A worker also notifies itself, each time that it shows
that it lives: while it hears that, it looks by itself only now and then. Where nobody can be
heard, as behind pgbouncer in transaction mode or on SQLite, it looks as often as it was told to.
"""

from __future__ import annotations

import select
import socket
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from threading import Event
from time import monotonic
from typing import Any

from sqlalchemy import func
from sqlalchemy import select as select_rows
from sqlalchemy.orm import Session

from portal.core.database import execute_alone, reading
from portal.core.extensions import db
from portal.core.records import from_now
from portal.ports import settings
from portal.worker.turns import Queue

CHANNEL, EVERYBODY = "portal_work", "*"
# A notification that has not come back by then is lost, and so may others be.
ECHO_SECONDS = 5.0
AGAIN_SECONDS = 5.0
# Who has found nothing due looks no sooner again, so that what comes to be due comes in batches.
SOONEST = 0.05


class DueListener:
    """Listen for a worker process, in a thread of its own; call `wake` for a lane that has work.

    `pause` is how many seconds pass between two looks where nothing is heard.
    """

    def __init__(self, name: str, pause: float, wake: Callable[[str], None]) -> None:
        self.pause = pause
        self._name, self._wake_lane = name, wake
        self._notification = select_rows(func.pg_notify(CHANNEL, name))
        self._notified_at: float | None = None
        self._heard_at: float | None = None
        self._stopping = Event()
        self._awake, self._wake = socket.socketpair()

    @property
    def is_heard(self) -> bool:
        """Tell whether the last notification of this worker's own came back, or still may."""
        if self._heard_at is None or self._notified_at is None:
            return False
        return self._heard_at >= self._notified_at or monotonic() - self._notified_at < ECHO_SECONDS

    def rest(self, queue: Queue) -> float:
        """Give how many seconds a lane may rest that has found nothing due."""
        if not self.is_heard:
            return self.pause
        longest = max(self.pause, settings().worker_poll_seconds)
        return min(longest, max(SOONEST, seconds_until_due(queue)))

    def notify_itself(self, session: Session) -> None:
        """Notify in a transaction that this worker writes anyway, to hear whether it hears."""
        if session.get_bind().dialect.name == "postgresql":
            self._notified_at = monotonic()
            session.execute(self._notification)

    def stop(self) -> None:
        """Let `listen` return."""
        self._stopping.set()
        with suppress(OSError):
            self._wake.send(b"\0")

    def close(self) -> None:
        """Let go of what it holds, once `listen` has returned."""
        self._awake.close()
        self._wake.close()

    def listen(self) -> None:
        """Listen until told to stop, on a connection of its own. Raises what the database does."""
        if db.engine.dialect.name != "postgresql":
            self._stopping.wait()
            return
        try:
            self._listen()
        finally:
            self._heard_at = None
            # Who rests by now relies on being told.
            self._wake_lane(EVERYBODY)
            # Raised errors bring us back here: a database that is away is not asked all the time.
            self._stopping.wait(AGAIN_SECONDS)

    def _listen(self) -> None:
        with db.engine.connect() as connection:
            raw: Any = connection.connection.driver_connection
            # It serves nothing else, and takes none of the pool's places.
            connection.detach()
            raw.autocommit = True
            with raw.cursor() as cursor:
                cursor.execute(f"LISTEN {CHANNEL}")
            self._notified_at = monotonic()
            # From a connection of its own: behind pgbouncer this one might hear itself by chance.
            execute_alone(self._notification)
            while not self._stopping.is_set():
                select.select([raw, self._awake], [], [], ECHO_SECONDS)
                raw.poll()
                self._hear(raw.notifies)

    def _hear(self, notifies: list[Any]) -> None:
        said = {notify.payload for notify in notifies}
        notifies.clear()
        if self._name in said:
            self._heard_at = monotonic()
        for lane in said:
            self._wake_lane(lane)


def seconds_until_due(queue: Queue) -> float:
    """Ask when the next record of a queue will be due that is not due yet."""
    moments = [step.rows.next_due().scalar_subquery() for step in queue.steps]
    with reading() as session:
        now, *found = session.execute(select_rows(from_now(), *moments)).one()
    return min((_seconds(at, now) for at in found if at is not None), default=float("inf"))


def _seconds(at: datetime, now: datetime) -> float:
    return (at - now).total_seconds()
