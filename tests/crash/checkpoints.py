"""Note each outside call and each commit of a process as it passes, and die at one of them."""

from __future__ import annotations

import os
import signal
import threading
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from sqlalchemy import Connection, event
from sqlalchemy.orm import Session

from portal.access.radius import wire
from portal.core.rows.batch import RowBatch
from portal.ports import Ports
from tests.support.wrapped_ports import wrapped_ports

# How long a call waits for what happens beside it, where that may never come.
BESIDE_SECONDS = 0.3
CHANGES, WROTE = "changes before", "wrote"


Note = Callable[[str], None]
"""Told of each call: `before charge` and `after charge`, `before /ip/hotspot/user/set`."""


@dataclass(frozen=True)
class Point:
    """A moment at which a process can die: its name, and the thread that passes it."""

    name: str
    thread: str


@dataclass
class Checkpoints:
    """The points passed so far, named `before charge 1`, `after commit 3` and so on.

    `die_at` is the point that kills. `first` must be passed before that happens, and `last`
    are held back until it has: with them a call that runs beside the fatal point is done
    already, or not even begun.
    """

    die_at: str | None = None
    first: Collection[str] = ()
    last: Collection[str] = ()
    points: list[Point] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._passing = threading.Condition()

    def note(self, event_name: str) -> None:
        """Pass a point, or die there."""
        name = self._number(event_name)
        if name in self.last:
            threading.Event().wait(BESIDE_SECONDS)
        if name == self.die_at:
            self._await(self.first)
            os.kill(os.getpid(), signal.SIGKILL)

    def _number(self, event_name: str) -> str:
        with self._passing:
            self._counts[event_name] += 1
            name = f"{event_name} {self._counts[event_name]}"
            self.points.append(Point(name, threading.current_thread().name))
            self._passing.notify_all()
            return name

    def _await(self, names: Iterable[str]) -> None:
        def all_passed() -> bool:
            return set(names) <= {point.name for point in self.points}

        with self._passing:
            self._passing.wait_for(all_passed, timeout=BESIDE_SECONDS)


class Noted:
    """One end of the line, whose every method is noted before it is called and after."""

    def __init__(self, end: Any, note: Note) -> None:
        self._end, self._note = end, note

    def __getattr__(self, name: str) -> Any:
        return _noted(getattr(self._end, name), name, self._note)


def noted_ports(ports: Ports, note: Note) -> Ports:
    """The same ports, with every call noted, and each command or write within a call too."""

    def look_at_router(router: Any) -> None:
        channel = router.channel
        if "run" not in vars(channel):
            channel.run = _noted_commands(channel.run, note)

    def look_at_gateway(gateway: Any) -> None:
        # Where a charge is several writes, as at Mercado Pago.
        account = getattr(gateway, "_account", None)
        if hasattr(account, "write"):
            account.write = _noted_writes(account.write, note)

    return wrapped_ports(ports, lambda end: Noted(end, note), look_at_router, look_at_gateway)


def _noted_writes(write: Callable[..., Any], note: Note) -> Callable[..., Any]:
    def noted(kind: str, *rest: Any) -> Any:
        return _noted(write, f"POST {kind}", note)(kind, *rest)

    return noted


def _noted_commands(run: Callable[..., Any], note: Note) -> Callable[..., Any]:
    def noted(order: Any, deadline: Any) -> Any:
        return _noted(run, order.command.path, note)(order, deadline)

    return noted


def _noted(call: Callable[..., Any], name: str, note: Note) -> Callable[..., Any]:
    def noted(*args: Any, **options: Any) -> Any:
        note(f"before {name}")
        try:
            return call(*args, **options)
        finally:
            note(f"after {name}")

    return noted


@contextmanager
def noted_commits(checkpoints: Checkpoints) -> Iterator[None]:
    """Note every commit of this process while the block lasts, savepoints included.

    One that changed nothing leaves the world as it was, and is none: how often a worker asks in
    vain for what is due depends on how fast it is.
    """
    hooks: dict[str, Callable[..., None]] = {
        "after_begin": _remember_changes,
        "before_commit": partial(_note_before, checkpoints),
        "after_commit": partial(_note_after, checkpoints),
    }
    for moment, hook in hooks.items():
        event.listen(Session, moment, hook)
    plain, RowBatch.send = RowBatch.send, _noted_sending(RowBatch.send, checkpoints)  # type: ignore[method-assign]
    try:
        yield
    finally:
        RowBatch.send = plain  # type: ignore[method-assign]
        for moment, hook in hooks.items():
            event.remove(Session, moment, hook)


@contextmanager
def noted_wire(checkpoints: Checkpoints) -> Iterator[None]:
    """Note what routers are asked over RADIUS, through no port, while the block lasts."""
    plain = {name: getattr(wire, name) for name in ("disconnect", "change")}
    for name, call in plain.items():
        setattr(wire, name, _noted(call, name, checkpoints.note))
    try:
        yield
    finally:
        for name, call in plain.items():
            setattr(wire, name, call)


def _noted_sending(send: Callable[[RowBatch], None], checkpoints: Checkpoints) -> Any:
    """A batch is a transaction by itself, where it is none of a session's."""

    def noted(batch: RowBatch) -> None:
        if not batch.is_plain:
            send(batch)
            return
        checkpoints.note("before commit")
        send(batch)
        checkpoints.note("after commit")

    return noted


def _remember_changes(session: Session, transaction: Any, connection: Connection) -> None:
    if not transaction.nested:
        session.info[CHANGES] = _changes(connection)


def _note_before(checkpoints: Checkpoints, session: Session) -> None:
    before, now = session.info.get(CHANGES), _changes(session.connection())
    session.info[WROTE] = now is None or now != before
    if session.info[WROTE]:
        checkpoints.note("before commit")


def _note_after(checkpoints: Checkpoints, session: Session) -> None:
    if session.info[WROTE]:
        checkpoints.note("after commit")


def _changes(connection: Connection) -> int | None:
    """How many rows SQLite has changed on a connection; PostgreSQL does not tell.

    There a claim is a statement by itself, and no session's.
    """
    changed: int | None = getattr(connection.connection.driver_connection, "total_changes", None)
    return changed
